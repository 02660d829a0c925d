"""Parts: stratified, repeatable, sealed, and cheap to share."""

from __future__ import annotations

import logging
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from space import InputError
from tests.trainers.conftest import coloured
from trainers import ImageData, split
from trainers.data import apply_indices, load_split_indices, save_split
from trainers.data.splitting import channel_statistics

if TYPE_CHECKING:
    from pathlib import Path

    from trainers import Split


@given(
    counts=st.lists(st.integers(6, 60), min_size=2, max_size=5),
    validation=st.floats(0.1, 0.4),
    test=st.floats(0.1, 0.4),
    seed=st.integers(0, 2**40),
)
def test_parts_divide_each_class_by_the_same_shares(
    counts: list[int], validation: float, test: float, seed: int
) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    # Each image carries its own number, so that it can be recognised.
    images = np.arange(len(labels), dtype="<u4").view(np.uint8).reshape(-1, 1, 2, 2)
    names = tuple("abcde"[: len(counts)])
    data = ImageData("numbered", images, labels, names)
    cut = split(data, seed=seed, validation=validation, test=test)
    parts = cut.train, cut.validation, cut.test.open(reason="this is a test")
    numbers = [part.images.reshape(-1, 4).view("<u4").ravel() for part in parts]
    assert sorted(np.concatenate(numbers)) == list(range(len(labels)))
    for part, found in zip(parts, numbers, strict=True):
        assert part.labels.tolist() == labels[found].tolist()
    for part, share in zip(parts[1:], (validation, test), strict=True):
        for count, taken in zip(counts, np.bincount(part.labels), strict=True):
            assert abs(taken - share * count) < 1


def test_the_seed_alone_decides(digits: ImageData) -> None:
    first, again, other = (split(digits, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.indices.train, again.indices.train)
    assert not np.array_equal(first.indices.train, other.indices.train)


def test_a_test_part_of_the_source_is_the_sealed_one() -> None:
    data = coloured(40, test=10)
    cut = split(data, seed=0, validation=0.25)
    assert (len(cut.train), len(cut.validation), len(cut.test)) == (30, 10, 10)
    assert np.array_equal(cut.test.open(reason="a test").images, data.test_images)
    assert cut.indices.test is None


@pytest.mark.parametrize("data", [coloured(40), coloured(40, test=10)])
def test_a_stored_split_can_be_repeated(data: ImageData, tmp_path: Path) -> None:
    cut = split(data, seed=5)
    save_split(cut, tmp_path / "deep" / "split.npz")
    indices = load_split_indices(tmp_path / "deep" / "split.npz")
    again = apply_indices(data, indices)
    assert (indices.seed, again.mean, again.std) == (5, cut.mean, cut.std)
    for name in ("train", "validation"):
        assert np.array_equal(getattr(again, name).images, getattr(cut, name).images)
    opened = [each.test.open(reason="a test").images for each in (cut, again)]
    assert np.array_equal(*opened)
    with pytest.raises(InputError, match="The data have changed"):
        apply_indices(coloured(40, seed=9), indices)


def test_files_that_hold_no_split(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=1)
    np.savez(tmp_path / "newer.npz", format=2)
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04")
    for name in ("other.npz", "cut.npz", "missing.npz"):
        with pytest.raises(InputError, match="must be one that save_split wrote"):
            load_split_indices(tmp_path / name)
    with pytest.raises(InputError, match="format must be 1, but got 2"):
        load_split_indices(tmp_path / "newer.npz")


@pytest.mark.parametrize(
    ("shares", "field"),
    [
        ({"validation": 0.0}, "validation"),
        ({"test": 1.0}, "test"),
        ({"validation": 0.5, "test": 0.5}, "validation"),
        ({"validation": float("nan")}, "validation"),
        ({"seed": -1}, "seed"),
    ],
)
def test_wrong_shares(shares: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match="must") as caught:
        split(coloured(), **({"seed": 0} | shares))
    assert caught.value.field == field


def test_a_class_too_small_is_named() -> None:
    data = coloured(9)
    labels = np.array([0] * 7 + [1] * 2)
    data = ImageData("few", data.images, labels, ("many", "rare"))
    with pytest.raises(InputError, match="each of 3 parts, but got '2 of class rare'"):
        split(data, seed=0)


def test_mean_and_deviation_are_those_of_the_train_part() -> None:
    data = coloured(1500)
    cut = split(data, seed=0)
    pixels = cut.train.images / 255
    assert np.allclose(cut.mean, pixels.mean(axis=(0, 2, 3)), rtol=1e-12)
    assert np.allclose(cut.std, pixels.std(axis=(0, 2, 3)), rtol=1e-12)
    assert channel_statistics(np.full((3, 1, 2, 2), 51, np.uint8)) == ((0.2,), (1 / 255,))


def reachable(start: object) -> list[np.ndarray]:
    """All arrays that a chain of attributes, items or elements leads to."""
    seen: dict[int, object] = {}
    waiting: list[object] = [start]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, int | float | str | bytes | type):
            continue
        seen[id(thing)] = thing
        if isinstance(thing, np.ndarray):
            waiting.append(thing.base)
            continue
        if isinstance(thing, dict | tuple | list):
            waiting += thing.values() if isinstance(thing, dict) else thing
            continue
        if type(thing).__module__.startswith("trainers"):
            waiting += [getattr(thing, name) for name in dir(thing) if not callable_of(thing, name)]
    return [thing for thing in seen.values() if isinstance(thing, np.ndarray)]


def callable_of(thing: object, name: str) -> bool:
    return callable(getattr(thing, name, len))


@pytest.mark.parametrize("data", [coloured(40), coloured(40, test=10)])
def test_no_attribute_leads_to_a_test_image(data: ImageData) -> None:
    cut = pickle.loads(pickle.dumps(split(data, seed=0)))
    sealed = {image.tobytes() for image in cut.test.open(reason="a test").images}
    arrays = [array for array in reachable(cut) if array.dtype == np.uint8]
    seen = {image.tobytes() for array in arrays for image in array}
    # The search does find the other parts.
    assert {image.tobytes() for image in cut.validation.images} <= seen
    assert not seen & sealed
    assert not hasattr(cut.test, "__dict__")
    assert repr(cut.test) == f"SealedPart({len(sealed)} images)"


def test_opening_needs_a_reason_and_logs_it(
    digits_split: Split, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InputError, match="must have a reason"):
        digits_split.test.open(reason=" ")
    with caplog.at_level(logging.INFO):
        digits_split.test.open(reason="finals of study 7")
    assert "finals of study 7" in caplog.text


def test_no_part_can_be_written_by_accident(digits_split: Split) -> None:
    test = digits_split.test.open(reason="a test")
    for part in (digits_split.train, digits_split.validation, test):
        for array in (part.images, part.labels):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1


def test_pickling_copies_no_image(digits_split: Split) -> None:
    buffers: list[pickle.PickleBuffer] = []
    frame = pickle.dumps(digits_split, protocol=5, buffer_callback=buffers.append)
    images = sum(buffer.raw().nbytes for buffer in buffers)
    assert images >= 1797 * (8 * 8 + 8)
    assert len(frame) < 4000
    sent = [np.frombuffer(buffer.raw(), np.uint8) for buffer in buffers]
    test = digits_split.test.open(reason="a test")
    for part in (digits_split.train, digits_split.validation, test):
        assert any(np.shares_memory(part.images, view) for view in sent)
    shared = [bytes(buffer.raw()) for buffer in buffers]
    copy = pickle.loads(frame, buffers=shared)
    views = [np.frombuffer(block, np.uint8) for block in shared]
    for part in (copy.train, copy.validation, copy.test.open(reason="a test")):
        assert any(np.shares_memory(part.images, view) for view in views)
        assert not part.images.flags.writeable
    assert np.array_equal(copy.train.images, digits_split.train.images)
