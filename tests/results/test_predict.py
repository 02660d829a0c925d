"""An export asked about pictures: the trained network's own answers, whatever kind the file is."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

import results.export.exported as exported_module
from results import export_trial, open_store, weights_path
from results.errors import ExportError
from results.export import Predictions, load_export
from space import Architecture, InputError
from space.layers import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from tests.trainers.pictures import CLASSES, drawing, variants, write_bad_files, write_tree
from trainers import (
    ImageData,
    Recipe,
    Split,
    build_network,
    evaluate,
    load_data,
    save_weights,
    split,
    train,
)
from trainers.data.pictures import find_pictures

from .samples import new_study, report, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import nn

ODD = ("a b", 'it\'s "ü"\n', "[bold]", "\x1b[31m", "緑", "0", "", "{}", "$x", "\\")


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIZEWISE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def export(folder: Path, parts: Split, epochs: int) -> nn.Module:
    """Train for real, export as a study would, and return the trained network."""
    shape = parts.train.images.shape[1:]
    layers = (Conv2d(8, 3, padding=1), BatchNorm2d(), ReLU(), MaxPool2d(2), Flatten())
    classes = len(parts.class_names)
    architecture = Architecture(shape, classes, (*layers, Linear(classes)))
    network = build_network(architecture, seed=0)
    recipe = Recipe(epochs=epochs, batch_size=32, learning_rate=0.01)
    *_, last = train(network, parts, recipe, seed=0)
    store = open_store(f"sqlite:///{folder}/sizewise.db")
    study = new_study(store, "s", data={"name": "any", "hash": parts.data_hash})
    trial = store.start_trial(study.id, start(0, architecture))
    store.record_epoch(trial, report(1, last.accuracy))
    store.end_trial(trial, "finished", "trained")
    save_weights(network, weights_path(store, "s", 0))
    export_trial(store, "s", 0, folder / "out", split=parts, plain=True)
    store.close()
    return network.eval()


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Split, nn.Module]:
    data = load_data("digits")
    parts = split(ImageData("odd", data.images, data.labels, ODD), seed=0)
    folder = tmp_path_factory.mktemp("digits")
    return folder / "out", parts, export(folder, parts, epochs=3)


@pytest.fixture(scope="module")
def colour(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Split, nn.Module]:
    folder = tmp_path_factory.mktemp("colour")
    write_tree(folder / "tree")
    parts = split(load_data(f"folder:{folder / 'tree'}?size=18x21"), seed=0)
    return folder / "out", folder / "tree", parts, export(folder, parts, epochs=10)


def expected(network: nn.Module, images: np.ndarray, parts: Split) -> np.ndarray:
    """The network's logits for bytes, by the formula of the normalisation."""
    mean, std = (np.array(each).reshape(-1, 1, 1) for each in (parts.mean, parts.std))
    normalised = torch.from_numpy(((images / 255 - mean) / std).astype(np.float32))
    with torch.inference_mode():
        return network(normalised).numpy()


def assert_same(found: Predictions, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found.logits, wanted, rtol=1e-5, atol=1e-5)
    names = found.class_names
    assert found.classes == tuple(names[number] for number in wanted.argmax(axis=1))


KINDS = {
    "grey.png": Image.fromarray,
    "grey.tif": Image.fromarray,
    "colour.png": lambda image: Image.fromarray(image).convert("RGB"),
    "palette.gif": lambda image: Image.fromarray(image).quantize(64),
    "deep.png": lambda image: Image.fromarray(image.astype(np.uint16) * 257),
    "opaque.png": lambda image: Image.fromarray(image).convert("RGBA"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_digits_as_files_get_the_answers_of_their_arrays(
    digits: tuple[Path, Split, nn.Module], kind: str, tmp_path: Path
) -> None:
    folder, parts, network = digits
    images, labels = parts.validation.images[:50], parts.validation.labels[:50]
    paths = [tmp_path / f"{number}-{kind}" for number in range(50)]
    for path, image in zip(paths, images, strict=True):
        KINDS[kind](image[0]).save(path)
    found = load_export(folder).predict(paths)
    assert_same(found, expected(network, images, parts))
    assert found.names == tuple(map(str, paths))
    assert not found.unreadable
    right = np.mean([told == ODD[label] for told, label in zip(found.classes, labels, strict=True)])
    assert right > 0.8


def test_the_whole_validation_part_has_its_accuracy(
    digits: tuple[Path, Split, nn.Module],
) -> None:
    folder, parts, network = digits
    found = load_export(folder).predict(parts.validation.images)
    assert_same(found, expected(network, parts.validation.images, parts))
    right = np.array(found.logits).argmax(axis=1) == parts.validation.labels
    assert right.mean() == evaluate(network, parts.validation, parts).accuracy


def test_pictures_of_any_kind_and_size_are_read_as_the_training_pictures_were(
    colour: tuple[Path, Path, Split, nn.Module], tmp_path: Path
) -> None:
    folder, tree, _, network = colour
    for seed, (height, width) in enumerate([(18, 21), (40, 90), (7, 300), (1, 1), (700, 500)]):
        rng = np.random.default_rng(seed)
        for name, picture in variants(drawing(CLASSES[0], height, width, rng)).items():
            for kind in CLASSES:  # the same pictures twice, since a tree has two classes
                (tmp_path / kind).mkdir(exist_ok=True)
                picture.save(tmp_path / kind / f"{seed}-{name}", exif=sideways(seed))
    data = load_data(f"folder:{tmp_path}?size=18x21")
    found = load_export(folder).predict(find_pictures([tmp_path]))
    assert len(found) == 2 * 5 * 8
    parts = split(load_data(f"folder:{tree}?size=18x21"), seed=0)
    assert_same(found, expected(network, data.images, parts))


def sideways(seed: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 1 + seed
    return exif


def test_batches_keep_the_order_and_name_what_cannot_be_read(
    colour: tuple[Path, Path, Split, nn.Module], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, tree, _, _ = colour
    network = load_export(folder)
    bad = write_bad_files(tmp_path)
    pictures = find_pictures([tree])
    whole = network.predict(pictures)
    asked: list[Any] = [*pictures[:9], *sorted(tmp_path.iterdir()), tmp_path / "nowhere.png"]
    monkeypatch.setattr(exported_module, "evaluation_batch", lambda _height, _width: 4)
    found = network.predict(asked + pictures[9:])
    assert found.names == whole.names
    np.testing.assert_allclose(found.logits, whole.logits, rtol=1e-5, atol=1e-5)
    reasons = {each.image.rpartition("/")[2]: each.reason for each in found.unreadable}
    assert list(reasons) == [*sorted(bad), "nowhere.png"]
    assert all(why in reasons[name] for name, why in bad.items())
    assert reasons["nowhere.png"] == "No such file or directory"
    nothing = network.predict(sorted(tmp_path.iterdir()))
    assert (len(nothing), nothing.classes, nothing.likeliest()) == (0, (), [])


def test_arrays_and_open_pictures(colour: tuple[Path, Path, Split, nn.Module]) -> None:
    folder, _, parts, net = colour
    network = load_export(folder)
    images = parts.validation.images[:3]
    wanted = expected(net, images, parts)
    shown = [Image.fromarray(image.transpose(1, 2, 0)) for image in images]
    assert_same(network.predict(images), wanted)
    assert_same(network.predict(list(images)), wanted)
    assert_same(network.predict(images[0]), wanted[:1])
    assert_same(network.predict(shown), wanted)
    assert_same(network.predict(shown[0]), wanted[:1])
    assert_same(network.predict(image.transpose(1, 2, 0) for image in images), wanted)
    assert network.predict(images).names == ("image 0", "image 1", "image 2")
    for wrong in (images[0] / 255, images[0, 0].astype(np.uint16), images[0][:, :, :0], images[:2]):
        with pytest.raises(InputError, match="an array must be uint8"):
            network.predict([wrong])
    with pytest.raises(InputError, match="a path, an open picture or an array, but got 'Tensor'"):
        network.predict([torch.zeros(3, 18, 21)])  # type: ignore[list-item]


def test_damaged_files_never_stop_the_others(
    colour: tuple[Path, Path, Split, nn.Module], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    for name, picture in variants(drawing("square", 20, 20, rng)).items():
        picture.save(tmp_path / name, exif=sideways(5))
        content = (tmp_path / name).read_bytes()
        for number in range(25):
            damaged = bytearray(content)
            for place in rng.integers(0, len(content), rng.integers(1, 8)):
                damaged[place] = rng.integers(256)
            cut = rng.integers(len(content)) if number % 5 == 0 else len(content)
            (tmp_path / f"{number}-{name}").write_bytes(damaged[:cut])
    files = sorted(tmp_path.iterdir())
    found = load_export(colour[0]).predict(files)
    assert len(found) + len(found.unreadable) == len(files) == 8 * 26
    assert len(found.unreadable) > 20
    assert all(each.reason for each in found.unreadable)


def test_probabilities_are_those_of_the_logits() -> None:
    logits = np.array([[1000.0, 0.0, 1000.0], [0.0, np.log(2), np.log(5)]], np.float32)
    found = Predictions(("a", "b", "c"), ("x", "y"), logits)
    np.testing.assert_allclose(found.probabilities, [[0.5, 0, 0.5], [1 / 8, 2 / 8, 5 / 8]])
    assert found.classes == ("a", "c")
    assert [[name for name, _ in each] for each in found.likeliest(9)] == [list("acb"), list("cba")]
    document = json.loads(json.dumps(found.to_dict(top=2)))
    assert [len(each["top"]) for each in document["images"]] == [2, 2]
    assert document["images"][1]["class"] == "c"
    assert document["images"][1]["probability"] == pytest.approx(5 / 8)
    with pytest.raises(InputError, match="1 or more"):
        found.likeliest(0)


def test_folders_stand_for_the_pictures_in_them(tmp_path: Path) -> None:
    picture = Image.fromarray(np.zeros((4, 4), np.uint8))
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("b.png", "deep/er/a.JPG", "deep/nameless.bin", ".hidden.png"):
        picture.save(tmp_path / name, format="PNG")
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "broken.png").touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_pictures([tmp_path])]
    assert found == ["b.png", "broken.png", "deep/er/a.JPG", "deep/nameless.bin"]
    named = [tmp_path / "notes.txt", tmp_path / "nowhere.png"]
    assert find_pictures(named) == named
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="a folder must hold pictures"):
        find_pictures([tmp_path, tmp_path / "empty"])


def test_no_code_of_an_export_is_run(digits: tuple[Path, Split, nn.Module], tmp_path: Path) -> None:
    shutil.copytree(digits[0], tmp_path / "copy")
    (tmp_path / "copy" / "model.py").write_text("raise SystemExit('Written by sizewise')\n")
    assert load_export(tmp_path / "copy").class_names == ODD


def document(**changes: Any) -> Any:
    def write(folder: Path) -> None:
        path = folder / "export.json"
        told = json.loads(path.read_text()) | changes
        kept = {key: value for key, value in told.items() if value is not None}
        path.write_text(json.dumps(kept))

    return write


DAMAGE = {
    "no export": (shutil.rmtree, "must be a folder that `sizewise export` wrote"),
    "an older export": (lambda folder: (folder / "export.json").unlink(), "which older ones lack"),
    "no JSON": (lambda folder: (folder / "export.json").write_text("{"), "as `sizewise export`"),
    "a list": (lambda folder: (folder / "export.json").write_text("[]"), "format"),
    "another format": (document(format=2), "the format of export.json must be 1, but got 2"),
    "other rules": (document(pictures={"rules": 0}), "pictures read by the rules 1, but got 0"),
    "no rules": (document(pictures=None), "pictures read by the rules 1, but got None"),
    "no names": (document(class_names=None), "class_names"),
    "too few names": (document(class_names=["a"]), "does not belong to the architecture"),
    "numbers as names": (document(class_names=list(range(10))), "does not belong"),
    "a wrong mean": (document(mean=["x"]), "could not convert"),
    "two means": (document(mean=[0.1, 0.2]), "does not belong"),
    "no spread": (document(std=[0.0]), "does not belong"),
    "another shape": (document(input_shape=[1, 9, 9]), "does not belong"),
    "no architecture": (lambda folder: (folder / "architecture.json").unlink(), "No such file"),
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), "safetensors"),
    "half the weights": (
        lambda folder: (folder / "model.safetensors").write_bytes(b"\x00" * 100),
        "must be a safetensors file",
    ),
}


@pytest.mark.parametrize(("damage", "told"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_no_export_is_told_once(
    digits: tuple[Path, Split, nn.Module], tmp_path: Path, damage: Any, told: str
) -> None:
    shutil.copytree(digits[0], tmp_path / "copy")
    damage(tmp_path / "copy")
    with pytest.raises(ExportError) as caught:
        load_export(tmp_path / "copy")
    assert caught.value.field == "EXPORT"
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_export_in_a_study_is_suggested(
    digits: tuple[Path, Split, nn.Module], tmp_path: Path
) -> None:
    shutil.copytree(digits[0], tmp_path / "runs" / "s" / "exports" / "4")
    with pytest.raises(ExportError, match=r"Did you mean '.*runs/s/exports/4'"):
        load_export(tmp_path / "runs" / "s")
