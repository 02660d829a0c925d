"""Data sets in folders: one folder a class, as in torchvision's ImageFolder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from space.errors import InputError

from .parted import parted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .assembly import Item
    from .images import ImageData

PARTS = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}


def read_folder(path: str) -> ImageData:
    """Read ``PATH/CLASS/*``, or ``PATH/train/CLASS/*`` with ``val`` and ``test`` beside it or not.

    ``PATH?size=64`` or ``PATH?size=48x64`` (height, width) says how large all images become.

    Raises:
        InputError: There is no such folder, or it does not hold classes.
    """
    from .assembly import assemble  # noqa: PLC0415 - Pillow is loaded where it is needed
    from .cache import cached  # noqa: PLC0415

    place, size = _options(path)
    root = Path(place).expanduser()
    if not root.is_dir():
        raise InputError("data", "the folder must exist", str(root))
    folders = _parts(root)
    names = _class_names(root, folders)
    items = [item for part in folders for item in _items(root, part, folders[part], names)]
    stamps = [(item.name, item.part, item.label, *_stamp(root / item.name)) for item in items]
    key = {"root": str(root.resolve()), "size": size, "files": stamps}
    made = cached("folder", key, lambda allocate: assemble(items, size, allocate))
    return parted(f"folder:{path}", made, names)


def _options(path: str) -> tuple[str, tuple[int, int] | None]:
    place, mark, option = path.rpartition("?")
    if not mark:
        return path, None
    name, _, value = option.partition("=")
    sides = value.split("x")
    if name != "size" or len(sides) > 2 or not all(side.isdecimal() for side in sides):
        rule = "the option behind ? must be size=SIDE or size=HEIGHTxWIDTH, in pixels"
        raise InputError("data", rule, option, "For example folder:images?size=64.")
    height, width = int(sides[0]), int(sides[-1])
    if not (0 < height <= 4096 and 0 < width <= 4096):
        raise InputError("data", "`1 <= side <= 4096` must hold", option)
    return place, (height, width)


def _parts(root: Path) -> dict[str, Path]:
    """Return the folder of each part; the whole folder is the train part if it has no parts."""
    by_name = {folder.name.lower(): folder for folder in _folders(root)}
    found = {
        part: by_name[name] for part, names in PARTS.items() for name in names if name in by_name
    }
    if "train" not in found or not _folders(found["train"]):
        return {"train": root}
    return found


def _class_names(root: Path, folders: dict[str, Path]) -> tuple[str, ...]:
    names = tuple(folder.name for folder in _folders(folders["train"]))
    if len(names) < 2:
        rule = "the folder must hold one folder for each of at least 2 classes"
        found = ", ".join(names) or "no folder"
        raise InputError("data", rule, found, f"Put images into {root / 'cat'} and so on.")
    for part, folder in folders.items():
        strange = sorted({each.name for each in _folders(folder)} - set(names))
        if strange:
            rule = f"the classes of {part} must be among those of train"
            raise InputError("data", rule, ", ".join(strange[:5]))
    return names


def _items(root: Path, part: str, folder: Path, names: tuple[str, ...]) -> Iterator[Item]:
    from PIL import Image  # noqa: PLC0415

    from .assembly import Item  # noqa: PLC0415

    for label, name in enumerate(names):
        for file in sorted((folder / name).rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                relative = file.relative_to(root).as_posix()
                yield Item(relative, part, label, partial(Image.open, file))


def _folders(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir() and each.name[0] != ".")


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns
