"""Documents that fail the build when they lag behind the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
import yaml
from PIL import Image
from pydantic import BaseModel
from typer.main import get_command

from results import Study, open_store
from results.finals import CONFIRMED, DEMOTED, RACING, TIED
from search.command.app import app
from search.job import AlgorithmName, Job, StopName
from search.job_file import built_in_jobs, parse_job, read_job
from search.plan import prepare
from search.session import run
from search.taking import export_network
from tests.search.jobs import small_job

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def job_fields(model: type[BaseModel], prefix: str = "") -> list[str]:
    fields = []
    for name, info in model.model_fields.items():
        fields.append(prefix + name)
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            fields += job_fields(info.annotation, f"{prefix}{name}.")
    return fields


def test_every_field_of_a_job_has_a_heading() -> None:
    headings = re.findall(r"^##+ `(.+)`$", (ROOT / "docs/job.md").read_text(), re.MULTILINE)
    assert headings == job_fields(Job)


def test_every_algorithm_and_stopping_rule_has_a_heading() -> None:
    headings = re.findall(r"^### `(.+)`$", (ROOT / "docs/search.md").read_text(), re.MULTILINE)
    assert headings == [*get_args(AlgorithmName), *get_args(StopName)]


def test_every_command_stands_in_the_readme() -> None:
    names = [str(command.name) for command in app.registered_commands]
    for group in app.registered_groups:
        commands = (group.typer_instance or app).registered_commands
        names += [f"{group.name} {command.name}" for command in commands]
    for name in names:
        assert f"| `sizewise {name}" in README


@pytest.mark.parametrize("page", ["README.md", "docs/job.md"])
def test_the_jobs_that_documents_show_can_be_run(page: str) -> None:
    shown = blocks((ROOT / page).read_text(), "yaml")
    assert shown
    for text in shown:
        prepare(parse_job(text, base=ROOT))


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.name)
def test_examples_are_jobs(path: Path) -> None:
    job = yaml.safe_load(path.read_text())
    assert parse_job(path.read_text(), base=path.parent).space == job["space"]


def test_built_in_jobs_can_be_run() -> None:
    assert built_in_jobs() == ["digits"]
    prepare(read_job("digits")[1])


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("search.read_job", lambda name: (name, small_job()), raising=False)
    for source in blocks(README, "python"):
        names: dict[str, Any] = {}
        exec(compile(source, "README.md", "exec"), names)
    assert [study.name for study in open_store().studies()] == ["digits"]


def test_the_page_on_exporting_has_every_option_and_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/export.md").read_text()
    told = re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE)
    command = get_command(app).commands["export"]
    known = [option for each in command.params for option in each.opts if option.startswith("--")]
    assert sorted(told) == sorted(set(known) - {"--check", "--help"} | {"--no-check"})
    monkeypatch.chdir(tmp_path)
    run(small_job(budget={"trials": 1}), open_store(), name="digits")
    for source in blocks(page, "python"):
        exec(compile(source, "export.md", "exec"), {})
    assert "model.py" in capsys.readouterr().out
    (folder,) = (tmp_path / "runs/digits/exports").iterdir()
    files = {path.name for path in folder.iterdir()}
    assert files < set(re.findall(r"^\| `([a-z_0-9]+\.[a-z0-9.]+)`", page, re.MULTILINE))
    assert (tmp_path / "digits.npz").is_file()


def test_the_python_of_the_page_on_predicting_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store()
    run(small_job(budget={"trials": 1}), store, name="digits")
    export_network(store, "digits", None, destination=Path("taken"), plain=True)
    Image.new("RGB", (30, 40), "white").save("photo.png")
    (source,) = blocks((ROOT / "docs/predict.md").read_text(), "python")
    exec(compile(source, "predict.md", "exec"), {})
    assert "('photo.png', 'image 1')" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("page", "command"), [("finals", "finals"), ("report", "compare"), ("report", "report")]
)
def test_every_option_has_a_row(page: str, command: str) -> None:
    text = (ROOT / f"docs/{page}.md").read_text()
    rows = re.findall(r"^\| `(--[a-z]+)`", text, re.MULTILINE)
    options = typer.main.get_command(app).commands[command].params  # type: ignore[attr-defined]
    names = [name for option in options for name in option.opts if name.startswith("--")]
    assert set(names) <= set(rows)
    assert command != "finals" or set(rows) == set(names)


def test_every_verdict_has_a_row() -> None:
    text = (ROOT / "docs/finals.md").read_text()
    for word in (CONFIRMED, TIED, DEMOTED, RACING):
        assert f"| `{word}` |" in text


def test_the_python_of_the_pages_on_finals_and_comparing_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run(small_job(budget={"trials": 2}), open_store(), name="digits")
    for page in ("finals", "report"):
        (source,) = blocks((ROOT / f"docs/{page}.md").read_text(), "python")
        exec(compile(source, page, "exec"), {})
    assert "Linear 10" in capsys.readouterr().out


def test_the_python_of_the_page_on_results_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    run(small_job(), open_store(), name="digits")
    page = (ROOT / "docs/results.md").read_text()
    for source in blocks(page, "python"):
        exec(compile(source, "docs/results.md", "exec"), {})
    questions = {name for name in vars(Study) if not name.startswith("_")}
    asked = set(re.findall(r"^\| `(?:\w+\(.*?\)`, `)*?(\w+)\(", page, re.MULTILINE))
    assert asked <= questions
    assert {"front", "hypervolume", "best", "smallest", "knee", "importance"} <= asked
