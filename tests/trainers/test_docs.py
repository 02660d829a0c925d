"""The pages on data and recipes keep up with the code."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from trainers import Recipe, insight
from trainers.data.sources import EMBEDDED, FORMS

if TYPE_CHECKING:
    import pytest

DOCS = Path(__file__).parents[2] / "docs"


def test_every_field_of_a_recipe_is_explained_with_its_default() -> None:
    page = (DOCS / "recipe.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `?([^|`]+)`? \|", page, re.MULTILINE)
    written = {"open": None, "[0.5, 0.75]": (0.5, 0.75)}
    told = {name: default.strip() for name, default in rows}
    assert list(told) == [field.name for field in fields(Recipe)]
    for field in fields(Recipe):
        default = written.get(told[field.name], told[field.name])
        same = default == field.default or str(default) == str(field.default)
        assert same or float(default) == field.default


def test_every_source_is_explained() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (DOCS / "data.md").read_text(), re.MULTILINE)
    assert set(rows) == {EMBEDDED, *(f"{kind}:{form}" for kind, form in FORMS.items())}


def test_the_card_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "data.md").read_text(), re.DOTALL)
    exec(compile(code, "docs/data.md", "exec"), {})
    assert "1 x 8 x 8 (channels, height, width)" in capsys.readouterr().out


def test_the_page_on_insight_runs_and_names_every_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = (DOCS / "insight.md").read_text()
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(code, "docs/insight.md", "exec"), names)
    drawn = {each.stem for each in tmp_path.glob("*.png")}
    assert drawn == {"confusion", "filters", "maps", "saliency", "grad_cam"}
    public = {
        name
        for name, each in vars(insight).items()
        if callable(each) and getattr(each, "__module__", "") == insight.__name__
    }
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert told == {name for name in public if name[0] != "_" and name[0].islower()}
