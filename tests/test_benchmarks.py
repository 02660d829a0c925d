"""The recorder and the comparison of searches: both go on where they were interrupted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from benchmarks import _searches, record, search_efficiency
from search.replay import read_table
from search.replay.read import Columns
from space.errors import InputError
from tests.search.jobs import SPACE
from tests.search.tables import CHOICES, written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(record, "PIECE", 3)
    path = tmp_path / "small.yaml"
    recipe = {"epochs": 2, "batch_size": 256}
    document = {"space": SPACE, "limits": {"params": 1_500}, "recipe": recipe}
    path.write_text(json.dumps(document))
    return str(path)


def record_all(folder: Path, job: str, networks: int) -> int:
    left = list(record.pieces(folder, job, networks, 2))
    return sum(map(record.record_piece, left))


def test_an_interrupted_recording_goes_on_and_a_longer_one_begins_alike(
    tmp_path: Path, job: str
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    record.claim(whole, job)
    assert record_all(whole, job, 4) == 8
    for piece in list(record.pieces(cut, job, 3, 2))[:1]:
        record.record_piece(piece)
    assert record_all(cut, job, 4) == 8 - 3
    tables = [record.gather(folder, job).drop_columns(["seconds"]) for folder in (whole, cut)]
    assert tables[0].equals(tables[1])
    path = tmp_path / "table.parquet"
    pq.write_table(record.gather(whole, job), path)
    table = read_table(path, Columns())
    assert (len(table), table.epochs) == (4, 2)
    assert [each.name for each in table.dimensions]


def test_a_folder_holds_one_recording(tmp_path: Path, job: str) -> None:
    record.claim(tmp_path / "out", job)
    record.claim(tmp_path / "out", job)
    with pytest.raises(InputError, match="no other recording"):
        record.claim(tmp_path / "out", "digits")


def test_searches_of_any_table_are_kept_and_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = ["--table", str(written(tmp_path)), "--choices", CHOICES, "--accuracy", "e12"]
    kept = ["--algorithms", "pareto,random", "--seeds", "2", "--out", str(tmp_path / "out")]

    def figures(*more: str) -> dict[str, dict[str, list[float | None]]]:
        monkeypatch.setattr("sys.argv", ["search_efficiency", *table, *kept, *more])
        search_efficiency.main()
        found: dict[str, dict[str, list[float | None]]]
        found = json.loads(capsys.readouterr().out.splitlines()[-1])
        return found

    first = figures("--size", "params")
    assert list(first["world"]) == ["pareto", "random"]
    assert all(1 <= low <= middle <= high <= 48 for low, middle, high in first["world"].values())
    monkeypatch.setattr(_searches, "search", None)
    assert figures("--size", "params") == first
    with pytest.raises(TypeError):
        figures("--size", "width")
