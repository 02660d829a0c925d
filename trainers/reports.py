"""What a training tells after each epoch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well a network does on one part: accuracy in [0, 1] and mean cross-entropy in nats."""

    accuracy: float
    loss: float


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One epoch of a training.

    Args:
        epoch: From 1.
        train_loss: Mean over the epoch's steps, with label smoothing and augmentation.
        loss: Mean cross-entropy of the validation part, for the weights at the epoch's end.
        accuracy: Share of the validation part that those weights classify rightly, in [0, 1].
        learning_rate: That of the epoch's last step.
        seconds: The whole epoch, validation included.
        images_per_second: Training images by the seconds of training alone.
    """

    epoch: int
    train_loss: float
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float
    images_per_second: float
