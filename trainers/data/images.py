"""Labelled images in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from space.errors import InputError

from .mapped import in_chunks

if TYPE_CHECKING:
    from space.layers import Shape

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ImageData:
    """A whole data set.

    Args:
        name: The source it came from, such as ``digits``.
        images: (N, C, H, W), values 0 to 255.
        labels: (N,), from 0 to the number of classes - 1.
        class_names: One name a class.
        test_images: (M, C, H, W) where the source has its own test part, else None.
        test_labels: (M,) likewise.
        validation: Positions of the source's own validation part, ascending, where it has one.
        left_out: Files that could not be read, each with the reason.
        known_hash: The hash, where it need not be computed again.

    Raises:
        InputError: An array has the wrong type or shape, or labels do not match images or classes.
    """

    name: str
    images: Pixels
    labels: Labels
    class_names: tuple[str, ...]
    test_images: Pixels | None = None
    test_labels: Labels | None = None
    validation: Labels | None = None
    left_out: tuple[str, ...] = ()
    known_hash: str | None = None

    def __post_init__(self) -> None:
        if len(self.class_names) < 2:
            raise _wrong("there must be at least 2 classes", self.class_names)
        _check_pair("images", self.images, "labels", self.labels, len(self.class_names))
        _check_every_class(self.labels, self.class_names)
        if (self.test_images is None) != (self.test_labels is None):
            missing = "test_images" if self.test_images is None else "test_labels"
            raise _wrong("test images and test labels must come together", f"no {missing}")
        if self.test_images is not None and self.test_labels is not None:
            classes = len(self.class_names)
            _check_pair("test images", self.test_images, "test labels", self.test_labels, classes)
            if self.test_images.shape[1:] != self.images.shape[1:]:
                shapes = (self.images.shape[1:], self.test_images.shape[1:])
                raise _wrong("test images must have the shape of the other images", shapes)

    @property
    def shape(self) -> Shape:
        """The shape of one image, (C, H, W)."""
        channels, height, width = self.images.shape[1:]
        return (channels, height, width)

    @cached_property
    def hash(self) -> str:
        """SHA-256 in hexadecimal of shapes, pixels, labels and parts: equal for equal content."""
        if self.known_hash is not None:
            return self.known_hash
        arrays = (self.images, self.labels, self.test_images, self.test_labels, self.validation)
        return content_hash(*arrays)


def content_hash(*arrays: NDArray[Any] | None) -> str:
    """Return the SHA-256 of arrays, in hexadecimal, without reading a large one whole."""
    digest = hashlib.sha256()
    for array in arrays:
        if array is None:
            continue
        little = array.dtype.newbyteorder("<")
        digest.update(f"{array.shape}{little.str}".encode())
        for chunk in in_chunks(array):
            plain = chunk.astype(little, order="C", copy=False)
            digest.update(plain.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _check_pair(
    images_name: str, images: NDArray[Any], labels_name: str, labels: NDArray[Any], classes: int
) -> None:
    if images.dtype != np.uint8:
        raise _wrong(f"{images_name} must be uint8", str(images.dtype))
    if images.ndim != 4 or 0 in images.shape:
        raise _wrong(f"{images_name} must have the shape (N, C, H, W), none of it 0", images.shape)
    if labels.dtype != np.int64 or labels.ndim != 1:
        kind = (str(labels.dtype), labels.shape)
        raise _wrong(f"{labels_name} must be int64 with the shape (N,)", kind)
    if len(labels) != len(images):
        found = f"{len(images)} images and {len(labels)} labels"
        raise _wrong(f"{images_name} and {labels_name} must be equally many", found)
    if labels.min() < 0 or labels.max() >= classes:
        found = f"{labels.min()} to {labels.max()}"
        raise _wrong(f"{labels_name} must run from 0 to {classes - 1}", found)


def _check_every_class(labels: Labels, class_names: tuple[str, ...]) -> None:
    counts = np.bincount(labels, minlength=len(class_names))
    empty = [name for name, count in zip(class_names, counts, strict=True) if count == 0]
    if empty:
        raise InputError(
            "data",
            "every class must have images",
            f"none of class {', '.join(empty[:5])}",
            "Number the classes from 0 without gaps.",
        )


def _wrong(rule: str, value: object) -> InputError:
    return InputError("data", rule, value)
