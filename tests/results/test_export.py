from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
import yaml
from hypothesis import HealthCheck, given, settings

import results.export.contents as contents_module
from results import Store, export_trial, open_store, weights_path
from results.errors import ExportError, NoTrialError
from results.export import module_source
from results.export.calls import quoted
from space import Architecture
from space.layers import (
    GELU,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    DepthwiseSeparable,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Hardswish,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    SiLU,
)
from tests.strategies import architectures
from trainers import Recipe, Split, build_network, evaluate, load_weights, save_weights

from .export_samples import SHAPE, noise, study_of, trained
from .samples import new_study, report, start

if TYPE_CHECKING:
    from collections.abc import Iterator

NETWORKS = {
    "plain": (
        Conv2d(8, 3, padding=1),
        ReLU(),
        MaxPool2d(2),
        Conv2d(16, 3, stride=2, bias=False),
        BatchNorm2d(),
        ReLU(),
        Flatten(),
        Dropout(0.25),
        Linear(4),
    ),
    "composites": (
        Conv2d(8, 3, padding="same", bias=False),
        BatchNorm2d(),
        SiLU(),
        Residual((Conv2d(8, 3, padding=1, groups=2), BatchNorm2d(), ReLU())),
        Residual((Conv2d(12, 3, stride=2, padding=1),), (Conv2d(12, 1, stride=2),)),
        DepthwiseSeparable(16, 3, padding=1, between=(BatchNorm2d(), Hardswish())),
        AvgPool2d(2, 1, 1),
        GlobalAvgPool2d(),
        Linear(4),
    ),
    "vast lines": (
        Conv2d(1008, 3, stride=2, padding=3, dilation=2, groups=3, bias=False),
        GELU(),
        MaxPool2d(3, 2, 1),
        GlobalAvgPool2d(),
        Linear(4, bias=False),
    ),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def parts() -> Split:
    return noise()


ALONE = """
import sys, runpy

OURS = {"space", "trainers", "results", "search"}
OTHERS = {"numpy", "safetensors"}

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OURS | OTHERS:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Nothing())
for name in OURS | OTHERS:
    try:
        __import__(name)
    except ModuleNotFoundError:
        continue
    sys.exit(f"{name} can be imported")
sys.argv = ["model.py"]
try:
    runpy.run_path("model.py", run_name="__main__")
finally:
    assert not {name.partition(".")[0] for name in sys.modules} & (OURS | OTHERS)
"""


def run_alone(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", ALONE]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=50, check=False
    )


def put_finals(store: Store, *accuracies: float) -> None:
    """Put finals of the only trial into the store: as many trainings at each stage."""
    trial = store.trial(store.study("noise").id, 0)
    for stage in ("validation", "test"):
        for seed, accuracy in enumerate(accuracies):
            final = store.start_final(trial.id, stage, seed)
            store.end_final(final, "finished", "trained", epochs=3, accuracy=accuracy, loss=0.1)


@pytest.mark.parametrize("name", NETWORKS)
def test_an_export_runs_elsewhere_with_torch_alone(
    store: Store, parts: Split, tmp_path: Path, name: str
) -> None:
    accuracy = trained(store, parts, NETWORKS[name])
    put_finals(store, 0.92, 0.93)
    report = export_trial(store, "noise", 0, tmp_path / "out", split=parts, plain=True)
    assert report.check is not None
    assert [row.form for row in report.check.forms] == ["model.py", "architecture.json"]
    for row in report.check.forms:
        assert row.accuracy == report.recorded == accuracy
        assert row.largest_difference < 1e-4 * max(1.0, report.check.largest_logit)
    assert set(report.files) == {
        "architecture.json",
        "card.md",
        "export.json",
        "model.py",
        "model.safetensors",
        "recipe.yaml",
        "train.py",
        "validation.safetensors",
    }
    modes = {path.stat().st_mode for path in (tmp_path / "out").iterdir()}
    assert len(modes) == 1, "all files are as readable as any other"
    elsewhere = tmp_path / "another machine"
    shutil.move(tmp_path / "out", elsewhere)
    done = run_alone(elsewhere)
    assert done.returncode == 0, done.stderr
    assert f"recorded: {accuracy:.2%} of 120 validation images" in done.stdout
    assert f"measured: {accuracy:.2%}, the same" in done.stdout
    assert_formatted(elsewhere / "model.py")
    document = json.loads((elsewhere / "architecture.json").read_text())
    assert Architecture.from_dict(document).params == report.params
    told = (elsewhere / "card.md").read_text()
    for wanted in (parts.data_hash, f"{report.params:,}", f"{report.macs:,}", f"{accuracy:.2%}"):
        assert wanted in told
    # Two trainings, 0.01 apart: Student's interval with one degree of freedom is 12.7 times the
    # error of the mean, 0.005.
    assert "| 92.50% ± 0.71% of " in told
    assert "(95 % interval of the mean 86.15% to 98.85%), n = 2 trainings" in told
    assert "| finals | " in told
    recipe = yaml.safe_load((elsewhere / "recipe.yaml").read_text())
    assert Recipe.from_dict(recipe) == Recipe(optimizer="adam", epochs=3)


def assert_formatted(path: Path) -> None:
    for arguments in (["format", "--check"], ["check", "--select", "E,F,I,W,B,UP,SIM"]):
        command = [Path(sys.executable).with_name("ruff"), *arguments, "--isolated", "--no-cache"]
        # Within the folder, as its owner would: there the files know one another.
        done = subprocess.run(
            [*command, path.name], cwd=path.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + path.read_text()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(architecture=architectures())
def test_the_source_builds_the_trained_network(architecture: Architecture, parts: Split) -> None:
    text = module_source(architecture, title="Any.", split=parts, accuracy=0.5)
    names: dict[str, Any] = {"__name__": "model"}
    exec(compile(text, "model.py", "exec"), names)
    model = names["Model"]()
    network = build_network(architecture, seed=0)
    model.load_state_dict(network.state_dict())
    assert sum(each.numel() for each in model.parameters()) == names["PARAMS"]
    images = torch.randn(3, *architecture.input_shape)
    with torch.inference_mode():
        wanted, given = network.eval()(images), model.eval()(images)
    torch.testing.assert_close(given, wanted, rtol=1e-4, atol=1e-5)
    shapes = [
        line.split("# (")[1]
        for line in text.splitlines()
        if line.startswith(" " * 12) and "# (" in line
    ]
    assert len(shapes) >= len(architecture.layers)
    assert names["CLASS_NAMES"] == parts.class_names


@pytest.mark.parametrize(
    "text", ["a", "it's", 'a "b"', "both ' and \"", "\\", "\n\t\x00", "ü😀", ""]
)
def test_a_quoted_text_is_that_text(text: str) -> None:
    assert eval(quoted(text)) == text


def test_without_a_number_the_most_accurate_on_the_front_is_exported(
    store: Store, parts: Split, tmp_path: Path
) -> None:
    study = study_of(store, parts)
    with pytest.raises(NoTrialError, match="a trial must have finished"):
        export_trial(store, "noise", None, tmp_path / "out", split=parts, plain=True)
    scores = [
        trained(store, parts, (Flatten(), Linear(9 + seed), Linear(4)), seed) for seed in range(4)
    ]
    number = max(range(4), key=lambda each: (scores[each], -each))
    unfinished = store.start_trial(study.id, start(9))
    store.record_epoch(unfinished, report(1, 1.0))
    told = export_trial(store, "noise", None, tmp_path / "out", split=parts, plain=True)
    assert (told.number, told.recorded) == (number, scores[number])
    with pytest.raises(ExportError, match="still training"):
        export_trial(store, "noise", 9, tmp_path / "other", split=parts, plain=True)
    assert not (tmp_path / "other").exists()


def test_an_export_that_is_not_the_trained_network_never_appears(
    store: Store, parts: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(store, parts, NETWORKS["plain"])
    source = module_source

    def wrong(*arguments: Any, **named: Any) -> str:
        return source(*arguments, **named).replace("nn.ReLU()", "nn.Tanh()")

    monkeypatch.setattr(contents_module, "module_source", wrong)
    with pytest.raises(ExportError, match="logits"):
        export_trial(store, "noise", 0, tmp_path / "out", split=parts, plain=True)
    monkeypatch.undo()
    other = build_network(Architecture(SHAPE, 4, NETWORKS["plain"]), seed=99)
    save_weights(other, weights_path(store, "noise", 0))
    with pytest.raises(ExportError, match="recorded accuracy"):
        export_trial(store, "noise", 0, tmp_path / "out", split=parts, plain=True)
    weights_path(store, "noise", 0).unlink()
    with pytest.raises(ExportError, match=r"no file .*0\.safetensors"):
        export_trial(store, "noise", 0, tmp_path / "out", split=parts, plain=True)
    assert sorted(path.name for path in tmp_path.iterdir() if "sizewise" not in path.name) == [
        "noise"
    ]


def test_only_an_earlier_export_is_replaced_and_only_on_demand(
    store: Store, parts: Split, tmp_path: Path
) -> None:
    trained(store, parts, NETWORKS["plain"], 0)
    trained(store, parts, NETWORKS["composites"], 1)
    out = tmp_path / "out"
    out.mkdir()
    export_trial(store, "noise", 0, out, split=parts, plain=True)
    first = (out / "model.py").read_text()
    with pytest.raises(ExportError, match="--force"):
        export_trial(store, "noise", 1, out, split=parts, plain=True)
    assert (out / "model.py").read_text() == first
    export_trial(store, "noise", 1, out, split=parts, plain=True, force=True)
    assert "Residual" in (out / "model.py").read_text()
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "model.py").write_text("mine = 1\n")
    with pytest.raises(ExportError, match="earlier export"):
        export_trial(store, "noise", 0, foreign, split=parts, plain=True, force=True)
    assert [path.name for path in foreign.iterdir()] == ["model.py"]


def test_a_changed_folder_does_not_pass_its_own_check(
    store: Store, parts: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accuracy = trained(store, parts, NETWORKS["plain"])
    out = tmp_path / "out"
    export_trial(store, "noise", 0, out, split=parts, plain=True)
    network = build_network(Architecture(SHAPE, 4, NETWORKS["plain"]), seed=5)
    save_weights(network, out / "model.safetensors")
    load_weights(network, out / "model.safetensors")
    assert evaluate(network, parts.validation, parts).accuracy != accuracy
    done = run_alone(out)
    assert (done.returncode, "NOT THE SAME" in done.stdout) == (1, True)
    monkeypatch.setattr(contents_module, "LARGEST_VALIDATION", 1000)
    told = export_trial(store, "noise", 0, out, split=parts, plain=True, force=True)
    assert "left out" in told.notes[0]
    assert "validation.safetensors" not in told.files
    assert run_alone(out).returncode == 2


def test_other_data_are_refused(store: Store, parts: Split, tmp_path: Path) -> None:
    new_study(store, "noise", data={"name": "noise", "hash": "0" * 64})
    trained(store, parts, NETWORKS["plain"])
    with pytest.raises(ExportError, match="those of the study"):
        export_trial(store, "noise", 0, tmp_path / "out", split=parts, plain=True)
