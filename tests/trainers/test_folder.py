"""Folders of pictures: what becomes of every kind, what is left out, and where parts come from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from space import Architecture, InputError
from space.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from tests.trainers.pictures import CLASSES, drawing, variants, write_bad_files, write_tree
from trainers import Recipe, build_network, load_data, split, train
from trainers.data import card_text, data_card
from trainers.data.decode import decode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SIZEWISE_CACHE", str(folder))
    return folder


def test_a_tree_of_everything_trains_and_tells_what_it_left_out(tmp_path: Path) -> None:
    write_tree(tmp_path)
    bad = write_bad_files(tmp_path / "square")
    (tmp_path / "square" / ".hidden").touch()
    Image.fromarray(drawing("frame", 900, 700, np.random.default_rng(2))).save(
        tmp_path / "frame" / "large.png"
    )
    data = load_data(f"folder:{tmp_path}")
    assert data.class_names == CLASSES
    assert np.bincount(data.labels).tolist() == [33, 32]
    # The lower median of 16, 19, 22 and 25, eight of each and class, and one large.
    assert data.shape == (3, 22, 22)
    assert len(data.left_out) == len(bad)
    for name, why in bad.items():
        (line,) = (line for line in data.left_out if name in line)
        assert why in line
    cut = split(data, seed=0)
    layers = (Conv2d(8, 3), ReLU(), MaxPool2d(4), Flatten(), Linear(2))
    network = build_network(Architecture(data.shape, 2, layers), seed=0)
    *_, last = train(network, cut, Recipe(epochs=20, batch_size=16), seed=0)
    assert last.accuracy == 1
    told = card_text(data_card(data, cut))
    assert "left out       6 of 71 files" in told
    assert all(f"\n  square/{name}: " in told for name in bad)


@pytest.mark.parametrize("name", list(variants(np.zeros((4, 4), np.uint8))))
def test_every_kind_shows_the_same_picture(name: str, tmp_path: Path) -> None:
    grey = drawing("square", 16, 16, np.random.default_rng(0))
    variants(grey)[name].save(tmp_path / name)
    with Image.open(tmp_path / name) as picture:
        seen = decode(picture, (16, 16), 3).astype(int)
    expected = np.stack([grey, grey // 2, grey]).astype(int)
    if name in {"grey.png", "palette.gif", "deep.png"}:
        expected = np.stack([grey] * 3).astype(int)
    if name == "clear.png":
        expected = np.where(grey > 100, expected, 255)
    assert abs(seen - expected).mean() < 12
    assert seen.shape == (3, 16, 16)


def test_sixteen_bits_keep_their_order(tmp_path: Path) -> None:
    ramp = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    with Image.open(tmp_path / "ramp.png") as picture:
        seen = decode(picture, (16, 16), 1)
    assert seen.ravel().tolist() == (ramp.ravel() // 257).tolist()


def test_another_shape_is_scaled_to_cover_and_its_middle_taken() -> None:
    wide = np.zeros((20, 60), np.uint8)
    wide[:, 20:40] = 255
    assert (decode(Image.fromarray(wide), (10, 10), 1)[0, :, 1:-1] == 255).all()


def test_sideways_photographs_stand_up(tmp_path: Path) -> None:
    image = np.zeros((8, 16), np.uint8)
    image[:, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # turned right by a quarter
    for name in CLASSES:
        (tmp_path / name).mkdir()
        for number in range(4):
            path = tmp_path / name / f"{number}.png"
            Image.fromarray(image).save(path, exif=exif)
    data = load_data(f"folder:{tmp_path}")
    assert data.shape == (1, 16, 8)
    assert (data.images[:, 0, :8] == 255).all()
    assert (data.images[:, 0, 8:] == 0).all()


def test_equal_sizes_are_kept_and_large_ones_are_bounded(tmp_path: Path) -> None:
    write_tree(tmp_path / "same", rounds=1, sides=(20,))
    assert load_data(f"folder:{tmp_path / 'same'}").shape == (3, 20, 20)
    assert load_data(f"folder:{tmp_path / 'same'}?size=12x10").shape == (3, 12, 10)
    write_tree(tmp_path / "large", rounds=1, sides=(200,))
    assert load_data(f"folder:{tmp_path / 'large'}").shape == (3, 128, 128)


@pytest.mark.parametrize("parts", [("train",), ("train", "val"), ("Train", "valid", "test")])
def test_parts_of_the_folder_are_the_parts(tmp_path: Path, parts: tuple[str, ...]) -> None:
    for seed, part in enumerate(parts):
        write_tree(tmp_path / part, rounds=1, seed=seed)
    data = load_data(f"folder:{tmp_path}")
    cut = split(data, seed=0)
    card = data_card(data, cut)
    train_part = 16 if len(parts) == 3 else 12 if len(parts) == 2 else 8
    assert [sum(card.counts[part].values()) for part in ("train", "validation", "test")] == [
        train_part,
        16 if len(parts) > 1 else 4,
        16 if len(parts) == 3 else 4,
    ]
    if len(parts) > 1:
        alone = load_data(f"folder:{tmp_path / parts[1]}")
        assert {image.tobytes() for image in alone.images} == {
            image.tobytes() for image in cut.validation.images
        }


def test_decoding_runs_once_and_again_when_a_file_changes(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, rounds=1)
    first = load_data(f"folder:{tmp_path}")
    (kept,) = cache.iterdir()
    monkeypatch.setattr("trainers.data.assembly.decode", None)
    again = load_data(f"folder:{tmp_path}")
    assert (again.hash, again.left_out) == (first.hash, first.left_out)
    monkeypatch.undo()
    monkeypatch.setenv("SIZEWISE_CACHE", str(cache))
    (tmp_path / "frame" / "0-grey.png").write_bytes(b"")
    changed = load_data(f"folder:{tmp_path}")
    assert changed.left_out == ("frame/0-grey.png: not a picture",)
    assert len({kept, *cache.iterdir()}) == 2


def test_large_data_stay_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, rounds=1)
    inside = load_data(f"folder:{tmp_path}")
    monkeypatch.setattr("trainers.data.cache.MAPPED_BYTES", 1)
    mapped = load_data(f"folder:{tmp_path}")
    assert isinstance(mapped.images, np.memmap)
    assert mapped.hash == inside.hash
    assert np.array_equal(split(mapped, seed=1).train.images, split(inside, seed=1).train.images)


def test_folders_that_hold_no_classes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the folder must exist"):
        load_data(f"folder:{tmp_path / 'nowhere'}")
    with pytest.raises(InputError, match="at least 2 classes"):
        load_data(f"folder:{tmp_path}")
    write_tree(tmp_path / "train", rounds=1)
    os.renames(tmp_path / "train" / "frame", tmp_path / "test" / "frames")
    with pytest.raises(InputError, match="at least 2 classes"):
        load_data(f"folder:{tmp_path}")
    (tmp_path / "train" / "frame").mkdir()
    with pytest.raises(InputError, match="classes of test must be among those of train"):
        load_data(f"folder:{tmp_path}")
    with pytest.raises(InputError, match="every class must have images"):
        load_data(f"folder:{tmp_path / 'train'}")
    for file in (tmp_path / "train" / "square").iterdir():
        file.write_bytes(b"")
    with pytest.raises(InputError, match="there must be pictures that can be read"):
        load_data(f"folder:{tmp_path / 'train'}")
    for option in ("size=0", "size=1x2x3", "sise=64", "size=a"):
        with pytest.raises(InputError, match="size"):
            load_data(f"folder:{tmp_path}?{option}")
