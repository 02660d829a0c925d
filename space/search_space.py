"""All architectures that a job may try."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, final

from .architecture import Architecture, check_classes, check_input_shape
from .blocks import part_layers
from .bulk import cost_parts, cost_points, settle_points
from .canonical import canonical
from .census import take_census
from .encoding import encode, feature_names
from .errors import InfeasibleError, InputError
from .language import NO_LIMITS, PLAIN_HEAD, Head, Limits, Stage, read_space, write_space
from .lattice.draw import SPREADS
from .lattice.engine import Engine
from .lattice.feasible import check_feasible
from .lattice.steps import Held, Mark, Step, lay_out
from .layers import Layer, LayerError, Shape
from .layers.base import chain_shapes
from .points import check_point, check_points, read_labels, suggest_labels, write_labels
from .variation import crossover, mutate, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from .bulk import Costs
    from .census import Census
    from .dimensions import Dimension, Point
    from .encoding import Encoding
    from .lattice.draw import Spread
    from .lattice.tables import Floats
    from .points import OptunaTrial

_MOST_DRAWS = 2000
"""How many networks a `where` rule may refuse in a row."""

Where: TypeAlias = "Callable[[Architecture], bool]"


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
    where: Where | None = None
    """What the language cannot say: a function that keeps or refuses an architecture.

    It is asked about each network that is drawn, mutated or built; documents cannot hold it. For
    a search with workers it must be a function that pickle knows: one at the top of a module.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", tuple(self.stages))
        object.__setattr__(self, "input_shape", check_input_shape(self.input_shape))
        check_classes(self.classes)
        if self.where is not None and not callable(self.where):
            raise InputError("where", "it must be a function of an architecture", self.where)
        check_feasible(self._engine, self.limits, self.input_shape, self.build_freely)

    @staticmethod
    def from_dict(
        document: object,
        *,
        input_shape: Sequence[int],
        classes: int,
        limits: Mapping[str, Any] | Limits | None = None,
        where: Where | None = None,
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
            where=where,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `from_dict` reads; shape, classes and limits are not in it.

        Raises:
            InputError: There is a `where` rule, which no document can hold.
        """
        if self.where is not None:
            rule = "a rule in Python cannot be written to a document"
            raise InputError("where", rule, self.where, "Give it to `from_dict` again.")
        return write_space(self.stages, self.head, growing=self.growing)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """One for each field that leaves a choice."""
        return self._layout[0]

    def sample(self, rng: np.random.Generator, *, spread: Spread = "networks") -> Point:
        """Return a random canonical point inside the limits.

        ``networks``, the default, gives each distinct network the same probability, however many
        points build it; it is always drawn as the lowest of them. ``points`` gives each canonical
        point the same probability. Both favour large networks, of which there are more.
        ``log_params`` gives each half doubling of params that holds a point the same
        probability, and then each point in it, so that small networks are drawn as often.

        With a `where` rule, what it refuses is drawn again.

        Raises:
            InputError: The spread is not known, or no network was found that limits and `where`
                keep.
        """
        if spread not in SPREADS:
            raise InputError("spread", f"it must be one of {', '.join(SPREADS)}", spread)
        for _ in range(_MOST_DRAWS):
            point = self._engine.sample(rng, spread)
            if point is None:
                rule = "the limits must keep enough networks to draw from"
                raise InputError("limits", rule, self.limits.to_dict())
            if self.admits(point):
                return point
        rule = f"one of {_MOST_DRAWS:,} networks inside the limits must be kept"
        raise InputError("where", rule, self.where)

    def mutate(self, point: Point, rng: np.random.Generator) -> Point:
        """Return a point inside the limits that builds another network, few choices away.

        One random dimension is drawn again, and further ones until a network fits. A space of one
        network gives its point back.
        """
        return mutate(self, self._engine, self.canonical(point), rng)

    def crossover(self, one: Point, other: Point, rng: np.random.Generator) -> Point:
        """Return a point inside the limits that takes each choice from one of its parents.

        All such points have the same probability, the parents' own included.

        Raises:
            InfeasibleError: A parent does not fit, or lies outside the limits.
        """
        for parent in (one, other):
            self.build(parent)
        return crossover(self, self._engine, (self.canonical(one), self.canonical(other)), rng)

    def neighbours(self, point: Point) -> list[Point]:
        """Return a point for each other network inside the limits that is one choice away."""
        return neighbours(self, self._engine, self.canonical(point))

    def costs(self, points: npt.ArrayLike) -> Costs:
        """Return what many points cost, as arrays: an integer array (n, d) has a point a row.

        The `where` rule is not asked.

        Raises:
            InputError: The array has another shape, or holds an index that no choice has.
        """
        return cost_points(self._engine.levels, self.limits, check_points(self.dimensions, points))

    def cost_parts(self, points: npt.ArrayLike) -> dict[str, npt.NDArray[np.int64]]:
        """Return params and macs (n, 2) of each stage and of the head, by where it stands.

        Of points whose layers do not fit they mean nothing.

        Raises:
            InputError: As for `costs`.
        """
        return cost_parts(self._engine.levels, check_points(self.dimensions, points))

    def settle(self, points: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return the canonical points of an array (n, d); a row whose layers do not fit stays.

        Raises:
            InputError: As for `costs`.
        """
        return settle_points(self._engine.levels, check_points(self.dimensions, points))

    def encode(self, points: npt.ArrayLike, kind: Encoding = "ordinal") -> Floats:
        """Return features (n, f) for a model, a row for each point of an array (n, d).

        ``ordinal``: the place of each choice in its dimension, from 0 to 1. ``one_hot``: 1 for the
        choice that is taken, 0 for the others. ``shape``: what the network is like, nan where its
        layers do not fit. `feature_names` tells what stands in each column.
        """
        return encode(self, self._engine.levels, check_points(self.dimensions, points), kind)

    def feature_names(self, kind: Encoding = "ordinal") -> tuple[str, ...]:
        """Return the names of the columns that `encode` gives."""
        return feature_names(self, kind)

    def census(self, *, seed: int = 0) -> Census:
        """Return what the space holds: how many points and networks, and what they cost.

        Numbers are exact where the networks can be told apart beforehand; else they are estimated
        from draws, which the census says. `space.census.text` gives it as plain text.
        """
        return take_census(self, self._engine, seed=seed)

    def admits(self, point: Point) -> bool:
        """Return whether the `where` rule keeps the network of a point; without a rule always."""
        return self.where is None or bool(self.where(self.build_freely(point)))

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
        if self.where is not None and not self.where(architecture):
            raise InfeasibleError(tuple(point), "the `where` rule must keep the network")
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
                    reason = f"{error.inside(step.where)} (behind {shape})"
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
        return write_labels(self.dimensions, self._check(point))

    def point_of_labels(self, labels: Mapping[str, Any]) -> Point:
        """Return the point of a label for each dimension, canonical where its layers fit.

        Raises:
            InputError: A dimension is missing or not known, or a label is none of its own.
        """
        return self._settled(read_labels(self.dimensions, labels))

    def point_of(self, architecture: Architecture) -> Point | None:
        """Return the lowest point that builds this network, limits apart, or None if none does."""
        if (architecture.input_shape, architecture.classes) != (self.input_shape, self.classes):
            return None
        return self._engine.find(canonical(architecture.layers, self.input_shape))

    def to_optuna(self, trial: OptunaTrial) -> Point:
        """Return the point that an Optuna trial suggests, canonical where its layers fit.

        Every dimension is suggested as a categorical with its labels, in the same order always.
        """
        return self._settled(read_labels(self.dimensions, suggest_labels(self.dimensions, trial)))

    def _settled(self, point: Point) -> Point:
        return self._engine.canonical(point) or point

    def _check(self, point: Sequence[int]) -> Point:
        return check_point(self.dimensions, point)

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
