"""The page on spaces: every field has a heading, and every example runs."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from space import Head, SearchSpace, Stage
from space.blocks import ACTIVATIONS, NORMS, OPS
from space.encoding import ENCODINGS
from space.language import COSTS
from space.language.document import KNOWN
from space.presets import PRESETS, REFERENCES

PAGE = (Path(__file__).parents[2] / "docs" / "space.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_every_field_has_a_heading_and_every_heading_a_field() -> None:
    wanted = [*KNOWN, "where", *(field.name for field in fields(Stage))]
    wanted += [f"head.{field.name}" for field in fields(Head)]
    headings = re.findall(r"^### `(.+)`$", PAGE, flags=re.MULTILINE)
    assert sorted(headings) == sorted([*wanted, *COSTS])


def test_every_word_of_the_language_is_told() -> None:
    for word in (*OPS, *ACTIVATIONS, *NORMS, *ENCODINGS, *PRESETS, *REFERENCES):
        assert f"`{word}`" in PAGE


def test_every_default_is_told() -> None:
    for part, prefix in ((Stage(filters=(1,)), ""), (Head(), "head.")):
        for field in fields(part):
            told = re.search(
                rf"^### `{prefix}{field.name}`\n\n(.*?)\n\n#", PAGE, re.MULTILINE | re.DOTALL
            )
            assert told
            if found := re.search(r"Default `?(.+?)`?\.\s*$", told[1]):
                assert found[1].replace("[]", "()") == str(getattr(part, field.name)[0])


def test_the_examples_run() -> None:
    names: dict[str, Any] = {}
    for block in blocks("python"):
        exec(block, names)
    for block in blocks("yaml"):
        job = yaml.safe_load(block)
        read = SearchSpace.from_dict(
            job["space"], input_shape=(1, 28, 28), classes=10, limits=job["limits"]
        )
        assert read == names["space"]
