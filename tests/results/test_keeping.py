"""Notes, tags, names, and what lies on the disk, whatever interrupts a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from results import Store, Study, columns, open_store, weights_path
from results.errors import StoreError, StudyExistsError, StudyHeldError, UnknownStudyError
from results.keeping.disk import prunable, prune, usage_frame
from results.keeping.moving import delete, rename
from results.keeping.remarks import archive, note, tag
from results.leases import hold
from results.overview import studies_frame
from results.store.soundness import unsound
from space.errors import InputError

from .samples import new_study
from .test_frames import add

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")
    new_study(opened)
    yield opened
    opened.close()


def weigh(store: Store, number: int, name: str = "digits") -> Path:
    path = weights_path(store, name, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(100))
    return path


def test_what_a_person_writes_is_kept_and_listed(store: Store) -> None:
    add(Study(store, "digits"), 0, 4, "finished", 0.5)
    note(store, "digits", " first try ")
    note(store, "digits", "overfits", 0)
    assert tag(store, "digits", ["small", "paper"]) == ["paper", "small"]
    assert tag(store, "digits", ["small"], remove=True) == ["paper"]
    record, trial = store.study("digits"), Study(store, "digits").trial(0)
    assert (record.note, record.tags, trial.note) == ("first try", ("paper",), "overfits")
    note(store, "digits", "", 0)
    assert Study(store, "digits").trials()["note"].isna().all()
    archive(store, "digits")
    assert studies_frame(store).empty
    (row,) = studies_frame(store, archived=True).to_dict("records")
    assert (row["tags"], row["archived"], row["note"]) == ("paper", True, "first try")
    archive(store, "digits", archived=False)
    assert len(studies_frame(store)) == 1
    with pytest.raises(StoreError, match="of that number"):
        note(store, "digits", "none", 7)
    with pytest.raises(InputError, match="without blanks"):
        tag(store, "digits", ["two words"])
    with pytest.raises(InputError, match="It has: paper"):
        tag(store, "digits", ["papers"], remove=True)


def test_a_renamed_study_keeps_its_files(store: Store) -> None:
    new_study(store, "taken")
    path = weigh(store, 3)
    rename(store, "digits", "numerals")
    assert weights_path(store, "numerals", 3).read_bytes() == bytes(100)
    assert not path.parent.parent.exists()
    for wrong, told in (("taken", StudyExistsError), ("a/b", InputError)):
        with pytest.raises(told):
            rename(store, "numerals", wrong)
    store.folder("other").mkdir()
    with pytest.raises(InputError, match="no folder of the new name"):
        rename(store, "numerals", "other")
    assert weights_path(store, "numerals", 3).is_file()
    rename(store, "numerals", "digits")
    hold(store, store.study("digits").id, "here process 7", seconds=60)
    for change in (lambda: rename(store, "digits", "new"), lambda: delete(store, "digits")):
        with pytest.raises(StudyHeldError, match="here process 7"):
            change()
    rename(store, "digits", "new", gone=lambda holder: holder == "here process 7")
    assert {study.name for study in store.studies()} == {"new", "taken"}


def test_a_deleted_study_leaves_nothing_and_others_alone(store: Store) -> None:
    new_study(store, "other")
    for name in ("digits", "other"):
        study = Study(store, name)
        add(study, 0, 4, "finished", 0.5)
        final = store.start_final(study.trial(0).id, "test", 1)
        store.end_final(final, "finished", "trained", accuracy=0.5)
        weigh(store, 0, name)
    delete(store, "digits")
    assert [study.name for study in store.studies()] == ["other"]
    assert sorted(
        path.name for path in store.folder("other").parent.iterdir() if path.is_dir()
    ) == ["other"]
    assert len(Study(store, "other").epochs()) == len(Study(store, "other").finals()) == 1
    with store.connect().begin() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("trials", "epochs", "finals", "leases")
        ]
    assert counts == [1, 1, 1, 0]
    with pytest.raises(UnknownStudyError):
        delete(store, "digits")
    assert unsound(store.url) == []


@pytest.mark.parametrize("change", ["rename", "delete"])
def test_a_change_that_fails_keeps_rows_and_files_together(
    store: Store, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = weigh(store, 0)

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    def act() -> None:
        if change == "rename":
            rename(store, "digits", "new")
        else:
            delete(store, "digits")

    with monkeypatch.context() as patch:
        patch.setattr("sqlalchemy.engine.Connection.commit", fails)
        with pytest.raises(KeyboardInterrupt):
            act()
    assert store.study("digits").name == "digits"
    assert path.is_file()
    # A process that was killed between the two leaves the folder moved.
    moved = {"rename": "new", "delete": ".digits.deleted"}[change]
    folder = store.folder("digits")
    folder.rename(folder.with_name(moved))
    act()
    left = {each.name for each in folder.parent.iterdir() if each.is_dir()}
    assert left == ({"new"} if change == "rename" else set())
    assert [study.name for study in store.studies()] == [*left]


def test_weights_on_any_front_are_never_pruned(store: Store) -> None:
    study = Study(store, "digits")
    add(study, 0, 4, "finished", 0.5)
    add(study, 1, 8, "finished", 0.9)
    add(study, 2, 16, "finished", 0.8)
    add(study, 3, 12, "stopped", 0.95)
    add(study, 4, 24, "finished", 0.7)
    add(study, 5, 24, "running", 0.1)
    add(study, 6, 20, "finished", 0.6)
    # The slowest of all is on the front of latency: nothing else was measured.
    store.record_latency(study.trial(6).id, 9.0)
    store.start_final(study.trial(4).id, "validation", 1)
    files = [weigh(store, number) for number in range(7)]
    found = prunable(store, "digits")
    assert found.files == (files[2], files[3])
    assert (found.size, found.kept) == (200, 5)
    assert prunable(store, "digits", best=1).files == (files[2],)
    prune(found)
    assert [path.is_file() for path in files] == [True, True, False, False, True, True, True]
    assert prunable(store, "digits").files == ()


def test_usage_counts_rows_and_files(store: Store) -> None:
    study = Study(store, "digits")
    for number in range(10):
        add(study, number, 4, "finished", 0.5)
    weigh(store, 0)
    exported = store.folder("digits") / "exports" / "0" / "model.py"
    exported.parent.mkdir(parents=True)
    exported.write_bytes(bytes(30))
    (store.folder("digits") / "front.png").write_bytes(bytes(7))
    new_study(store, "empty")
    frame = usage_frame(store)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == columns.USAGE
    assert frame["study"].tolist() == ["digits", "empty"]
    row = frame.iloc[0]
    assert (row["weights"], row["checkpoints"], row["exports"], row["other"]) == (100, 0, 30, 7)
    assert 5_000 < row["rows"] < 50_000
    assert row["total"] == row["rows"] + 137
