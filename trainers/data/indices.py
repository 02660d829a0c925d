"""Which image belongs to which part: drawn once a study, stored, and repeated."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from space.errors import InputError

from ..atomic import write_whole
from .archive import read_arrays

if TYPE_CHECKING:
    from .images import ImageData, Labels

FORMAT = 1
_ARRAYS = ("train", "validation", "test")
_NUMBERS = ("format", "data_hash", "seed")
_OURS = "the file must be one that save_split wrote"


@dataclass(frozen=True, slots=True, eq=False)
class SplitIndices:
    """Positions in ``ImageData.images``, ascending, each image in exactly one part.

    ``test`` is None where the source has its own test part. ``data_hash`` names the content that
    the positions belong to.
    """

    train: Labels
    validation: Labels
    test: Labels | None
    data_hash: str
    seed: int


def draw_indices(data: ImageData, *, seed: int, validation: float, test: float) -> SplitIndices:
    """Draw a stratified split: each class is divided by the same shares, to within one image.

    Args:
        data: Where the source has its own test part, ``test`` is not used; where it has its own
            validation part, that is the one and ``validation`` is not used.
        seed: Equal seeds give equal parts.
        validation: Share of all images (of the source's own test part apart), in (0, 1).
        test: The same for the test part.

    Raises:
        InputError: A share is out of range, or a class has too few images for one in each part.
    """
    wanted = {"validation": validation, "test": test}
    if data.test_images is not None:
        del wanted["test"]
    if data.validation is not None:
        del wanted["validation"]
    _check_shares(seed, wanted)
    train, *drawn = _draw(data, seed, tuple(wanted.values()))
    parts = dict(zip(wanted, drawn, strict=True))
    held_out = parts["validation"] if data.validation is None else data.validation
    return SplitIndices(train, held_out, parts.get("test"), data.hash, seed)


def _draw(data: ImageData, seed: int, shares: tuple[float, ...]) -> list[Labels]:
    """Divide what is not in the source's own validation part: first the rest, then each share."""
    free = np.ones(len(data.labels), bool)
    if data.validation is not None:
        free[data.validation] = False
    rng = np.random.default_rng(seed)
    parts: list[list[Labels]] = [[] for _ in range(len(shares) + 1)]
    for number, name in enumerate(data.class_names):
        members = rng.permutation(np.flatnonzero(free & (data.labels == number)))
        for part, chosen in zip(parts, _divide(members, shares, name), strict=True):
            part.append(chosen)
    return [np.sort(np.concatenate(part)) for part in parts]


def save_indices(indices: SplitIndices, path: str | Path) -> None:
    """Write to one .npz file, atomically."""
    arrays = {name: getattr(indices, name) for name in _ARRAYS}
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        format=np.int64(FORMAT),
        data_hash=np.str_(indices.data_hash),
        seed=np.int64(indices.seed),
        **{name: array for name, array in arrays.items() if array is not None},
    )
    write_whole(Path(path), buffer.getvalue())


def load_split_indices(path: str | Path) -> SplitIndices:
    """Read what ``save_split`` wrote.

    Raises:
        InputError: The file is missing, or is not one of a split.
    """
    try:
        names, arrays = read_arrays(Path(path), (*_ARRAYS, *_NUMBERS))
    except ValueError as error:
        raise InputError("split", _OURS, str(path), f"Reading it says: {error}.") from error
    if "format" in names and arrays["format"] != FORMAT:
        raise InputError("split", f"the format must be {FORMAT}", arrays["format"].tolist())
    if not {"train", "validation", *_NUMBERS} <= set(names):
        raise InputError("split", _OURS, str(path), f"It holds: {', '.join(names)}.")
    return SplitIndices(
        train=arrays["train"],
        validation=arrays["validation"],
        test=arrays.get("test"),
        data_hash=str(arrays["data_hash"]),
        seed=int(arrays["seed"]),
    )


def _check_shares(seed: int, shares: dict[str, float]) -> None:
    if seed < 0:
        raise InputError("seed", "the seed must be 0 or more", seed)
    for name, share in shares.items():
        if not 0 < share < 1:
            raise InputError(name, f"`0 < {name} < 1` must hold", share)
    if sum(shares.values()) >= 1:
        rule = "`validation + test < 1` must hold, so that there is something to train on"
        raise InputError("validation", rule, tuple(shares.values()))


def _divide(members: Labels, shares: tuple[float, ...], class_name: str) -> list[Labels]:
    """Cut the shuffled members of one class into train, validation and, if drawn, test."""
    sizes = [max(1, round(share * len(members))) for share in shares]
    if sum(sizes) >= len(members):
        rule = f"each class must have an image for each of {len(shares) + 1} parts"
        found = f"{len(members)} of class {class_name}"
        raise InputError("data", rule, found, "Add images to the class, or leave the class out.")
    *held_out, rest = np.split(members, np.cumsum(sizes, dtype=np.int64))
    return [rest, *held_out]
