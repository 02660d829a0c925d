"""Checkpoints in folders and behind URLs: the same trainings wherever they lie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import fsspec
import pytest
import yaml
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry, known_implementations

from results import Study, open_store, weights_path
from search.command.app import main
from search.desk import Desk
from search.job_file import parse_job
from search.runners.runner import hand_over
from search.runners.work import Failed, Work
from search.session import resume, run
from space.errors import InputError
from tests.search.jobs import small_job
from tests.search.test_trouble import AtEpoch, curves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from results import Store
    from search.assignment import Assignment
    from search.job import Job
    from trainers import Split

    Outcome = tuple[list[dict[str, Any]], list[bytes]]

LONG = {"epochs": 6, "batch_size": 128}


class Objects(MemoryFileSystem):
    """As object stores are: an object appears whole, nothing is renamed, no folder exists."""

    protocol = "s3"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    def mv(self, *_: Any, **_more: Any) -> None:
        raise AssertionError

    rmdir = mv


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    monkeypatch.setattr(MemoryFileSystem, "pseudo_dirs", [""])
    monkeypatch.setattr(Objects, "store", {})
    monkeypatch.setitem(_registry, "s3", Objects)
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))


@pytest.fixture(params=["default", "path", "file", "memory", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    places = {
        "default": None,
        "path": f"{tmp_path}/shared",
        "file": f"file://{tmp_path}/shared",
        "memory": "memory://shared",
        "s3": "s3://bucket/shared/",
    }
    return places[request.param]


def long_job(storage: str | None, **settings: Any) -> Job:
    settings = {"runner": "inline", "storage": storage, "checkpoint_seconds": 0, **settings}
    return small_job(recipe=LONG, budget={"trials": 2}, run=settings)


def kept(storage: str | None, store: Store, name: str) -> list[str]:
    """The names of all files in a storage."""
    if storage is None:
        return [path.name for path in (store.folder(name) / "checkpoints").glob("*")]
    files, root = fsspec.core.url_to_fs(storage)
    return [Path(path).name for path in files.find(root)] if files.exists(root) else []


def trained(store: Store, name: str) -> Outcome:
    """Every epoch of a study, and its weights."""
    paths = [weights_path(store, name, number) for number in range(2)]
    return curves(store, name), [path.read_bytes() for path in paths]


class OneDies:
    """Trains as the inline runner does, but the first worker of trial 0 dies after some reports."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, reports: int) -> None:
        self.first_epochs: list[int] = []
        self._left = reports
        monkeypatch.setattr("search.session.choose_runner", lambda _settings: self)

    def run(self, desk: Desk, parts: Split) -> None:
        while (told := desk.next()) is not None:
            if self._train(desk, told, Work(told, parts)):
                desk.lose(told.number, "its node was lost")

    def _train(self, desk: Desk, told: Assignment, work: Work) -> bool:
        report = work.step()
        assert not isinstance(report, Failed)
        self.first_epochs.append(report.epoch)
        while hand_over(desk, told.number, report):
            self._left -= 1
            if self._left == 0:
                return True
            report = work.step()
        return False


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> Outcome:
    """What comes of the job when nothing happens."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('whole')}/sizewise.db")
    run(long_job(None, checkpoint_seconds=30), store, name="whole")
    outcome = trained(store, "whole")
    store.close()
    return outcome


def test_an_interrupted_training_ends_with_the_same_weights(
    store: Store,
    storage: str | None,
    whole: Outcome,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    job = long_job(storage, checkpoint_seconds=30)
    with monkeypatch.context() as patch:
        AtEpoch(9, patch, Desk.interrupt)
        assert run(job, store, name="stopped").reason == "it was interrupted"
    before = Study(store, "stopped").epochs()
    assert kept(storage, store, "stopped") == ["1.safetensors"]
    assert (store.folder("stopped") / "checkpoints").exists() == (storage is None)
    assert resume("stopped", store).state == "finished"
    after = Study(store, "stopped").epochs().merge(before, on=["number", "epoch"])
    assert len(after) == 9
    assert (after["seconds_x"] == after["seconds_y"]).all(), "an epoch was trained twice"
    assert trained(store, "stopped") == whole
    assert kept(storage, store, "stopped") == []
    assert not any((tmp_path / "copies").iterdir())


def test_a_lost_worker_s_trial_goes_on_from_the_storage(
    store: Store, storage: str | None, whole: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = OneDies(monkeypatch, reports=4)
    assert run(long_job(storage), store, name="lossy").state == "finished"
    # The checkpoint behind the third report was written before the fourth epoch.
    assert sorted(runner.first_epochs) == [1, 1, 4]
    assert trained(store, "lossy") == whole
    assert kept(storage, store, "lossy") == []


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", None])
def test_a_broken_object_costs_a_fresh_start(
    store: Store, whole: Outcome, content: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(_desk: Desk) -> None:
        (path,) = MemoryFileSystem.store
        old = MemoryFileSystem().cat_file(path)
        MemoryFileSystem().pipe_file(path, old[:-1] if content is None else content)

    with monkeypatch.context() as patch:
        AtEpoch(4, patch, spoil)
        runner = OneDies(patch, reports=4)
        run(long_job("memory://shared"), store, name="spoiled")
    assert sorted(runner.first_epochs) == [1, 1, 1]
    assert trained(store, "spoiled") == whole
    assert kept("memory://shared", store, "spoiled") == []


def fail(*_: Any, **_more: Any) -> None:
    raise ConnectionResetError


def half(files: MemoryFileSystem, path: str, key: str) -> None:
    files.pipe_file(key, Path(path).read_bytes()[:100])
    raise ConnectionResetError


# Which method fails, how, and the epoch that the trial of a lost worker then goes on with.
FAULTS: dict[str, tuple[str, Callable[..., None], int]] = {
    "no upload": ("put_file", fail, 3),
    "half an upload": ("put_file", half, 3),
    "no renaming": ("mv", fail, 3),
    "no download": ("get_file", fail, 1),
    "no removal": ("rm_file", fail, 4),
    "no listing": ("ls", fail, 4),
    "no removal of folders": ("rmdir", fail, 4),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_storage_that_fails_on_the_way_changes_no_result(
    store: Store, whole: Outcome, fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    method, broken, goes_on_with = FAULTS[fault]
    with monkeypatch.context() as patch:
        # The checkpoint behind the second report is there, that behind the third is not yet.
        AtEpoch(3, patch, lambda _desk: patch.setattr(MemoryFileSystem, method, broken))
        runner = OneDies(patch, reports=4)
        assert run(long_job("memory://shared"), store, name="shaky").state == "finished"
    assert sorted(runner.first_epochs) == [1, 1, goes_on_with]
    assert trained(store, "shaky") == whole
    assert not any((tmp_path / "copies").iterdir())


def test_a_storage_that_removes_nothing_is_asked_once_and_again_at_the_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(_files: MemoryFileSystem, key: str) -> None:
        asked.append(Path(key).name)
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        AtEpoch(1, patch, lambda _desk: patch.setattr(MemoryFileSystem, "rm_file", refuse))
        run(long_job("s3://bucket/shared"), store, name="full")
    removed = [name for name in asked if name.endswith(".safetensors")]
    assert removed == ["0.safetensors"] * 2


def test_short_trials_ask_nothing_of_a_storage(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(_desk: Desk) -> None:
        for method in ("put_file", "get_file", "rm_file", "info"):
            monkeypatch.setattr(MemoryFileSystem, method, fail)

    with monkeypatch.context() as patch:
        AtEpoch(1, patch, forbid)
        patch.setattr("search.storage._log.warning", fail)
        run(long_job("memory://shared", checkpoint_seconds=30), store, name="short")
    assert Study(store, "short").trials()["state"].tolist() == ["finished"] * 2


def test_studies_of_one_name_share_a_storage(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = long_job("memory://shared")
    with monkeypatch.context() as patch:
        AtEpoch(3, patch, Desk.interrupt)
        run(job, store, name="same")
    before = dict(MemoryFileSystem.store)
    other = open_store(f"sqlite:///{tmp_path}/other/sizewise.db")
    run(job, other, name="same")
    other.close()
    assert before
    assert before == MemoryFileSystem.store


WRONG = {
    "protocol": ("memry://place", "Did you mean 'memory'?"),
    "package": ("absent://place", "Install absent-files, on all machines that train."),
    "read-only": ("data://place", "must be a place that can be reached and written"),
    "a file": ("JOB", "must be a place that can be reached and written"),
    "password": ("sftp://me:secret@host/place", "FSSPEC_SFTP_PASSWORD"),
    "empty": ("", "run.storage"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_place_that_keeps_nothing_is_refused_before_anything_starts(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place, told = WRONG[wrong]
    monkeypatch.setitem(
        known_implementations,
        "absent",
        {"class": "absent_files.Files", "err": "Install absent-files"},
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIZEWISE_STORE", raising=False)
    path = tmp_path / "JOB"
    document = small_job().model_dump(mode="json")
    document["run"]["storage"] = place
    path.write_text(yaml.safe_dump(document))
    monkeypatch.setattr(sys, "argv", ["sizewise", "run", str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "run.storage" in said
    assert told in said
    assert open_store().studies() == []


def test_a_folder_is_seen_from_the_job_file(tmp_path: Path) -> None:
    document = small_job().model_dump(mode="json")
    document["run"]["storage"] = "kept"
    text = yaml.safe_dump(document)
    assert parse_job(text, base=tmp_path).run.storage == str(tmp_path / "kept")
    with pytest.raises(InputError, match=r"run\.storage: .* absolute path"):
        parse_job(text, base=None)
