"""What a person is told about a space that is written wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from space import Head, InputError, SearchSpace, Stage

STAGE: dict[str, Any] = {"filters": [8]}


def read(document: Any, **kept: Any) -> SearchSpace:
    return SearchSpace.from_dict(document, **{"input_shape": (1, 8, 8), "classes": 10} | kept)


def with_stage(**fields: Any) -> dict[str, Any]:
    return {"stages": [STAGE, STAGE | fields]}


WRONG: list[tuple[Any, str, str]] = [
    ([], "", "mapping"),
    ({"stage": []}, "stage", "Did you mean 'stages'?"),
    ({}, "stages", "at least one stage"),
    ({"stages": [[8]]}, "stages[0]", "mapping"),
    ({"stages": [{"kernel": [3]}]}, "stages[0].filters", "must be given"),
    ({"stages": [STAGE], "head": {"widths": []}}, "head.widths", "must be known"),
    ({"stages": [STAGE], "head": {"hidden": [64]}}, "head.hidden", "list of whole numbers"),
    ({"stages": [STAGE], "growing": "yes"}, "growing", "true or false"),
    (with_stage(filter=[8]), "stages[1].filter", "Did you mean 'filters'?"),
    (with_stage(filters=[]), "stages[1].filters", "at least one choice"),
    (with_stage(filters=[8, 8]), "stages[1].filters", "must differ"),
    (with_stage(filters=["8"]), "stages[1].filters", "whole number of at least 1"),
    (with_stage(op=["conf"]), "stages[1].op", "Did you mean 'conv'?"),
    (with_stage(kernel=[3, 4]), "stages[1].kernel", "must be odd"),
    (with_stage(kernel=[2], padding="valid", op="residual"), "stages[1].kernel", "must be odd"),
    (with_stage(stride=[True]), "stages[1].stride", "whole number"),
    (with_stage(pool=["max0"]), "stages[1].pool", "size, stride and padding"),
    (with_stage(dropout=[1.0]), "stages[1].dropout", "0 <= p < 1"),
    (with_stage(repeat=0), "stages[1].repeat", "at least 1"),
    (with_stage(kernel=2, op="inverted", padding="valid"), "stages[1].kernel", "got 2"),
    (with_stage(kernel=2, op="bottleneck", padding="valid"), "stages[1].kernel", "got 2"),
    (with_stage(pool="max3+2"), "stages[1].pool", "got 'max3+2'"),
    (with_stage(squeeze=-1), "stages[1].squeeze", "at least 0, but got -1"),
    (with_stage(expand=[6, 0]), "stages[1].expand", "at least 1, but got 0"),
    (with_stage(reduce="4"), "stages[1].reduce", "but got '4'"),
    (with_stage(groups=[2, 1.5]), "stages[1].groups", "but got 1.5"),
    (with_stage(norm="layer"), "stages[1].norm", "Known: batch, none"),
    (with_stage(activation="relu7"), "stages[1].activation", "Did you mean 'relu"),
    (with_stage(dropout="half"), "stages[1].dropout", "but got 'half'"),
    (with_stage(dilation=[]), "stages[1].dilation", "at least one choice"),
    (with_stage(padding="full"), "stages[1].padding", "Known: same, valid"),
    (with_stage(per_layer=["pool"]), "stages[1].per_layer", "Known: activation, dilation, expand"),
    ({"stages": [STAGE], "head": {"hidden": [[0]]}}, "head.hidden", "whole numbers from 1"),
    ({"stages": [STAGE], "head": {"pool": "max"}}, "head.pool", "Known: flatten, global_avg"),
    ({"stages": [STAGE], "head": {"dropout": -0.5}}, "head.dropout", "but got -0.5"),
    (with_stage(kernel=[11, 9], padding="valid"), "stages[1].kernel", "'kernel': 9, 'map': '8×8'"),
    (
        with_stage(kernel=3, dilation=4, padding="valid"),
        "stages[1].dilation",
        "'dilation': 4, 'kernel': 3, 'map': '8×8'",
    ),
    (
        {"stages": [STAGE | {"op": "grouped"}]},
        "stages[0].groups",
        "`channels before % groups == 0` must hold for some choice, but got {'groups': 2",
    ),
    (
        with_stage(op="grouped", groups=3, filters=[9, 12]),
        "stages[1].groups",
        "'groups': 3, 'channels before': 8",
    ),
    (
        {"stages": [STAGE, {"filters": [4, 6]}], "growing": True},
        "stages[1].filters",
        "must not shrink in a growing space for some choice, but got {'filters': 4",
    ),
    ({"stages": [STAGE | {"pool": "max3"}] * 3}, "stages[1].pool", "'window': 3, 'map': '2×2'"),
]


@pytest.mark.parametrize(("document", "field", "told"), WRONG)
def test_a_wrong_space_names_field_rule_and_value(document: Any, field: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read(document)
    assert caught.value.field == field
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"flops": 10}, "limits.flops"),
        ({"params": "20k"}, "limits.params"),
        ({"params": [5, 3]}, "limits.params"),
        ({"params": 0}, "limits.params"),
        ({"macs": 1.5}, "limits.macs"),
        (3, "limits"),
    ],
)
def test_wrong_limits_name_their_cost(limits: Any, field: str) -> None:
    with pytest.raises(InputError) as caught:
        read({"stages": [STAGE]}, limits=limits)
    assert caught.value.field == field


def test_a_document_and_python_objects_are_the_same_space() -> None:
    document = {
        "stages": [
            {"filters": [8, 16], "repeat": [1, 2], "kernel": [3, 5], "pool": ["none", "max3/2"]},
            {"filters": [16], "repeat": [0, 3], "op": ["conv", "residual"], "per_layer": ["op"]},
        ],
        "head": {"pool": ["global_avg"], "hidden": [[], [64, 32]], "dropout": [0.0, 0.25]},
    }
    stages = (
        Stage(filters=(8, 16), repeat=(1, 2), kernel=(3, 5), pool=("none", "max3/2")),
        Stage(filters=(16,), repeat=(0, 3), op=("conv", "residual"), per_layer=("op",)),
    )
    head = Head(pool=("global_avg",), hidden=((), (64, 32)), dropout=(0.0, 0.25))
    space = read(document)
    assert space == SearchSpace(stages=stages, head=head, input_shape=(1, 8, 8), classes=10)
    assert space.to_dict() == document
    assert [dimension.name for dimension in space.dimensions] == [
        "stages[0].repeat",
        "stages[0].filters",
        "stages[0].kernel",
        "stages[0].pool",
        "stages[1].repeat",
        "stages[1].layers[0].op",
        "stages[1].layers[1].op",
        "stages[1].layers[2].op",
        "head.hidden",
        "head.dropout",
    ]
    assert space.dimensions[-2].labels == ("none", "64-32")


def test_a_space_without_a_choice_has_one_empty_point() -> None:
    space = read({"stages": [STAGE]})
    assert space.dimensions == ()
    assert space.build(()).depth == 2
