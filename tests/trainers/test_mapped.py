"""Images that stay in a file: the same trainings, little memory, and no way to the test part."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from space import Architecture, InputError
from space.layers import BatchNorm2d, Conv2d, Flatten, GlobalAvgPool2d, Linear, MaxPool2d, ReLU
from tests.trainers.conftest import coloured
from tests.trainers.test_split import reachable
from trainers import ImageData, Recipe, build_network, evaluate, load_data, split, train
from trainers.data import card_text, data_card
from trainers.data.mapped import MappedImages, place_of

if TYPE_CHECKING:
    from pathlib import Path


LAYERS = (Conv2d(8, 3, padding=1), BatchNorm2d(), ReLU(), MaxPool2d(2), Flatten(), Linear(2))


def on_disk(data: ImageData, folder: Path, *, channels_last: bool = False) -> ImageData:
    """The same data set, its images in one file, those of the test part behind the others."""
    held_out = data.test_images
    everything = data.images if held_out is None else np.concatenate([data.images, held_out])
    order = (0, 2, 3, 1) if channels_last else (0, 1, 2, 3)
    np.save(folder / "images.npy", np.ascontiguousarray(everything.transpose(order)))
    mapped: Any = np.load(folder / "images.npy", mmap_mode="r")
    if channels_last:
        mapped = mapped.transpose(0, 3, 1, 2)
    count = len(data.images)
    test = None if held_out is None else mapped[count:]
    return ImageData(
        data.name, mapped[:count], data.labels, data.class_names, test, data.test_labels
    )


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("test", [0, 12])
@pytest.mark.parametrize("augment", ["none", "shift+flip+rotate+cutout+mixup"])
def test_training_is_that_of_the_same_data_in_memory(
    tmp_path: Path, test: int, augment: str, *, channels_last: bool
) -> None:
    data = coloured(60, test=test)
    mapped = on_disk(data, tmp_path, channels_last=channels_last)
    assert mapped.hash == data.hash
    recipe = Recipe(epochs=2, batch_size=16, augment=augment, class_weights="balanced")
    ended = []
    for each in (data, mapped):
        cut = pickle.loads(pickle.dumps(split(each, seed=1)))
        network = build_network(Architecture(data.shape, 2, LAYERS), seed=0)
        reports = [(r.train_loss, r.loss, r.accuracy) for r in train(network, cut, recipe, seed=0)]
        judged = evaluate(network, cut.test.open(reason="a test"), cut)
        ended.append((reports, judged, cut.mean, cut.std, network.state_dict()))
    assert isinstance(cut.train.images, MappedImages)
    assert ended[0][:-1] == ended[1][:-1]
    for name, tensor in ended[0][-1].items():
        assert torch.equal(tensor, ended[1][-1][name])


@pytest.mark.parametrize("test", [0, 12])
def test_no_attribute_leads_to_a_test_image(tmp_path: Path, test: int) -> None:
    cut = split(on_disk(coloured(40, test=test), tmp_path), seed=0)
    sealed = {image.tobytes() for image in cut.test.open(reason="a test").images}
    assert len(sealed) == len(cut.test)
    for part in (cut.train, cut.validation):
        everything = part.images[:]
        assert not {image.tobytes() for image in everything} & sealed
        for index in (0, slice(3), np.arange(2), np.arange(len(part)) < 2):
            given = part.images[index]
            assert given.base is None
            assert np.array_equal(given, everything[index])
        with pytest.raises(IndexError):
            part.images[len(part)]
    images = [array for array in reachable(cut) if array.dtype == np.uint8]
    assert images == []
    assert not hasattr(cut.train.images, "__dict__")


def test_a_pickled_split_is_a_path(tmp_path: Path) -> None:
    cut = split(on_disk(coloured(400, test=40), tmp_path), seed=0)
    buffers: list[pickle.PickleBuffer] = []
    frame = pickle.dumps(cut, protocol=5, buffer_callback=buffers.append)
    # What travels are labels and positions, of 8 bytes each; an image has 90.
    assert sum(each.raw().nbytes for each in buffers) <= 3 * 8 * 440
    assert len(frame) < 4000
    again = pickle.loads(frame, buffers=buffers)
    assert np.array_equal(again.train.images[:], cut.train.images[:])
    (tmp_path / "images.npy").write_bytes(b"cut off")
    with pytest.raises(InputError, match="must be there, whole, on every machine"):
        pickle.loads(frame, buffers=buffers)


def test_what_is_changed_in_memory_alone_is_not_taken_for_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", coloured().images)
    changed = np.load(tmp_path / "images.npy", mmap_mode="c")
    assert place_of(changed) is None
    assert place_of(np.load(tmp_path / "images.npy")) is None
    read = np.load(tmp_path / "images.npy", mmap_mode="r")
    for view in (read, read[3:], read[::-2], np.asarray(read)[:, 1:]):
        place = place_of(view)
        assert place is not None
        assert np.array_equal(
            np.ndarray(place.shape, np.uint8, np.memmap(place.path), place.offset, place.strides),
            view,
        )


def test_a_folder_with_all_parts_stays_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    for part, count in (("train", 20), ("val", 6), ("test", 7)):
        for name in ("dark", "light"):
            (tmp_path / "tree" / part / name).mkdir(parents=True)
            for number in range(count):
                noise = rng.integers(0, 128, (8, 8), np.uint8) + (name == "light") * np.uint8(128)
                Image.fromarray(noise).save(tmp_path / "tree" / part / name / f"{number}.png")
    (tmp_path / "tree/train/dark/5.png").write_bytes(
        (tmp_path / "tree/train/dark/5.png").read_bytes()[:70]
    )
    monkeypatch.setenv("SIZEWISE_CACHE", str(tmp_path / "cache"))
    inside = load_data(f"folder:{tmp_path / 'tree'}")
    monkeypatch.setattr("trainers.data.cache.MAPPED_BYTES", 1)
    mapped = load_data(f"folder:{tmp_path / 'tree'}")
    assert place_of(mapped.images) is not None
    assert place_of(mapped.test_images) is not None
    assert (len(mapped.images), len(mapped.test_images), len(mapped.left_out)) == (51, 14, 1)
    assert (
        mapped.hash
        == inside.hash
        == ImageData(
            **{
                name: getattr(inside, name)
                for name in (
                    "name",
                    "images",
                    "labels",
                    "class_names",
                    "test_images",
                    "test_labels",
                )
            },
            validation=inside.validation,
        ).hash
    )
    cuts = [split(each, seed=0) for each in (inside, mapped)]
    assert card_text(data_card(inside, cuts[0])) == card_text(data_card(mapped, cuts[1]))
    for name in ("train", "validation"):
        first, second = (getattr(cut, name).images[:] for cut in cuts)
        assert np.array_equal(first, second)


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("a", "b"):
        (tmp_path / "tree" / name).mkdir(parents=True)
        Image.new("L", (4, 4)).save(tmp_path / "tree" / name / "1.png")
    monkeypatch.setenv("SIZEWISE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(InputError, match="the disk must have room"):
        load_data(f"folder:{tmp_path / 'tree'}")
    assert list((tmp_path / "cache").iterdir()) == []


FRESH = """
import json, pickle, sys
import numpy as np
import torch
from trainers import ImageData, Recipe, build_network, split, train
from space import Architecture

def private():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024

path, architecture = sys.argv[1], Architecture.from_dict(json.loads(sys.argv[2]))
torch.set_num_threads(1)
images = np.load(path, mmap_mode="r")

def one_epoch(count):
    labels = np.arange(count) % 2
    cut = split(ImageData("large", images[:count], labels, ("a", "b")), seed=0)
    for report in train(build_network(architecture, seed=0), cut, recipe, seed=0):
        told = len(pickle.dumps(cut)), private(), report.epoch
    return told

recipe = Recipe(epochs=1, batch_size=16)
_, before, _ = one_epoch(240)
frame, after, epochs = one_epoch(len(images))
print(json.dumps([images.nbytes, frame, after - before, epochs]))
"""


def test_a_fresh_process_does_not_read_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "images.npy"
    shape = (2400, 3, 200, 200)
    images = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    images[::7, 0, ::9] = 200
    images.flush()
    layers = (Conv2d(4, 5, stride=5), ReLU(), GlobalAvgPool2d(), Linear(2))
    document = json.dumps(Architecture(shape[1:], 2, layers).to_dict())
    told = subprocess.run(
        [sys.executable, "-c", FRESH, str(path), document],
        capture_output=True,
        text=True,
        check=True,
    )
    whole, frame, grown, epochs = json.loads(told.stdout)
    assert (whole, epochs) == (288_000_000, 1)
    assert frame < 100_000
    # A tenth of the images brought what torch takes for itself; a copy of the train part is 173 MB.
    assert grown < 0.3 * whole
