"""The stages and the head of a search space, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from ..blocks import ACTIVATIONS, NORMS, OPS, SAME_ONLY
from ..errors import InputError
from .choices import POOL, PROBABILITY, WIDTHS, check_choices, one_of, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .choices import Rule

STAGE_RULES: Mapping[str, Rule] = {
    "repeat": whole(0),
    "op": one_of(OPS),
    "filters": whole(1),
    "kernel": whole(1),
    "stride": whole(1),
    "padding": one_of(("same", "valid")),
    "dilation": whole(1),
    "groups": whole(1),
    "reduce": whole(1),
    "expand": whole(1),
    "squeeze": whole(0),
    "norm": one_of(NORMS),
    "activation": one_of(ACTIVATIONS),
    "pool": POOL,
    "dropout": PROBABILITY,
}
"""The fields of a stage in the order of its dimensions."""

LAYER_FIELDS = (
    "op",
    "filters",
    "kernel",
    "dilation",
    "groups",
    "reduce",
    "expand",
    "squeeze",
    "activation",
)
"""The fields of a stage that each of its layers may choose for itself."""

_OWN = one_of(LAYER_FIELDS)

HEAD_RULES: Mapping[str, Rule] = {
    "pool": one_of(("flatten", "global_avg")),
    "hidden": WIDTHS,
    "activation": one_of(ACTIVATIONS),
    "dropout": PROBABILITY,
}
"""The fields of the head in the order of its dimensions."""


def _check_fields(part: Any, rules: Mapping[str, Rule]) -> None:
    for field, rule in rules.items():
        object.__setattr__(part, field, check_choices(field, getattr(part, field), rule))


@final
@dataclass(frozen=True, kw_only=True)
class Stage:
    """A run of layers of the same make; every field holds the choices that the space offers.

    One choice of each field holds for all layers of the stage, except for the fields that
    `per_layer` names. The stride is that of the first layer. Pooling and dropout stand once,
    behind the last layer. A stage that repeats 0 times leaves nothing, no pooling either.

    Raises:
        InputError: A choice breaks the rule of its field.
    """

    filters: tuple[int, ...]
    """Channels that each layer gives."""
    repeat: tuple[int, ...] = (1,)
    """How many layers: a list of the numbers to choose from, not a range."""
    op: tuple[str, ...] = ("conv",)
    kernel: tuple[int, ...] = (3,)
    stride: tuple[int, ...] = (1,)
    padding: tuple[str, ...] = ("same",)
    """``same`` keeps the sides at stride 1, ``valid`` adds no zeros; residuals are ``same``."""
    dilation: tuple[int, ...] = (1,)
    groups: tuple[int, ...] = (2,)
    """Groups of channels in a `grouped` convolution."""
    reduce: tuple[int, ...] = (4,)
    """How many times narrower a `bottleneck` is inside than its filters."""
    expand: tuple[int, ...] = (6,)
    """How many times wider an `inverted` residual is inside than the channels before it."""
    squeeze: tuple[int, ...] = (0,)
    """Wide channels for each channel of an `inverted` residual's squeeze-excite; 0 for none."""
    norm: tuple[str, ...] = ("batch",)
    activation: tuple[str, ...] = ("relu",)
    pool: tuple[str, ...] = ("none",)
    """``none``, ``max``, ``avg``; size, stride and padding as in ``max3/2+1``, else 2, 2 and 0."""
    dropout: tuple[float, ...] = (0.0,)
    per_layer: tuple[str, ...] = ()
    """The fields that each layer chooses for itself: some of `LAYER_FIELDS`."""

    def __post_init__(self) -> None:
        _check_fields(self, STAGE_RULES)
        own = check_choices("per_layer", self.per_layer, _OWN) if self.per_layer else ()
        object.__setattr__(self, "per_layer", own)
        if max(self.repeat) == 0:
            raise InputError("repeat", "some choice must be at least 1", list(self.repeat))
        even = [kernel for kernel in self.kernel if kernel % 2 == 0]
        if even and ("same" in self.padding or SAME_ONLY.intersection(self.op)):
            rule = "every kernel must be odd where the padding may be `same`"
            hint = "Choose odd kernels, or `padding: valid` without residual layers."
            raise InputError("kernel", rule, even[0], hint)


@final
@dataclass(frozen=True, kw_only=True)
class Head:
    """From the last map to one number for each class; every field holds choices.

    The map becomes a vector, hidden layers follow with their activation, dropout stands before
    the last linear layer.

    Raises:
        InputError: A choice breaks the rule of its field.
    """

    pool: tuple[str, ...] = ("flatten",)
    hidden: tuple[tuple[int, ...], ...] = ((),)
    """Widths of the hidden layers: each choice is a list, ``()`` for none."""
    activation: tuple[str, ...] = ("relu",)
    dropout: tuple[float, ...] = (0.0,)

    def __post_init__(self) -> None:
        _check_fields(self, HEAD_RULES)


PLAIN_HEAD = Head()
"""Flatten, then one linear layer."""
