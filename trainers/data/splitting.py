"""Train, validation and sealed test part of a data set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from space.errors import InputError

from .indices import SplitIndices, draw_indices, save_indices
from .mapped import concatenated, in_chunks, map_images, place_of
from .parts import Part, SealedPart, seal

if TYPE_CHECKING:
    from pathlib import Path

    from .images import ImageData, Labels, Pixels
    from .mapped import Images


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What a study trains on, judges by and, once, is tested with.

    ``mean`` and ``std`` are those of the train part: one value a channel, of pixels in [0, 1].
    Pickled with protocol 5, its arrays travel out of band, so that processes can share them;
    images of a mapped file travel as its path.
    """

    train: Part
    validation: Part
    test: SealedPart
    mean: tuple[float, ...]
    std: tuple[float, ...]
    indices: SplitIndices
    data_hash: str
    class_names: tuple[str, ...]


def split(data: ImageData, *, seed: int, validation: float = 0.2, test: float = 0.2) -> Split:
    """Split at random, each class by the same shares of all its images.

    Where the source has its own test part, that one is sealed and ``test`` is not used.

    Raises:
        InputError: A share is out of range, or a class has too few images for one in each part.
    """
    return apply_indices(data, draw_indices(data, seed=seed, validation=validation, test=test))


def apply_indices(data: ImageData, indices: SplitIndices) -> Split:
    """Repeat a split from its stored indices.

    Raises:
        InputError: The indices belong to other data.
    """
    if indices.data_hash != data.hash:
        rule = f"the split must belong to the data {data.name!r} with hash {data.hash[:12]}"
        suggestion = "The data have changed since: start a new study."
        raise InputError("data", rule, indices.data_hash[:12], suggestion)
    train = _take(data.images, data.labels, indices.train)
    mean, std = channel_statistics(train.images)
    return Split(
        train=train,
        validation=_take(data.images, data.labels, indices.validation),
        test=seal(held_out(data, indices)),
        mean=mean,
        std=std,
        indices=indices,
        data_hash=data.hash,
        class_names=data.class_names,
    )


def with_validation(split: Split) -> Split:
    """Return the split with its validation images in the train part, too: for a last training.

    ``mean`` and ``std`` stay those of the train part alone, so that a network sees images as it did
    in the search. The validation part stays as it is, but says nothing about such a training.
    """
    train, validation = split.train, split.validation
    labels = np.concatenate([train.labels, validation.labels])
    labels.setflags(write=False)
    both = np.concatenate([split.indices.train, split.indices.validation])
    return replace(
        split,
        train=Part(concatenated(train.images, validation.images), labels),
        indices=replace(split.indices, train=both),
    )


def save_split(split: Split, path: str | Path) -> None:
    """Write which image is in which part to one .npz file, atomically; no image is written."""
    save_indices(split.indices, path)


def channel_statistics(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation of each channel, pixels scaled to [0, 1].

    A deviation is at least 1/255, so that a constant channel can be divided by it.
    """
    # From counts of the 256 values: exact, and in little memory.
    counts = np.zeros((images.shape[1], 256))
    for chunk in in_chunks(images):
        for channel, pixels in enumerate(chunk.swapaxes(0, 1)):
            counts[channel] += np.bincount(pixels.reshape(-1), minlength=256)
    shares = counts / counts.sum(axis=1, keepdims=True)
    values = np.arange(256) / 255
    means = shares @ values
    deviations = np.sqrt((shares * (values - means[:, np.newaxis]) ** 2).sum(axis=1))
    return tuple(means.tolist()), tuple(np.maximum(deviations, 1 / 255).tolist())


def held_out(data: ImageData, indices: SplitIndices) -> Part:
    """Return the test part of a data set, not sealed.

    Raises:
        InputError: The indices name none, and the source has none of its own.
    """
    if data.test_images is not None and data.test_labels is not None:
        return _take(data.test_images, data.test_labels, np.arange(len(data.test_labels)))
    if indices.test is None:
        raise InputError("split", "a split of data without a test part must have one", "none")
    return _take(data.images, data.labels, indices.test)


def _take(images: Pixels, labels: Labels, positions: Labels) -> Part:
    """Return a part that cannot be written by accident, as it is where processes share it."""
    named = labels[positions]
    named.setflags(write=False)
    place = place_of(images)
    if place is not None:
        return Part(map_images(place, positions), named)
    # A copy, so that no part keeps, or leads to, the images of another.
    taken = images[positions]
    taken.setflags(write=False)
    return Part(taken, named)
