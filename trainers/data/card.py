"""What a data set is like: counts, shape, statistics, doubles."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .images import ImageData, Labels, Pixels
    from .splitting import Split


@dataclass(frozen=True, slots=True)
class DataCard:
    """A data set and its split, in numbers.

    Args:
        name: The source.
        hash: Of the content.
        shape: Of one image, (C, H, W).
        counts: Images of each class in each part.
        mean: Of each channel of the train part, pixels in [0, 1].
        std: The standard deviation likewise.
        imbalance: Images of the largest class by those of the smallest, all parts together.
        duplicates: Images of a part whose equal is in an earlier part, or earlier in the same one.
        contradictions: Images that also occur with another class.
        left_out: Files that could not be read, with the reason.
    """

    name: str
    hash: str
    shape: tuple[int, ...]
    counts: dict[str, dict[str, int]]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    imbalance: float
    duplicates: dict[str, int]
    contradictions: int
    left_out: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all fields, for JSON."""
        return asdict(self)


def data_card(data: ImageData, split: Split) -> DataCard:
    """Describe ``data`` as ``split`` divides it; equal images are found by their bytes."""
    parts = _parts(data, split)
    names = data.class_names
    counts = {
        part: np.bincount(labels, minlength=len(names)) for part, (_, labels) in parts.items()
    }
    total = sum(counts.values())
    duplicates, contradictions = _doubles(parts)
    return DataCard(
        name=data.name,
        hash=data.hash,
        shape=data.shape,
        counts={
            part: dict(zip(names, each.tolist(), strict=True)) for part, each in counts.items()
        },
        mean=split.mean,
        std=split.std,
        imbalance=float(np.max(total) / np.min(total)),
        duplicates=duplicates,
        contradictions=contradictions,
        left_out=data.left_out,
    )


def _parts(data: ImageData, split: Split) -> dict[str, tuple[Pixels, Labels]]:
    parts = {
        "train": (split.train.images, split.train.labels),
        "validation": (split.validation.images, split.validation.labels),
    }
    # From the data, since the sealed part is opened for the finals alone: counted and compared by
    # hash, its images choose nothing.
    if data.test_images is not None and data.test_labels is not None:
        return parts | {"test": (data.test_images, data.test_labels)}
    positions = split.indices.test
    return parts | {"test": (data.images[positions], data.labels[positions])}


def _doubles(parts: dict[str, tuple[Pixels, Labels]]) -> tuple[dict[str, int], int]:
    duplicates: dict[str, int] = {}
    first_part: dict[bytes, str] = {}
    classes: dict[bytes, list[int]] = {}
    for part, (images, labels) in parts.items():
        for image, label in zip(images, labels.tolist(), strict=True):
            digest = hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16).digest()
            where = f"{first_part.setdefault(digest, part)} and {part}"
            duplicates[where] = duplicates.get(where, 0) + (digest in classes)
            classes.setdefault(digest, []).append(label)
    contradictions = sum(len(each) for each in classes.values() if len(set(each)) > 1)
    return duplicates, contradictions
