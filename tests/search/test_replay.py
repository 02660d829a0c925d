"""Searches of recorded tables against brute force, and what is told about wrong tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from typer.testing import CliRunner

from results import hypervolume, open_store
from results.growth import volumes
from search.command.app import app
from search.job import SearchSettings
from search.replay import networks_to, read_study, read_table, replay
from search.replay.read import Columns
from search.session import run
from space.errors import InputError
from tests.search.jobs import small_job
from tests.search.tables import CHOICES, EPOCHS, world, written

if TYPE_CHECKING:
    from pathlib import Path

    from search.replay import Table

COLUMNS = Columns(tuple(CHOICES.split(",")), None, "params", "e{}")
levels = st.sampled_from([0.0, 0.25, 0.5, 0.5 + 1e-9, 0.75, 1.0, np.nan])


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return read_table(written(tmp_path), COLUMNS)


def settings_of(algorithm: str, seed: int = 0, stop: str = "none") -> SearchSettings:
    document = {"algorithm": algorithm, "seed": seed, "stop": stop}
    return SearchSettings.model_validate(document)


@settings(deadline=None)
@given(
    arrays.arrays(np.float64, st.shared(st.integers(1, 12), key="n"), elements=levels),
    arrays.arrays(np.int64, st.shared(st.integers(1, 12), key="n"), elements=st.integers(1, 9)),
)
def test_growing_volumes_are_those_of_the_whole_front(
    accuracy: np.ndarray, size: np.ndarray
) -> None:
    """Against moocore's hypervolume, with ties, doubles, nan, and points beyond the reference."""
    grown = volumes(accuracy, size, (0.25, 8.0))
    for count in range(1, len(size) + 1):
        oracle = hypervolume(
            accuracy[:count],
            np.log(size[:count]),
            reference_accuracy=0.25,
            reference_size=np.log(8),
        )
        assert grown[count - 1] == pytest.approx(oracle, abs=1e-12)


def test_shares_are_reached_where_the_volume_first_is_enough() -> None:
    reached = networks_to((0.5, 0.9, 1.0), 2.0, [0.0, 1.0, 1.9, 1.9], (3, 6, 9, 12))
    assert [(one.networks, one.epochs) for one in reached] == [(2, 6), (3, 9), (None, None)]


@pytest.mark.parametrize("keep", [1.0, 0.6])
@pytest.mark.parametrize("algorithm", ["pareto", "random", "tpe", "nsga2"])
def test_every_algorithm_trains_every_network_once(
    algorithm: str, keep: float, tmp_path: Path
) -> None:
    table = read_table(written(tmp_path, keep), COLUMNS)
    done = replay(table, settings_of(algorithm), workers=3)
    networks = [one.network for one in done.ended]
    assert sorted(networks) == list(range(len(world(keep))))
    assert done.volume[-1] == pytest.approx(table.volume)
    assert done.ended[-1].spent == EPOCHS * len(table)
    assert networks == [
        one.network for one in replay(table, settings_of(algorithm), workers=3).ended
    ]


def test_rows_of_one_network_are_one_with_their_mean(tmp_path: Path) -> None:
    path, frame = tmp_path / "twice.parquet", world()
    twice = frame.assign(e12=frame["e12"] + 0.02)
    type(frame)(np.vstack([frame, twice]), columns=frame.columns).infer_objects().to_parquet(path)
    table = read_table(path, COLUMNS)
    assert len(table) == len(frame)
    assert table.accuracy == pytest.approx(frame["e12"].to_numpy() + 0.01)


def test_several_points_of_a_network_lead_to_it(tmp_path: Path) -> None:
    """As of identity layers, which may stand anywhere."""
    frame = world().assign(same=lambda rows: rows["params"].astype(str) + rows["op"])
    frame = frame.assign(accuracy=frame.groupby("same")["e12"].transform("mean"))
    path = tmp_path / "same.parquet"
    frame.to_parquet(path)
    table = read_table(path, Columns(COLUMNS.choices, "accuracy", "params", None, "same"))
    assert len(table) == frame["same"].nunique() < len(table.points) == len(frame)
    for algorithm in ("pareto", "tpe"):
        networks = [one.network for one in replay(table, settings_of(algorithm)).ended]
        assert sorted(networks) == list(range(len(table)))


def test_a_finished_study_is_a_table(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    run(small_job(), store, name="small")
    table = read_study(store, "small")
    assert (len(table), table.epochs) == (4, 2)
    assert len(replay(table, settings_of("pareto")).ended) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--choices", "op,widht"], "Did you mean 'width'"),
        (["--choices", CHOICES, "--algorithm", "bayes"], "--algorithm: must be one of pareto"),
        (["--choices", CHOICES, "--stop", "late"], "--stop: must be one of none"),
        (["--choices", "op"], "rows of one network must have one size"),
        (["--choices", CHOICES, "--size", "op"], "the column must hold numbers"),
        (["--choices", CHOICES, "--curve", "x{}"], "a column for each epoch"),
        ([], "name the columns of the choices"),
    ],
)
def test_wrong_columns_are_told_plainly(options: list[str], message: str, tmp_path: Path) -> None:
    words = ["replay", str(written(tmp_path)), "--curve", "e{}", *options]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)


def test_the_command_compares_algorithms(tmp_path: Path) -> None:
    words = ["replay", str(written(tmp_path)), "--choices", CHOICES, "--curve", "e{}"]
    words += ["--algorithm", "pareto", "--algorithm", "random", "--seeds", "3", "--json"]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    ours, chance = json.loads(result.stdout)["searches"]
    assert ours["networks"][-1] < chance["networks"][-1]
    assert [ours["volume"], chance["volume"]] == pytest.approx([1.0, 1.0])
