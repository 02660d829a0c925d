"""The columns of all frames: the only place that names them.

Each constant is the name of a column; the text below it says what the column holds, and its unit.
"""

from __future__ import annotations

from typing import Final

NUMBER: Final = "number"
"""The trial's number within its study, from 0. Unit: none."""

STATE: Final = "state"
"""``running``, ``finished``, ``stopped`` or ``failed``. Unit: text."""

REASON: Final = "reason"
"""Why the trial ended; missing while it runs. Unit: text."""

ACCURACY: Final = "accuracy"
"""Share of validation images told rightly, at the last epoch or at this one.

Unit: fraction in [0, 1].
"""

EXPECTED: Final = "expected"
"""The accuracy with which a stopped trial was expected to end. Unit: fraction in [0, 1]."""

EXPECTED_SPREAD: Final = "expected_spread"
"""How far that may be off, as a standard deviation. Unit: fraction in [0, 1]."""

LOSS: Final = "loss"
"""Mean validation loss, at the last epoch or at this one. Unit: nats an image."""

TRAIN_LOSS: Final = "train_loss"
"""Mean loss over the training images of this epoch. Unit: nats an image."""

EPOCHS: Final = "epochs"
"""How many epochs the trial has been trained. Unit: epochs."""

EPOCH: Final = "epoch"
"""Which epoch this is, from 1. Unit: epochs."""

LEARNING_RATE: Final = "learning_rate"
"""The learning rate at the end of this epoch. Unit: none."""

IMAGES_PER_SECOND: Final = "images_per_second"
"""Training images of this epoch by its training time. Unit: images a second."""

PARAMS: Final = "params"
"""Trainable numbers in the network. Unit: parameters."""

MACS: Final = "macs"
"""Multiply-adds of one image, bias and normalisation not counted. Unit: multiply-adds."""

ACTIVATION_BYTES: Final = "activation_bytes"
"""Peak memory of the tensors alive at once for one image, weights apart. Unit: bytes."""

WEIGHT_BYTES: Final = "weight_bytes"
"""Memory of the weights. Unit: bytes."""

LATENCY_MS: Final = "latency_ms"
"""Time for one image; missing where it was not measured. Unit: milliseconds."""

DEPTH: Final = "depth"
"""Layers with weights: convolutions and dense layers. Unit: layers."""

SECONDS: Final = "seconds"
"""Time from start to end of the trial's last attempt, or of this epoch. Unit: seconds."""

STARTED: Final = "started"
"""When the trial's last attempt began. Unit: UTC time."""

ENDED: Final = "ended"
"""When the trial ended; missing while it runs. Unit: UTC time."""

ATTEMPT: Final = "attempt"
"""How many times the trial has been started, from 1. Unit: starts."""

SEED: Final = "seed"
"""Where the trial's chance comes from. Unit: none."""

FINGERPRINT: Final = "fingerprint"
"""Equal for trials of the same network. Unit: text."""

OUTLINE: Final = "outline"
"""The architecture in one line. Unit: text."""

NOTE: Final = "note"
"""What a person wrote about the trial. Unit: text."""

STAGE: Final = "stage"
"""``validation`` while finalists are told apart, ``test`` once the test images are opened.

Unit: text.
"""

VERDICT: Final = "verdict"
"""What the finals say of a member of the front: ``confirmed``, ``tied``, ``demoted``, or ``racing``
while they last; missing for trials that were not in them. Unit: text."""

WHY: Final = "why"
"""What settled the verdict. Unit: text."""

VALIDATION_N: Final = "validation_n"
"""Trainings with fresh seeds that came to their end, of those judged on validation. Unit: none."""

VALIDATION_MEAN: Final = "validation_mean"
"""Mean validation accuracy of these; the search's own accuracy is not among them.

Unit: fraction in [0, 1].
"""

VALIDATION_STD: Final = "validation_std"
"""Standard deviation of these, by n - 1. Unit: fraction in [0, 1]."""

VALIDATION_MARGIN: Final = "validation_margin"
"""Half the width of Student's 95 % interval of the mean. Unit: fraction in [0, 1]."""

TEST_N: Final = "test_n"
"""Trainings on train plus validation that were judged by the test images. Unit: none."""

TEST_MEAN: Final = "test_mean"
"""Mean test accuracy of these. Unit: fraction in [0, 1]."""

TEST_STD: Final = "test_std"
"""Standard deviation of these, by n - 1. Unit: fraction in [0, 1]."""

TEST_MARGIN: Final = "test_margin"
"""Half the width of Student's 95 % interval of the mean. Unit: fraction in [0, 1]."""

STUDY: Final = "study"
"""The name of a study. Unit: text."""

ENDED_TRIALS: Final = "trials"
"""How many trials of the study have ended. Unit: trials."""

RUNNING_TRIALS: Final = "running"
"""How many trials of the study have begun and not ended. Unit: trials."""

FRONT: Final = "front"
"""How many trials are on the front of the study, by its own size. Unit: trials."""

DATA: Final = "data"
"""The data of the study, as its job names them. Unit: text."""

TAGS: Final = "tags"
"""What a person sorts the study under, with commas. Unit: text."""

CREATED: Final = "created"
"""When the study was made. Unit: UTC time."""

ARCHIVED: Final = "archived"
"""Whether the study is left out of lists. Unit: none."""

ROWS: Final = "rows"
"""What the study takes in the database, about. Unit: bytes."""

WEIGHTS: Final = "weights"
"""Trained networks, a file for each trial. Unit: bytes."""

CHECKPOINTS: Final = "checkpoints"
"""Networks in training, to go on from. Unit: bytes."""

EXPORTS: Final = "exports"
"""Networks that were exported into the study's folder. Unit: bytes."""

OTHER: Final = "other"
"""All else in the study's folder, such as plots. Unit: bytes."""

TOTAL: Final = "total"
"""All that the study takes. Unit: bytes."""

CHOICE: Final = "choice"
"""A dimension of the space, such as ``stages[0].filters``. Unit: text."""

ACCURACY_IMPORTANCE: Final = "accuracy_importance"
"""How much less of the variance of accuracy is explained without the choice. Unit: fraction."""

SIZE_IMPORTANCE: Final = "size_importance"
"""How much less of the variance of the log of size is explained without it. Unit: fraction."""

ACCURACY_KNOWN: Final = "accuracy_known"
"""The share of the variance of accuracy that all choices explain. Unit: fraction."""

SIZE_KNOWN: Final = "size_known"
"""The share of the variance of the log of size that all choices explain. Unit: fraction."""

PART: Final = "part"
"""A stage of the space, such as ``stages[0]``, or the head. Unit: text."""

SHARE: Final = "share"
"""Which share of a network's parameters the part has, on average. Unit: fraction."""

PER_DOUBLING: Final = "per_doubling"
"""Accuracy that a doubling of the part's parameters goes with. Unit: fraction."""

PER_DOUBLING_ERROR: Final = "per_doubling_error"
"""The standard error of that. Unit: fraction."""

PER_THOUSAND: Final = "per_thousand"
"""Accuracy that 1,000 parameters more go with, at the part's median. Unit: fraction."""

SIZES: Final = (PARAMS, MACS, ACTIVATION_BYTES, WEIGHT_BYTES, LATENCY_MS)
"""The columns that accuracy can be weighed against; ``latency_ms`` where it was measured."""

TRIALS: Final = {
    NUMBER: "int64",
    STATE: "str",
    REASON: "str",
    ACCURACY: "float64",
    LOSS: "float64",
    EPOCHS: "int64",
    PARAMS: "int64",
    MACS: "int64",
    ACTIVATION_BYTES: "int64",
    WEIGHT_BYTES: "int64",
    LATENCY_MS: "float64",
    DEPTH: "int64",
    SECONDS: "float64",
    STARTED: "datetime64[us, UTC]",
    ENDED: "datetime64[us, UTC]",
    ATTEMPT: "int64",
    SEED: "int64",
    EXPECTED: "float64",
    EXPECTED_SPREAD: "float64",
    NOTE: "str",
    FINGERPRINT: "str",
    OUTLINE: "str",
}
"""The columns of a frame of trials, in their order, with their types."""

MEMBERS: Final = TRIALS | {VERDICT: "str", VALIDATION_MEAN: "float64", VALIDATION_MARGIN: "float64"}
"""The columns of a front, in their order, with their types."""

CURVES: Final = {
    NUMBER: "int64",
    EPOCH: "int64",
    TRAIN_LOSS: "float64",
    LOSS: "float64",
    ACCURACY: "float64",
    LEARNING_RATE: "float64",
    SECONDS: "float64",
    IMAGES_PER_SECOND: "float64",
}
"""The columns of a frame of epochs, in their order, with their types."""

FINALS: Final = {
    NUMBER: "int64",
    STAGE: "str",
    SEED: "int64",
    STATE: "str",
    REASON: "str",
    EPOCHS: "int64",
    ACCURACY: "float64",
    LOSS: "float64",
    SECONDS: "float64",
    STARTED: "datetime64[us, UTC]",
    ENDED: "datetime64[us, UTC]",
}
"""The columns of a frame of finals, in their order, with their types."""

FINALISTS: Final = {
    NUMBER: "int64",
    VERDICT: "str",
    WHY: "str",
    ACCURACY: "float64",
    VALIDATION_N: "int64",
    VALIDATION_MEAN: "float64",
    VALIDATION_STD: "float64",
    VALIDATION_MARGIN: "float64",
    TEST_N: "int64",
    TEST_MEAN: "float64",
    TEST_STD: "float64",
    TEST_MARGIN: "float64",
    PARAMS: "int64",
    MACS: "int64",
    ACTIVATION_BYTES: "int64",
    WEIGHT_BYTES: "int64",
    LATENCY_MS: "float64",
    OUTLINE: "str",
}
"""The columns of a frame of finalists, in their order, with their types."""

STUDIES: Final = {
    STUDY: "str",
    STATE: "str",
    ENDED_TRIALS: "int64",
    RUNNING_TRIALS: "int64",
    ACCURACY: "float64",
    FRONT: "int64",
    DATA: "str",
    TAGS: "str",
    NOTE: "str",
    CREATED: "datetime64[us, UTC]",
    ARCHIVED: "bool",
}
"""The columns of a frame of studies, in their order, with their types.

There ``accuracy`` is the best of the finished trials, and ``note`` is about the study.
"""

USAGE: Final = {
    STUDY: "str",
    ROWS: "int64",
    WEIGHTS: "int64",
    CHECKPOINTS: "int64",
    EXPORTS: "int64",
    OTHER: "int64",
    TOTAL: "int64",
}
"""The columns of a frame of what studies take on the disk, in their order, with their types."""

TRIALS_ENDED: Final = "trials_ended"
"""Trials that had ended by then. Unit: count."""

EPOCHS_SPENT: Final = "epochs_spent"
"""Epochs that all trials which had ended by then took. Unit: count."""

SECONDS_SPENT: Final = "seconds_spent"
"""Time since the first trial began. Unit: seconds."""

HYPERVOLUME: Final = "hypervolume"
"""Area under the front, on the logarithm of size, as a share of the largest. Unit: fraction."""

GROWTH: Final = {
    TRIALS_ENDED: "int64",
    EPOCHS_SPENT: "int64",
    SECONDS_SPENT: "float64",
    HYPERVOLUME: "float64",
}
"""The columns of a frame of how the front grew, in their order, with their types."""

IMPORTANCE: Final = {
    CHOICE: "str",
    ACCURACY_IMPORTANCE: "float64",
    SIZE_IMPORTANCE: "float64",
    ACCURACY_KNOWN: "float64",
    SIZE_KNOWN: "float64",
}
"""The columns of a frame of what matters, in their order, with their types."""

BOUGHT: Final = {
    PART: "str",
    SHARE: "float64",
    PER_DOUBLING: "float64",
    PER_DOUBLING_ERROR: "float64",
    PER_THOUSAND: "float64",
}
"""The columns of a frame of what size bought, in their order, with their types."""
