"""Data sets from one string, and what is said about strings and files that give none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from space import InputError
from trainers import ImageData, load_data

if TYPE_CHECKING:
    from pathlib import Path

MAPS = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)
COLOURS = np.arange(6 * 4 * 3 * 2, dtype=np.uint8).reshape(6, 4, 3, 2)
CLASSES = np.array([0, 1, 2, 0, 1, 2])
GOOD = {"x_train": MAPS, "y_train": CLASSES, "x_test": MAPS[:2], "y_test": CLASSES[:2]}


def write(folder: Path, arrays: dict[str, Any]) -> str:
    path = folder / "data.npz"
    np.savez(path, **arrays)
    return f"npz:{path}"


def test_digits(digits: ImageData) -> None:
    assert digits.images.shape == (1797, 1, 8, 8)
    assert digits.shape == (1, 8, 8)
    assert (digits.images.min(), digits.images.max()) == (0, 255)
    # The number of images of each digit, from the UCI description of the test set.
    assert np.bincount(digits.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert digits.test_images is None


def test_npz_channels_come_first(tmp_path: Path) -> None:
    data = load_data(write(tmp_path, GOOD | {"x_train": COLOURS, "x_test": COLOURS[:2]}))
    assert data.shape == (2, 4, 3)
    assert data.images[5, 1, 3, 2] == COLOURS[5, 3, 2, 1]
    assert data.class_names == ("0", "1", "2")
    assert data.test_images is not None
    assert data.test_images.shape == (2, 2, 4, 3)


def test_npz_accepts_keras_label_columns_and_no_test_part(tmp_path: Path) -> None:
    column = CLASSES[:, np.newaxis].astype(np.uint8)
    data = load_data(write(tmp_path, {"x_train": MAPS, "y_train": column}))
    assert data.labels.tolist() == CLASSES.tolist()
    assert data.test_images is data.test_labels is None


def test_hash_is_of_the_content_alone(tmp_path: Path) -> None:
    first = load_data(write(tmp_path, GOOD))
    (tmp_path / "other").mkdir()
    again = load_data(write(tmp_path / "other", GOOD))
    assert first.hash == again.hash
    for key, array in GOOD.items():
        changed = array.copy()
        changed[:2] = changed[1::-1]
        assert load_data(write(tmp_path, GOOD | {key: changed})).hash != first.hash


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("digit", "Did you mean 'digits'?"),
        ("nzp:a.npz", "Did you mean 'npz'?"),
        ("images/a.npz", "Did you mean 'npz:images/a.npz'?"),
        ("npz", "Write npz:PATH"),
        ("npz:", "Write npz:PATH"),
        ("hf:", "Write hf:NAME[:CONFIG]"),
        ("fodler:a", "Did you mean 'folder'?"),
        ("/", "Did you mean 'folder:/'?"),
        (7, "must be one of digits, folder:PATH, hf:NAME[:CONFIG], npz:PATH"),
        ("npz:/nowhere/a.npz", "There is no folder '/nowhere'"),
    ],
)
def test_unknown_sources(source: Any, told: str) -> None:
    with pytest.raises(InputError) as caught:
        load_data(source)
    assert caught.value.field == "data"
    assert told in str(caught.value)


def test_a_missing_file_names_those_beside_it(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    with pytest.raises(InputError, match=r"must exist.*That folder has: data\.npz"):
        load_data(f"npz:{tmp_path / 'date.npz'}")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"text", b"\x93NUMPY\x01\x00"])
def test_a_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"must be an \.npz file"):
        load_data(f"npz:{tmp_path / 'data.npz'}")


def test_one_array_without_keys(tmp_path: Path) -> None:
    np.save(tmp_path / "data.npy", MAPS)
    with pytest.raises(InputError, match=r"must be an \.npz file"):
        load_data(f"npz:{tmp_path / 'data.npy'}")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"x_train": None}, "must hold x_train and y_train"),
        ({"y_test": None}, "x_test and y_test or neither"),
        ({"x_train": MAPS / 255}, "x_train must be uint8"),
        ({"x_train": MAPS[0]}, r"x_train must have the shape \(N, H, W\)"),
        ({"x_train": np.zeros((6, 3, 8, 8), np.uint8)}, r"transpose\(0, 2, 3, 1\)"),
        ({"x_train": MAPS[:5]}, "must be equally many, but got '5 images and 6 labels'"),
        ({"x_train": MAPS[:0], "y_train": CLASSES[:0]}, "at least 2 classes"),
        ({"y_train": CLASSES / 1}, "y_train must hold integers"),
        ({"y_train": np.eye(6, dtype=int)}, "argmax"),
        ({"y_train": CLASSES - 1}, "labels must run from 0 to 1"),
        ({"y_train": CLASSES * 1000}, "must number the classes from 0 without gaps"),
        ({"y_train": CLASSES + 1}, "every class must have images, but got 'none of class 0'"),
        ({"y_train": CLASSES * 0}, "at least 2 classes"),
        ({"y_test": np.array([0, 3])}, "test labels must run from 0 to 2"),
        ({"x_test": MAPS[:2, :2]}, "test images must have the shape of the other images"),
        ({"x_test": MAPS[:2, :, :0]}, "none of it 0"),
    ],
)
def test_wrong_arrays(tmp_path: Path, changes: dict[str, Any], rule: str) -> None:
    arrays = {key: array for key, array in (GOOD | changes).items() if array is not None}
    with pytest.raises(InputError, match=rule) as caught:
        load_data(write(tmp_path, arrays))
    assert caught.value.field == "data"


def test_a_file_cannot_run_code(tmp_path: Path) -> None:
    objects = np.array([print, print], dtype=object)
    with pytest.raises(InputError, match=r"must be an \.npz file"):
        load_data(write(tmp_path, GOOD | {"x_train": objects}))
