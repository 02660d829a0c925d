"""All architectures that a job may try."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, final

from .architecture import Architecture, check_classes, check_input_shape
from .blocks import part_layers
from .errors import InfeasibleError, InputError, closest
from .language import NO_LIMITS, PLAIN_HEAD, Head, Limits, Stage, read_space, write_space
from .lattice.engine import Engine
from .lattice.feasible import check_feasible
from .lattice.steps import Held, Mark, Step, lay_out
from .layers import Layer, LayerError, Shape
from .layers.base import chain_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from .dimensions import Dimension, Point
    from .lattice.draw import Spread


class OptunaTrial(Protocol):
    """What is needed of an Optuna trial."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Return one of the choices."""


@final
@dataclass(frozen=True, kw_only=True)
class SearchSpace:
    """Stages and a head for images of one shape, inside limits.

    Raises:
        InputError: A part breaks its rule, no choice fits the input shape, or the limits keep
            no network; then the field begins with ``limits`` and the smallest network is named.
    """

    stages: tuple[Stage, ...]
    head: Head = PLAIN_HEAD
    input_shape: Shape
    """``(C, H, W)`` of one image."""
    classes: int
    limits: Limits = NO_LIMITS
    growing: bool = False
    """Whether no layer may give fewer channels than it takes, the image's channels included."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", tuple(self.stages))
        object.__setattr__(self, "input_shape", check_input_shape(self.input_shape))
        check_classes(self.classes)
        check_feasible(self._engine, self.limits, self.input_shape, self.build_freely)

    @staticmethod
    def from_dict(
        document: object,
        *,
        input_shape: Sequence[int],
        classes: int,
        limits: Mapping[str, Any] | Limits | None = None,
    ) -> SearchSpace:
        """Return the space of a document, the ``space`` mapping of a job.

        Raises:
            InputError: As for the class; the field is seen from the document, such as
                ``stages[1].kernel``, or begins with ``limits``.
        """
        stages, head, growing = read_space(document)
        return SearchSpace(
            stages=stages,
            head=head,
            input_shape=check_input_shape(tuple(input_shape)),
            classes=classes,
            limits=_limits(limits),
            growing=growing,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `from_dict` reads; shape, classes and limits are not in it."""
        return write_space(self.stages, self.head, growing=self.growing)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """One for each field that leaves a choice."""
        return self._layout[0]

    def sample(self, rng: np.random.Generator, *, spread: Spread = "points") -> Point:
        """Return a random canonical point inside the limits.

        ``points`` gives each point the same probability, which favours large networks.
        ``log_params`` gives each half doubling of params that holds a point the same
        probability, and then each point in it, so that small networks are drawn as often.
        """
        point = self._engine.sample(rng, spread)
        if point is None:
            raise InputError(
                "limits", "the limits must keep enough networks to draw from", self.limits
            )
        return point

    def build(self, point: Point) -> Architecture:
        """Return the architecture of a point.

        Raises:
            InfeasibleError: A layer does not fit, or the architecture lies outside the limits.
            InputError: The point does not belong to the space.
        """
        architecture = self.build_freely(point)
        excess, reason = self.limits.worst(architecture)
        if excess > 0:
            raise InfeasibleError(tuple(point), reason, excess)
        return architecture

    def build_freely(self, point: Point) -> Architecture:
        """Return the architecture of a point whatever the limits say; raises as `build`."""
        point = self._check(point)
        held: Held = Mark.BETWEEN
        shape, layers = self.input_shape, list[Layer]()
        for step in self._layout[1]:
            parts, held = step.parts(held, tuple(point[slot.dimension] for slot in step.slots))
            for part in parts:
                try:
                    added = part_layers(part, shape)
                    shape = chain_shapes(added, shape)[-1]
                except LayerError as error:
                    reason = f"{error} (behind {shape})"
                    raise InfeasibleError(point, reason) from None
                layers.extend(added)
        return Architecture(self.input_shape, self.classes, tuple(layers))

    def canonical(self, point: Point) -> Point:
        """Return the lowest point that builds the same layers: choices that do not count are 0.

        Raises:
            InfeasibleError: A layer does not fit. The limits are not asked.
        """
        self.build_freely(point)
        return self._settled(self._check(point))

    def labels(self, point: Point) -> dict[str, str | int | float]:
        """Return the label that the point chooses in each dimension."""
        pairs = zip(self.dimensions, self._check(point), strict=True)
        return {dimension.name: dimension.labels[place] for dimension, place in pairs}

    def point_of_labels(self, labels: Mapping[str, Any]) -> Point:
        """Return the point of a label for each dimension, canonical where its layers fit.

        Raises:
            InputError: A dimension is missing or not known, or a label is none of its own.
        """
        names = [dimension.name for dimension in self.dimensions]
        for name in labels:
            if name not in names:
                raise InputError(
                    str(name), "the dimension must be known", name, closest(name, names)
                )
        return self._settled(tuple(_place(each, labels) for each in self.dimensions))

    def to_optuna(self, trial: OptunaTrial) -> Point:
        """Return the point that an Optuna trial suggests, canonical where its layers fit.

        Every dimension is suggested as a categorical with its labels, in the same order always.
        """
        suggested = {
            each.name: trial.suggest_categorical(each.name, each.labels) for each in self.dimensions
        }
        return self.point_of_labels(suggested)

    def _settled(self, point: Point) -> Point:
        return self._engine.canonical(point) or point

    def _check(self, point: Sequence[int]) -> Point:
        sizes = [len(dimension.choices) for dimension in self.dimensions]
        if len(point) != len(sizes):
            raise InputError("point", f"it must hold {len(sizes)} indices", tuple(point))
        settled = tuple(map(int, point))
        for place, (index, size) in enumerate(zip(settled, sizes, strict=True)):
            if not 0 <= index < size:
                name = self.dimensions[place].name
                raise InputError(
                    f"point[{place}]", f"{name} has the indices 0 to {size - 1}", index
                )
        return settled

    @cached_property
    def _layout(self) -> tuple[tuple[Dimension, ...], tuple[Step, ...]]:
        return lay_out(self.stages, self.head, self.classes, growing=self.growing)

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self._layout[1], self.input_shape, self.limits, len(self._layout[0]))

    def __getstate__(self) -> dict[str, Any]:
        # What is worked out from the fields is worked out again on the other side.
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _limits(given: Mapping[str, Any] | Limits | None) -> Limits:
    if isinstance(given, Limits):
        return given
    try:
        return Limits.from_dict(given or {})
    except InputError as error:
        raise error.inside("limits") from None


def _place(dimension: Dimension, labels: Mapping[str, Any]) -> int:
    if dimension.name not in labels:
        raise InputError(dimension.name, "every dimension must have a label", None)
    label = labels[dimension.name]
    if label not in dimension.labels:
        known = ", ".join(map(str, dimension.labels))
        raise InputError(dimension.name, f"the label must be one of {known}", label)
    return dimension.labels.index(label)
