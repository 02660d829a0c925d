from __future__ import annotations

from hypothesis import given

from space import Architecture, Conv2d, comparison, diff
from space.layers import Flatten, Linear, MaxPool2d, ReLU
from space.presets import REFERENCES
from tests.strategies import architectures

COSTS = ("params", "macs", "receptive_field")


def network(*layers: object) -> Architecture:
    return Architecture((1, 8, 8), 2, (*layers, Flatten(), Linear(2)))


@given(architectures(), architectures())
def test_changes_lead_from_one_to_the_other(one: Architecture, other: Architecture) -> None:
    changes = diff(one, other)
    for cost in COSTS:
        total = sum(getattr(change, cost) for change in changes)
        assert total == getattr(other, cost) - getattr(one, cost)
    assert len([each for each in changes if each.before]) == len(one.layers)
    assert len([each for each in changes if each.after]) == len(other.layers)
    back = diff(other, one)
    assert sum(each.kind == "kept" for each in back) == sum(each.kind == "kept" for each in changes)


@given(architectures())
def test_an_architecture_differs_in_nothing_from_itself(architecture: Architecture) -> None:
    for change in diff(architecture, architecture):
        assert change.kind == "kept"
        assert change.before == change.after
        assert (change.params, change.macs, change.receptive_field) == (0, 0, 0)


def test_one_more_layer_and_a_wider_one_by_hand() -> None:
    one = network(Conv2d(4, 3), ReLU(), MaxPool2d(2))
    other = network(Conv2d(6, 3), ReLU(), Conv2d(6, 3, padding=1), ReLU(), MaxPool2d(2))
    told = [(each.kind, each.before, each.after, each.params) for each in diff(one, other)]
    assert [each for each in told if each[0] != "kept"] == [
        ("changed", "Conv2d 4@3×3", "Conv2d 6@3×3", 20),
        ("added", "", "Conv2d 6@3×3", (9 * 6 + 1) * 6),
        ("added", "", "ReLU", 0),
    ]
    # The classifier is the same layer behind a wider map: 18 more numbers for each class.
    assert told[-1] == ("kept", "Linear 2", "Linear 2", 36)
    assert sum(each.receptive_field for each in diff(one, other)) == 2


def test_the_text_tells_what_changes() -> None:
    lenet = REFERENCES["lenet5"]
    wide = Architecture(lenet.input_shape, 10, (Conv2d(12, 5), *lenet.layers[1:]))
    lines = comparison.text(diff(lenet, wide)).splitlines()
    assert lines[1].split() == ["~", "Conv2d", "6@5×5", "Conv2d", "12@5×5", "+156", "+117,600", "0"]
    assert lines[-1].split() == ["total", "+2,556", "+357,600", "0"]
    assert len(lines) == len(lenet.layers) + 2
