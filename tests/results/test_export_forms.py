"""Every form of an export, where nothing of sizewise is: the trained network, to rounding."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
import torch

import results.export.check as check_module
import results.export.folder as folder_module
from results import ExportReport, export_trial, open_store, weights_path
from results.errors import ExportError
from results.export import check_folder
from space.layers import LAYERS, Layer
from trainers import Recipe, build_network, load_data, load_weights, save_weights, split, train
from trainers.evaluation import logits_of
from trainers.resident import show

from .export_samples import noise, trained, varied_networks
from .isolation import isolated_site, run_isolated
from .samples import new_study, report, small_network, start
from .test_export import assert_formatted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from torch import nn

    from space import Architecture
    from trainers import Split

RECIPE = Recipe(epochs=6, augment="shift", ema=0.9)

SHARED = """
import json, os, pathlib, runpy, sys
import numpy as np

def type_what_the_card_says(*, keras):
    os.chdir("network 0")
    sys.path.insert(0, os.getcwd())
    blocks = [each.split("\\n```")[0] for each in open("card.md").read().split("```python\\n")[1:]]
    typed = [each for each in blocks if ("keras" in each) == keras]
    assert len(typed) == (1 if keras else 3)
    for each in typed:
        names = {}
        exec(each, names)
        assert names["logits"].shape == (4, 4)

def compare(forms):
    told = []
    for folder in sorted(pathlib.Path().glob("network *")):
        images, labels, wanted = (np.load(folder / f"{n}.npy") for n in ("x", "y", "wanted"))
        for name, form in forms.items():
            given = form(folder, images)
            difference = float(np.abs(given - wanted).max() / max(1, np.abs(wanted).max()))
            accuracy = float((given.argmax(axis=1) == labels).mean())
            told.append([folder.name, name, difference, accuracy])
    print(json.dumps(told))
"""

WITH_TORCH = """
import onnxruntime, safetensors.torch, torch

def source(folder, images):
    exported = runpy.run_path(str(folder / "model.py"))
    model = exported["Model"]()
    model.load_state_dict(safetensors.torch.load_file(folder / "model.safetensors"))
    return model.eval()(exported["preprocess"](torch.from_numpy(images))).detach().numpy()

def program(folder, images):
    network = torch.export.load(folder / "model.pt2").module()
    assert network(torch.from_numpy(images[:1])).shape == (1, 4)
    return network(torch.from_numpy(images)).numpy()

def session(name):
    def run(folder, images):
        found = onnxruntime.InferenceSession(folder / name, providers=["CPUExecutionProvider"])
        assert found.run(["logits"], {"images": images[:1]})[0].shape == (1, 4)
        return found.run(["logits"], {"images": images})[0]
    return run

forms = {"model.py": source, "model.pt2": program}
compare(forms | {name: session(name) for name in ("model.onnx", "model.int8.onnx")})
type_what_the_card_says(keras=False)
"""

WITH_KERAS = """
import keras
assert keras.backend.backend() == "torch"

def built(folder, images):
    exported = runpy.run_path(str(folder / "model_keras.py"))
    model = exported["load"]()
    given = exported["preprocess"](images.transpose(0, 2, 3, 1))
    assert exported["agrees"](exported["measure"]())
    return model.predict(given, batch_size=64, verbose=0)

compare({"model_keras.py": built})
type_what_the_card_says(keras=True)
"""


def kinds(layers: Iterable[Layer]) -> Iterator[type[Layer]]:
    for layer in layers:
        yield type(layer)
        for within in ("body", "shortcut", "between", "behind"):
            yield from kinds(getattr(layer, within, ()))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sites")
    asked = {"torch": ("torch", "onnxruntime", "safetensors", "numpy"), "keras": ("keras", "torch")}
    return {name: isolated_site(folder / name, *packages) for name, packages in asked.items()}


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
@pytest.mark.slow
def test_every_form_is_the_trained_network_where_sizewise_is_not(
    tmp_path: Path, sites: dict[str, Path]
) -> None:
    networks, parts = varied_networks(20), noise()
    assert set(kinds(layer for each in networks for layer in each.layers)) == set(LAYERS.values())
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    recorded = {}
    for number, architecture in enumerate(networks):
        folder = tmp_path / f"network {number}"
        recorded[folder.name] = trained(store, parts, architecture.layers, number)
        export_trial(store, "noise", number, folder, split=parts, check=False)
        assert_formatted(folder / "model_keras.py")
        network = build_network(architecture, seed=0)
        load_weights(network, weights_path(store, "noise", number))
        save_wanted(folder, network, parts)
    store.close()
    absent = ("onnx", "keras", "pandas", "yaml")
    told = run_isolated(
        SHARED + WITH_TORCH, site=sites["torch"], folder=tmp_path, absent=absent
    ) + run_isolated(
        SHARED + WITH_KERAS, site=sites["keras"], folder=tmp_path, absent=("onnx", "safetensors")
    )
    # The card's example of ONNX prints the classes of its images, behind the rows.
    rows = [row for line in told.splitlines() if "network" in line for row in json.loads(line)]
    assert len(rows) == 5 * len(networks)
    for name, form, difference, accuracy in rows:
        if form != "model.int8.onnx":
            assert difference < 1e-4, (name, form)
            assert accuracy == recorded[name], (name, form)
        else:
            assert np.isfinite(difference)


def save_wanted(folder: Path, network: nn.Module, parts: Split) -> None:
    shown = show(parts.validation, parts, torch.device("cpu"))
    wanted = np.concatenate([logits.numpy() for logits, _ in logits_of(network, shown)])
    arrays = {"x": parts.validation.images, "y": parts.validation.labels, "wanted": wanted}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[ExportReport, nn.Module, Split]:
    """A network that was trained on digits, exported with its check."""
    folder = tmp_path_factory.mktemp("digits")
    parts = split(load_data("digits"), seed=0)
    architecture = small_network()
    network = build_network(architecture, seed=7)
    *_, last = train(network, parts, RECIPE, seed=7)
    store = open_store(f"sqlite:///{folder}/s.db")
    study = new_study(store, "s", data={"name": "digits", "hash": parts.data_hash})
    trial = store.start_trial(study.id, start(0, architecture, recipe=RECIPE.to_dict()))
    store.record_epoch(trial, report(1, last.accuracy))
    store.end_trial(trial, "finished", "trained")
    save_weights(network, weights_path(store, "s", 0))
    doing: list[str] = []
    told = export_trial(store, "s", 0, folder / "out", split=parts, tell=doing.append)
    store.close()
    assert any("model.onnx" in each for each in doing)
    return told, network.eval(), parts


def test_the_check_tells_of_every_form(
    digits: tuple[ExportReport, nn.Module, Split], capfd: pytest.CaptureFixture[str]
) -> None:
    told, _, parts = digits
    assert told.check is not None
    assert told.check.images == len(parts.validation)
    rows = {row.form: row for row in told.check.forms}
    assert set(rows) == {
        "architecture.json",
        "model.int8.onnx",
        "model.onnx",
        "model.pt2",
        "model.py",
        "model_keras.py",
    }
    rounded = rows.pop("model.int8.onnx")
    assert rounded.accuracy > told.recorded - 0.03
    assert rounded.largest_difference > 1e-3
    for row in rows.values():
        assert row.accuracy == told.recorded
        assert row.largest_difference < 1e-4 * max(1.0, told.check.largest_logit)
        assert row.bytes >= (told.folder / row.form).stat().st_size
    card = (told.folder / "card.md").read_text()
    for row in told.check.forms:
        line = next(each for each in card.splitlines() if each.startswith(f"| `{row.form}` |"))
        assert f"{row.accuracy:.2%}" in line
    assert capfd.readouterr() == ("", "")


def test_an_onnx_file_alone_says_what_it_expects(
    digits: tuple[ExportReport, nn.Module, Split],
) -> None:
    told, _, parts = digits
    for name in ("model.onnx", "model.int8.onnx"):
        model = onnx.load(told.folder / name)
        onnx.checker.check_model(model, full_check=True)
        facts = {each.key: each.value for each in model.metadata_props}
        assert json.loads(facts["class_names"]) == list(parts.class_names)
        assert json.loads(facts["mean"]) == list(parts.mean)
        assert json.loads(facts["std"]) == list(parts.std)
        assert facts["layout"] == "NCHW"
        (given,), (made,) = model.graph.input, model.graph.output
        assert (given.name, made.name) == ("images", "logits")
        assert given.type.tensor_type.elem_type == onnx.TensorProto.UINT8
        assert given.type.tensor_type.shape.dim[0].dim_param == "batch"
        assert b"/results/" not in model.SerializeToString()
    extra = {"export.json": ""}
    torch.export.load(told.folder / "model.pt2", extra_files=extra)
    assert json.loads(extra["export.json"])["class_names"] == list(parts.class_names)


@pytest.mark.slow
def test_train_py_trains_the_network_again(
    digits: tuple[ExportReport, nn.Module, Split], sites: dict[str, Path], tmp_path: Path
) -> None:
    told, _, parts = digits
    kept = np.concatenate([parts.validation.images, parts.train.images])[:, 0]
    labels = np.concatenate([parts.validation.labels, parts.train.labels])
    np.savez(tmp_path / "data.npz", x_train=kept, y_train=labels)
    words = (str(tmp_path / "data.npz"), "--to", str(tmp_path / "again.pt"))
    source = "import runpy; runpy.run_path('train.py', run_name='__main__')"
    said = run_isolated(source, *words, site=sites["torch"], folder=told.folder)
    # Not one image that judges was trained on, and training images occur once.
    assert f"{len(parts.train):,} images to train on, {len(parts.validation)} to judge by" in said
    share = float(said.splitlines()[-2].split(": ")[1].split("%")[0]) / 100
    assert abs(share - told.recorded) < 0.03
    weights = torch.load(tmp_path / "again.pt")
    build_network(small_network(), seed=0).load_state_dict(weights)
    assert_formatted(told.folder / "train.py")


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def other_numbers(path: Path) -> None:
    text = path.read_text()
    assert "STD = (0." in text
    path.write_text(text.replace("STD = (0.", "STD = (1."))


def other_onnx(path: Path) -> None:
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if len(tensor.dims) == 4:
            values = onnx.numpy_helper.to_array(tensor) * 1.5
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
    onnx.save(model, path)


WRONG: dict[str, tuple[str, Any, str]] = {
    "a program that is cut": ("model.pt2", damaged, "model.pt2 must run"),
    "an ONNX file that is cut": ("model.onnx", damaged, "model.onnx must run"),
    "8 bits that are cut": ("model.int8.onnx", damaged, "model.int8.onnx must run"),
    "Keras that is cut": ("model_keras.py", damaged, "model_keras.py must run"),
    "torch with other numbers": ("model.py", other_numbers, "model.py must give the logits"),
    "ONNX with other weights": ("model.onnx", other_onnx, "model.onnx must give the logits"),
}


@pytest.mark.parametrize(("form", "spoil", "words"), WRONG.values(), ids=WRONG)
def test_a_form_that_is_not_the_network_is_named(  # noqa: PLR0913, PLR0917 - a case and fixtures
    form: str,
    spoil: Any,
    words: str,
    digits: tuple[ExportReport, nn.Module, Split],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, network, parts = digits
    shutil.copytree(told.folder, tmp_path / "copy")
    spoil(tmp_path / "copy" / form)
    if form != "model_keras.py":
        monkeypatch.setattr(check_module, "keras_is_installed", lambda: False)
    with pytest.raises(ExportError) as caught:
        check_folder(tmp_path / "copy", network, parts, recorded=told.recorded)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_keras_the_rest_is_checked_and_that_is_said(
    digits: tuple[ExportReport, nn.Module, Split], monkeypatch: pytest.MonkeyPatch
) -> None:
    told, network, parts = digits
    for module in (check_module, folder_module):
        monkeypatch.setattr(module, "keras_is_installed", lambda: False)
    check = check_folder(told.folder, network, parts, recorded=told.recorded)
    assert "model_keras.py" not in {row.form for row in check.forms}
    assert "model.onnx" in {row.form for row in check.forms}
    notes = folder_module._notes(check, told.recorded, plain=False)
    assert any("pip install keras" in note for note in notes)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_keras_source_builds_any_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hypothesis import HealthCheck, given, settings

    from results.export import keras_source
    from tests.strategies import architectures

    monkeypatch.setenv("KERAS_BACKEND", "torch")
    parts = noise()

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(architecture=architectures())
    def holds(architecture: Architecture) -> None:
        network = build_network(architecture, seed=0)
        save_weights(network, tmp_path / "model.safetensors")
        text = keras_source(architecture, title="Any.", split=parts, accuracy=0.5)
        names: dict[str, Any] = {"__name__": "model_keras"}
        exec(compile(text, "model_keras.py", "exec"), names)
        images = torch.randn(3, *architecture.input_shape)
        given = names["load"](tmp_path)(images.permute(0, 2, 3, 1), training=False)
        with torch.inference_mode():
            wanted = network.eval()(images)
        torch.testing.assert_close(given.detach(), wanted, rtol=1e-4, atol=1e-5)

    holds()
