"""Data sets of Hugging Face: from the Hub, from Parquet files, from folders."""

from __future__ import annotations

import importlib
import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from space.errors import InputError

from .parted import parted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from PIL import Image

    from .assembly import Item
    from .images import ImageData

PARTS = {"train": "train", "validation": "validation", "valid": "validation", "test": "test"}
LABEL_COLUMNS = ("label", "labels", "fine_label", "class", "target")


@dataclass(frozen=True, slots=True)
class _Columns:
    image: str
    label: str
    names: tuple[str, ...]
    numbers: dict[Any, int]


def read_hugging_face(name: str) -> ImageData:
    """Read ``NAME`` or ``NAME:CONFIG`` of the Hub, a .parquet file, or a folder of either kind.

    Parts are called train, validation (or valid) and test; images and classes are found by type.

    Raises:
        InputError: The package `datasets` is missing, or there are no such labelled images.
    """
    from .assembly import assemble  # noqa: PLC0415 - Pillow is loaded where it is needed
    from .cache import cached  # noqa: PLC0415

    found = _load(name)
    parts = {PARTS[part]: each for part, each in found.items() if part in PARTS}
    if "train" not in parts:
        raise InputError("data", "the data set must have the part train", ", ".join(found))
    columns = _columns(parts)
    items = [item for part, each in parts.items() for item in _items(part, each, columns)]
    # The fingerprint changes with the data and with all that is done to them.
    key = [[part, each._fingerprint] for part, each in parts.items()]  # noqa: SLF001
    made = cached("hf", [name, key], lambda allocate: assemble(items, None, allocate))
    return parted(f"hf:{name}", made, columns.names)


def _load(name: str) -> dict[str, Any]:
    datasets = _package()
    path, _, config = name.partition(":")
    try:
        if Path(path).suffix == ".parquet":
            return dict(datasets.load_dataset("parquet", data_files={"train": path}))
        return dict(datasets.load_dataset(path, config or None))
    except Exception as error:  # what it raises depends on network, disk and formats
        told = f"`datasets` says: {error}".partition("\n")[0]
        raise InputError("data", "the data set must be loadable", name, told) from error


def _package() -> ModuleType:
    """Return the package, an optional extra that nothing else needs."""
    try:
        return importlib.import_module("datasets")
    except ImportError as error:
        rule = "the package `datasets` must be installed for hf:"
        raise InputError("data", rule, "none", "pip install 'sizewise[hf]'") from error


def _columns(parts: dict[str, Any]) -> _Columns:
    features = parts["train"].features
    kinds = {column: type(kind).__name__ for column, kind in features.items()}
    images = [column for column, kind in kinds.items() if kind == "Image"]
    labels = [column for column, kind in kinds.items() if kind == "ClassLabel"]
    labels = labels or [column for column in LABEL_COLUMNS if column in features]
    if not images or not labels:
        rule = "the data set must have a column of images and one of classes"
        raise InputError(
            "data", rule, ", ".join(f"{name} ({kind})" for name, kind in kinds.items())
        )
    names = getattr(features[labels[0]], "names", None)
    if names is not None:
        numbers: dict[Any, int] = {number: number for number in range(len(names))}
        return _Columns(images[0], labels[0], tuple(names), numbers)
    values = sorted({value for part in parts.values() for value in part[labels[0]]})
    numbers = {value: number for number, value in enumerate(values)}
    return _Columns(images[0], labels[0], tuple(str(value) for value in values), numbers)


def _items(part: str, data: Any, columns: _Columns) -> Iterator[Item]:
    from .assembly import Item  # noqa: PLC0415

    raw = data.cast_column(columns.image, _package().Image(decode=False))[columns.image]
    for index, value in enumerate(data[columns.label]):
        number = columns.numbers.get(value)
        if number is None:  # the Hub marks test images without a class by -1
            continue
        yield Item(f"{part}[{index}]", part, number, partial(_open, raw, index))


def _open(raw: Sequence[dict[str, Any]], index: int) -> Image.Image:
    from PIL import Image  # noqa: PLC0415

    content = raw[index]
    if content is None:
        raise ValueError("no image")
    return Image.open(io.BytesIO(content["bytes"]) if content["bytes"] else content["path"])
