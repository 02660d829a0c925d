"""Recipes: what is accepted, what is refused and with which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space import InputError
from trainers import Recipe
from trainers.recipe import AUGMENT_ALONE, AUGMENTATIONS, CLASS_WEIGHTS, OPTIMIZERS, SCHEDULES

shares = st.floats(0, 0.99)


@given(
    st.builds(
        Recipe,
        optimizer=st.sampled_from(OPTIMIZERS),
        learning_rate=st.floats(1e-8, 1e30) | st.integers(1, 10),
        weight_decay=st.floats(0, 10),
        momentum=shares,
        schedule=st.sampled_from(SCHEDULES),
        warmup=st.none() | shares,
        milestones=st.lists(st.floats(0.01, 0.99), max_size=3, unique=True).map(sorted).map(tuple),
        gamma=st.floats(0.01, 2),
        epochs=st.integers(1, 1000),
        batch_size=st.integers(1, 10_000),
        label_smoothing=shares,
        class_weights=st.sampled_from(CLASS_WEIGHTS)
        | st.lists(st.floats(0.1, 9), min_size=2, max_size=4).map(tuple),
        gradient_clip=st.floats(0, 10),
        ema=shares,
        augment=st.sampled_from(AUGMENT_ALONE)
        | st.lists(st.sampled_from(AUGMENTATIONS), min_size=1, unique=True).map("+".join),
        shift_share=shares,
        rotate_degrees=st.floats(0, 180),
        cutout_share=shares,
        mixup_alpha=st.floats(0.1, 9),
    )
)
def test_round_trip_through_json(recipe: Recipe) -> None:
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_what_is_left_out_is_default() -> None:
    assert Recipe.from_dict({}) == Recipe()
    assert Recipe.from_dict({"epochs": 3}) == Recipe(epochs=3)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "learning_rte",
            0.1,
            "no such field, but got 'learning_rte'. Did you mean",
        ),
        (3, 0.1, "no such field"),
        ("optimizer", "adamW", "Did you mean 'adamw'?"),
        ("optimizer", ["sgd"], "must be one of adadelta, adam, adamw, sgd"),
        ("schedule", "onecycle", "Did you mean 'one_cycle'?"),
        ("augment", None, "must be one of auto, none, or names of cutout, flip"),
        ("augment", "shift+filp", "Did you mean 'flip'?"),
        ("augment", "shift+none", "must be one of auto, none, or names of"),
        ("augment", ["shift", "shift"], "Write each name once."),
        ("augment", [1], "must be one of"),
        ("class_weights", "balance", "Did you mean 'balanced'?"),
        ("class_weights", [1.0, 0], "`class_weights > 0` must hold"),
        ("class_weights", {0: 1.0}, "a list of one number a class"),
        ("milestones", [0.75, 0.5], "ascending shares"),
        ("milestones", [0.5, 1], "ascending shares"),
        ("milestones", 0.5, "ascending shares"),
        ("ema", 1, "`0 <= ema < 1` must hold"),
        ("gradient_clip", -1, "`gradient_clip >= 0` must hold"),
        ("lr", 0.1, "Write learning_rate."),
        ("validation_split", 0.2, "split: {validation: 0.2}"),
        ("learning_rate", 0, "`learning_rate > 0` must hold"),
        ("learning_rate", float("nan"), "must be a finite number"),
        ("learning_rate", float("inf"), "must be a finite number"),
        ("learning_rate", "1e-3", "YAML reads this as text: write 0.001."),
        ("learning_rate", "fast", "must be a finite number, but got 'fast'."),
        ("weight_decay", -0.1, "`weight_decay >= 0` must hold"),
        ("weight_decay", True, "must be a finite number"),
        ("momentum", 1.0, "`0 <= momentum < 1` must hold"),
        ("warmup", 1, "`0 <= warmup < 1` must hold"),
        ("label_smoothing", -1e-9, "`0 <= label_smoothing < 1` must hold"),
        ("epochs", 0, "whole number of 1 or more"),
        ("epochs", 2.0, "whole number of 1 or more"),
        ("batch_size", True, "whole number of 1 or more"),
    ],
)
def test_wrong_values(name: Any, value: Any, told: str) -> None:
    with pytest.raises(InputError) as caught:
        Recipe.from_dict({name: value})
    assert caught.value.field == str(name)
    assert told in str(caught.value)


@pytest.mark.parametrize("document", [None, "adamw", ["adamw"]])
def test_a_recipe_must_be_a_mapping(document: Any) -> None:
    with pytest.raises(InputError, match="must be a mapping"):
        Recipe.from_dict(document)


def test_names_may_be_a_list() -> None:
    assert Recipe.from_dict({"augment": ["shift", "flip"]}) == Recipe(augment="shift+flip")
    assert Recipe.from_dict({"augment": []}) == Recipe(augment="none")
