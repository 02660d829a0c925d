"""Data sets in one .npz file, with the keys that Keras uses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from space.errors import InputError

from .archive import read_arrays
from .images import ImageData
from .mapped import place_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .images import Labels, Pixels

TRAIN_KEYS = ("x_train", "y_train")
TEST_KEYS = ("x_test", "y_test")


def read_npz(path: str) -> ImageData:
    """Read x_train, y_train and, both or neither, x_test and y_test.

    Images are uint8, (N, H, W) or (N, H, W, C); labels are integers from 0, (N,) or (N, 1).

    Raises:
        InputError: The file is missing or not an .npz file, lacks keys, or holds other arrays.
    """
    arrays = _arrays(Path(path).expanduser())
    images = images_of(arrays["x_train"], "x_train")
    labels = labels_of(arrays["y_train"], "y_train")
    class_names = tuple(str(number) for number in range(class_count(labels, "y_train")))
    if "x_test" not in arrays:
        return ImageData(f"npz:{path}", images, labels, class_names)
    test_images = images_of(arrays["x_test"], "x_test")
    test_labels = labels_of(arrays["y_test"], "y_test")
    return ImageData(f"npz:{path}", images, labels, class_names, test_images, test_labels)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    if not path.is_file():
        raise InputError("data", "the file must exist", str(path), _what_is_there(path))
    try:
        names, arrays = read_arrays(path, (*TRAIN_KEYS, *TEST_KEYS))
    except ValueError as error:
        suggestion = "Write it with numpy.savez(path, x_train=..., y_train=...)."
        raise InputError("data", "the file must be an .npz file", str(path), suggestion) from error
    _check_keys(names)
    return arrays


def _what_is_there(path: Path) -> str:
    if not path.parent.is_dir():
        return f"There is no folder {str(path.parent)!r}."
    found = sorted(file.name for file in path.parent.glob("*.npz"))
    return f"That folder has: {', '.join(found[:5])}." if found else ""


def _check_keys(found: list[str]) -> None:
    missing = [key for key in TRAIN_KEYS if key not in found]
    if missing or len(set(TEST_KEYS).intersection(found)) == 1:
        rule = "an .npz file must hold x_train and y_train, and x_test and y_test or neither"
        raise InputError("data", rule, found)


def images_of(array: NDArray[Any], name: str) -> Pixels:
    """Return (N, C, H, W) for uint8 (N, H, W) or (N, H, W, C).

    Raises:
        InputError: It is something else; the rule speaks of ``name``.
    """
    if array.dtype != np.uint8:
        suggestion = "Scale the pixel values to 0 to 255 and store them with .astype('uint8')."
        raise InputError("data", f"{name} must be uint8", str(array.dtype), suggestion)
    if array.ndim == 3:
        return array[:, np.newaxis]
    if array.ndim == 4 and array.shape[3] <= 4:
        channels_first = array.transpose(0, 3, 1, 2)
        mapped = place_of(array) is not None
        return channels_first if mapped else np.ascontiguousarray(channels_first)
    swap = "If channels stand first, store x.transpose(0, 2, 3, 1)." if array.ndim == 4 else ""
    rule = f"{name} must have the shape (N, H, W) or (N, H, W, C) with at most 4 channels"
    raise InputError("data", rule, array.shape, swap)


def labels_of(array: NDArray[Any], name: str) -> Labels:
    """Return int64 (N,) for integers (N,) or (N, 1).

    Raises:
        InputError: It is something else; the rule speaks of ``name``.
    """
    if not np.issubdtype(array.dtype, np.integer):
        raise InputError("data", f"{name} must hold integers", str(array.dtype))
    if array.ndim == 2 and array.shape[1] == 1:  # as in Keras' CIFAR-10
        array = array[:, 0]
    if array.ndim != 1:
        suggestion = "Store class numbers, y.argmax(axis=1)." if array.ndim == 2 else ""
        raise InputError("data", f"{name} must have the shape (N,)", array.shape, suggestion)
    return array.astype(np.int64)


def class_count(labels: Labels, name: str) -> int:
    """Return how many classes there are.

    Raises:
        InputError: A label is far beyond the number of images, so that it is no class number.
    """
    largest = int(labels.max(initial=0))
    if largest >= max(len(labels), 2):
        rule = f"{name} must number the classes from 0 without gaps"
        raise InputError("data", rule, f"the label {largest} among {len(labels)}")
    return largest + 1
