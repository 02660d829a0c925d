"""What a trained network sees, as pictures: computed when they are asked for."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import html

from space import Architecture
from space.errors import InputError

from ....images import png_url
from ....splits import stored_split
from ....store import weights_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from dash.development.base_component import Component
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from trainers import Split

    from ....records import StudyRecord
    from ....store import Store

_TILES: Final = 24
"""Wrongly classified images that are shown."""
_TURN: Final = Lock()
"""One network is looked into at a time: each may take all memory that is left."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a PNG file, with what it shows, for those who cannot see it too."""

    title: str
    png: bytes

    def shown(self) -> Component:
        """Return it as a part of a page."""
        image = html.Img(src=png_url(self.png), alt=self.title)
        return html.Figure([html.Figcaption(self.title), image])


def inside(store: Store, study: StudyRecord, number: int, image: int | None) -> Component:
    """Return the pictures of a trial.

    Args:
        store: Where the study stands.
        study: The study.
        number: The trial.
        image: A place among the validation images; None for the most confident error.

    Raises:
        InputError: Weights or images are not at hand, or there is no such image.
    """
    with _TURN:
        place, pictures = _pictures(store, study, number, image)
    told = f"Validation images, counted from 0; this is image {place}."
    parts = [each.shown() for each in pictures]
    return dmc.Stack([dmc.Text(told, size="sm"), html.Div(parts, className="pictures")])


def _pictures(
    store: Store, study: StudyRecord, number: int, image: int | None
) -> tuple[int, list[Picture]]:
    # What follows brings torch along, which most pages do without.
    from trainers import build_network, insight, load_weights, measure  # noqa: PLC0415
    from trainers.drawings import draw_confusion  # noqa: PLC0415

    weights = weights_path(store, study.name, number)
    if not weights.is_file():
        rule = "its weights must be kept to look inside"
        raise InputError("trial", rule, number, "Choose one of the front: those are kept.")
    split = _split(store, study)
    network = build_network(
        Architecture.from_dict(store.trial(study.id, number).architecture), seed=0
    )
    load_weights(network, weights)
    wrong = insight.misclassified(network, split.validation, split)
    place = (int(wrong[0]) if len(wrong) else 0) if image is None else image
    if not 0 <= place < len(split.validation):
        rule = f"must be one of the {len(split.validation):,} validation images, from 0"
        raise InputError("image", rule, place)
    confusion = _picture(
        "Classes and what they were taken for",
        draw_confusion(measure(network, split.validation, split)),
    )
    return place, [confusion, *_wrong(network, split, wrong), *_looks(network, split, place)]


def _wrong(network: Any, split: Split, wrong: NDArray[np.int64]) -> Iterator[Picture]:
    from trainers import insight  # noqa: PLC0415
    from trainers.drawings import draw_tiles  # noqa: PLC0415

    if not len(wrong):
        return
    part, names = split.validation, split.class_names
    taken = insight.probabilities(network, part, split).argmax(axis=1)
    told = [f"{at}: {names[taken[at]]} for {names[part.labels[at]]}" for at in wrong[:_TILES]]
    tiles = part.images[wrong[:_TILES]]
    shown = tiles[:, 0] if tiles.shape[1] == 1 else tiles
    title = f"{len(wrong):,} of {len(part):,} images are taken wrongly, the most confident first"
    yield _picture(title, draw_tiles(shown, told))


def _looks(network: Any, split: Split, place: int) -> Iterator[Picture]:
    """Yield what needs a convolution: filters, maps, and where the network looks."""
    from trainers import insight  # noqa: PLC0415
    from trainers.drawings import draw_filters, draw_maps, draw_over  # noqa: PLC0415

    part = split.validation
    heat = insight.saliency(network, part, split, place)
    yield _picture(f"Pixels that move its answer for image {place}", draw_over(part, place, heat))
    cam = insight.grad_cam(network, part, split, place)
    yield _picture("Where its last convolution finds the class", draw_over(part, place, cam))
    yield _picture("Filters of the first convolution", draw_filters(insight.filters(network)))
    maps = insight.feature_maps(network, part, split, place)
    yield _picture(f"What each layer makes of image {place}", draw_maps(maps))


def _picture(title: str, figure: Figure) -> Picture:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    return Picture(title, file.getvalue())


def _split(store: Store, study: StudyRecord) -> Split:
    return _read_split(store, study.id, study.name)


@lru_cache(maxsize=1)
def _read_split(store: Store, _study_id: int, name: str) -> Split:
    return stored_split(store, store.study(name))
