"""The command line: answers, JSON, and one clear message for each wrong input."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml
from PIL import Image
from sqlalchemy.exc import OperationalError

from results import open_store
from search.command.app import main
from search.job_file import read_job
from search.plan import prepare
from tests.search.jobs import small_job
from tests.trainers.pictures import write_bad_files, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sizewise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Call the command line in an empty folder; returns exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIZEWISE_STORE", raising=False)

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sizewise", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def document(**changes: Any) -> str:
    return yaml.safe_dump(small_job(**changes).model_dump(mode="json"))


STAGE = {"repeat": [1], "op": ["conv"], "filters": [4], "kernel": [3], "pool": ["none"]}
HEAD = {"pool": ["global_avg"], "hidden": [[]], "dropout": [0.0]}


def space(**changes: Any) -> dict[str, Any]:
    return {"stages": [STAGE | changes], "head": HEAD}


WRONG_JOBS = {
    "unknown field": (document() + "epoches: 3\n", ["epoches", "field"]),
    "unknown field in a section": (
        document().replace("trials:", "trails:"),
        ["budget.trails", "'trials'"],
    ),
    "kernel larger than the map": (
        document(space=space(kernel=[9], padding=["valid"])),
        ["space.stages[0].kernel", "9", "8"],
    ),
    "limits that nothing meets": (document(limits={"params": 3}), ["limits", "3", "smallest"]),
    "empty choices": (document(space=space(filters=[])), ["space.stages[0].filters", "[]"]),
    "wrong type": (document().replace("trials: 4", "trials: many"), ["budget.trials", "many"]),
    "bad YAML": ("data: digits\nspace: [\n", ["line", "YAML"]),
    "not a mapping": ("- digits\n", ["mapping"]),
    "unknown preset": (document(space="lenett"), ["space", "lenett", "'lenet'"]),
    "unknown data": (document(data="digitz"), ["data", "digitz", "digits"]),
    "missing data": (document(data="npz:nowhere.npz"), ["data", "nowhere.npz"]),
    "zero trials": (
        document().replace("trials: 4", "trials: 0"),
        ["budget.trials", "greater than 0"],
    ),
    "endless time": (
        document().replace("minutes: null", "minutes: .inf"),
        ["budget.minutes", "finite"],
    ),
    "unknown algorithm": (
        document().replace("algorithm: random", "algorithm: randon"),
        ["search.algorithm", "'random'"],
    ),
    "unknown optimizer": (document(recipe={"optimizer": "adm"}), ["recipe.optimizer", "adam"]),
    "unknown limit": (document(limits={"parms": 10}), ["limits", "parms", "params"]),
    "misspelt stage field": (document(space=space(filter=[3])), ["space.stages[0]", "filter"]),
    "Ray Client": (
        document().replace("address: local", "address: ray://head:10001"),
        ["run.address", "ray://head:10001", "sizewise submit JOB"],
    ),
    "hostile name": (document(study="../../etc"), ["study", "../../etc"]),
}


@pytest.mark.parametrize(("text", "words"), WRONG_JOBS.values(), ids=WRONG_JOBS)
def test_a_wrong_job_gets_one_message_and_leaves_nothing(
    text: str, words: list[str], sizewise: Call, tmp_path: Path
) -> None:
    (tmp_path / "job.yaml").write_text(text)
    code, _, errors = sizewise("run", "job.yaml")
    assert code == 2
    assert errors.startswith("Error: ")
    assert errors.count("\n") == 1
    assert "Traceback" not in errors
    assert all(word in errors for word in words), errors
    assert open_store().studies() == []


def test_a_cluster_that_does_not_answer_is_named(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(document(run={"address": "127.0.0.1:9"}))
    code, _, errors = sizewise("run", "job.yaml")
    assert (code, errors.count("\n")) == (2, 1), errors
    for word in ("run.address", "127.0.0.1:9", "refused", "ray start", "sizewise submit"):
        assert word in errors


def test_a_missing_job_is_named_with_the_nearest_one(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "digits-small.yaml").write_text(document())
    code, _, errors = sizewise("run", "digit-small.yaml")
    assert code == 2
    assert "Did you mean 'digits-small.yaml'?" in errors


def test_a_study_is_run_read_and_exported(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(document(study="mine"))
    code, output, _ = sizewise("run", "job.yaml")
    assert code == 0
    assert "sizewise export mine" in output
    assert (tmp_path / "runs/mine/front.png").is_file()

    code, _, errors = sizewise("run", "job.yaml")
    assert (code, errors.count("\n")) == (2, 1)
    assert "mine" in errors
    assert "sizewise resume mine" in errors

    listed = json.loads(sizewise("list", "--json")[1])
    assert [(row["study"], row["trials"]) for row in listed] == [("mine", 4)]
    front = json.loads(sizewise("front", "mine", "--json")[1])
    shown = json.loads(sizewise("show", "mine", "--json")[1])
    assert len(shown["trials"]) == 4
    best = max(row["accuracy"] for row in shown["trials"])
    assert front[-1]["accuracy"] == best
    number = str(front[-1]["number"])
    trial = json.loads(sizewise("show", "mine", number, "--json")[1])
    assert [row["epoch"] for row in trial["epochs"]] == [1, 2]

    code, output, errors = sizewise("export", "mine", "--to", "taken")
    assert code == 0, errors
    for form in ("model.py", "model.pt2", "model.onnx", "model_keras.py"):
        (row,) = (line for line in output.splitlines() if line.split()[:1] == [form])
        assert row.endswith(f"{best:.2%}")
    code, _, errors = sizewise("export", "mine", "--to", "taken")
    assert (code, errors.count("\n")) == (2, 1)
    assert "--force" in errors
    told = ("--force", "--no-check", "--max-params", "20000", "--licence", "CC0-1.0")
    code, output, errors = sizewise("export", "mine", "--to", "taken", *told)
    assert (code, "Not checked" in output) == (0, True), errors
    assert "| licence | CC0-1.0 |" in (tmp_path / "taken/card.md").read_text()
    ran = subprocess.run(
        [sys.executable, "taken/model.py"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(f"{best:.2%}") == 2


def test_a_second_study_of_the_same_job_gets_a_number(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(document(budget={"trials": 1}))
    assert sizewise("run", "job.yaml")[0] == 0
    code, output, _ = sizewise("run", "job.yaml")
    assert code == 0
    assert "job-2" in output


def test_unknown_names_are_answered_with_near_ones(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(document(study="mine", budget={"trials": 1}))
    sizewise("run", "job.yaml")
    for words in (["show", "mien"], ["front", "mien"], ["resume", "mien"], ["export", "mien"]):
        code, _, errors = sizewise(*words)
        assert (code, errors.count("\n")) == (2, 1), errors
        assert "'mine'" in errors
    for words in (["show", "mine", "9"], ["export", "mine", "9"], ["front", "mine", "--size", "x"]):
        code, _, errors = sizewise(*words)
        assert (code, errors.count("\n")) == (2, 1), errors


def test_describe_prints_lenet5_and_reads_its_own_json(sizewise: Call, tmp_path: Path) -> None:
    code, output, _ = sizewise("describe", "lenet5")
    assert code == 0
    assert "61,706" in output
    described = json.loads(sizewise("describe", "lenet5", "--json")[1])
    assert described["params"] == sum(row["params"] for row in described["layers"]) == 61_706
    (tmp_path / "net.json").write_text(json.dumps(described["architecture"]))
    assert sizewise("describe", "net.json")[1] == output
    code, _, errors = sizewise("describe", "lenet6")
    assert code == 2
    assert "lenet5" in errors


def test_a_census_counts_what_random_search_finds(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(document())
    code, output, _ = sizewise("census", "job.yaml")
    assert code == 0
    assert "50: " in output
    counted = json.loads(sizewise("census", "job.yaml", "--json")[1])
    assert counted["kept"] == {"value": 50, "exact": True, "most": 50, "error": 0.0}
    assert counted["smallest"]["params"] < counted["largest"]["params"]
    assert sum(counted["params"]["counts"]) == 50


def test_a_preset_stands_for_its_space_and_its_limits(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text("space: micro\nlimits: {params: 5_000}\n")
    counted = json.loads(sizewise("census", "job.yaml", "--json")[1])
    assert counted["limits"]["params"] == 5_000
    assert {"activation_bytes", "weight_bytes"} <= set(counted["limits"])


def test_an_export_names_the_classes_of_pictures(sizewise: Call, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(document(study="mine", budget={"trials": 1}))
    assert sizewise("run", "job.yaml")[0] == 0
    assert sizewise("export", "mine", "--to", "taken", "--no-check")[0] == 0
    parts = prepare(read_job("job.yaml")[1]).split
    (tmp_path / "pictures").mkdir()
    for number, image in enumerate(parts.validation.images[:4]):
        Image.fromarray(image[0]).save(tmp_path / f"pictures/{number}.png")
    code, output, errors = sizewise("predict", "taken", "pictures")
    assert (code, errors) == (0, "")
    assert len(output.splitlines()) == 5
    bad = write_bad_files(tmp_path / "pictures")
    code, output, errors = sizewise("predict", "taken", "pictures", "nowhere.png", "--top", "1")
    assert (code, len(output.splitlines())) == (1, 5)
    assert "next" not in output
    listed = set(bad) - {"notes.txt"}
    assert errors.count("Unreadable: ") == errors.count("\n") == len(listed) + 1
    assert all(f"Unreadable: pictures/{name}: " in errors for name in listed)
    code, output, errors = sizewise("predict", "taken", "pictures", "--json", "--top", "10")
    told = json.loads(output)
    assert (code, errors, len(told["unreadable"])) == (1, "", len(listed))
    for answer in told["images"]:
        assert sum(each["probability"] for each in answer["top"]) == pytest.approx(1)
        assert answer["top"][0] == {key: answer[key] for key in ("class", "probability")}
    for words in (["pictures", "pictures"], ["taken", "runs/mine/exports"], ["nowhere", "a.png"]):
        (tmp_path / "runs/mine/exports").mkdir(exist_ok=True)
        code, output, errors = sizewise("predict", *words)
        assert (code, output, errors.count("\n")) == (2, "", 1), errors
    code, _, errors = sizewise("predict", "taken", "pictures", "--top", "0")
    assert (code, errors.count("\n")) == (2, 1)


def test_a_card_is_that_of_the_split_of_a_run(sizewise: Call, tmp_path: Path) -> None:
    shares = {"validation": 0.1, "test": 0.3}
    job = document(split=shares, search={"algorithm": "random", "seed": 5})
    (tmp_path / "job.yaml").write_text(job)
    code, output, _ = sizewise("data", "job.yaml", "--json")
    card = json.loads(output)
    parts = prepare(read_job("job.yaml")[1]).split
    assert code == 0
    assert list(card["counts"]) == ["train", "validation", "test"]
    for part in ("train", "validation"):
        counts = np.bincount(getattr(parts, part).labels).tolist()
        assert list(card["counts"][part].values()) == counts
    assert sum(card["counts"]["test"].values()) == len(parts.test)
    assert (card["mean"], card["hash"]) == (list(parts.mean), parts.data_hash)
    assert "1,797 of 10 classes" in sizewise("data", "digits")[1]
    assert open_store().studies() == []
    for words in ("digitz", "jab.yaml", "folder:nowhere", "npz:a.npz", "hf:", "."):
        code, output, errors = sizewise("data", words)
        assert (code, output, errors.count("\n")) == (2, "", 1), errors


def test_a_card_of_a_folder_lists_what_was_left_out(sizewise: Call, tmp_path: Path) -> None:
    write_tree(tmp_path / "tree")
    bad = write_bad_files(tmp_path / "tree/square")
    code, output, _ = sizewise("data", "folder:tree")
    assert code == 0
    assert f"{len(bad)} of {64 + len(bad)} files" in output
    for name, why in bad.items():
        (line,) = (line for line in output.splitlines() if f"square/{name}: " in line)
        assert why in line


def test_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys; sys.argv = ['sizewise', '--help']\n"
        "from search.command.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'ray', 'pandas', 'optuna', 'sqlalchemy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "export" in ran.stdout


def test_what_cannot_be_sent_to_a_cluster_is_refused(
    sizewise: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "job.yaml").write_text(document())
    (tmp_path / "local.yaml").write_text(document(data="npz:images.npz"))
    head = ["--address", "http://127.0.0.1:9"]
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "nowhere"))
    refused = {
        "absolute path": ["submit", "local.yaml", *head],
        "PostgreSQL": ["submit", "job.yaml", *head, "--store", "sqlite:///runs/sizewise.db"],
        "either a job or --resume": ["submit", *head],
        "dashboard": ["submit", "job.yaml", "--address", "ray://head:10001"],
        "must name a file that holds a token": ["submit", "job.yaml", *head],
    }
    for rule, words in refused.items():
        code, _, errors = sizewise(*words)
        assert (code, errors.count("\n")) == (2, 1), errors
        assert rule.lower() in errors.lower()
    monkeypatch.delenv("RAY_AUTH_TOKEN_PATH")
    code, _, errors = sizewise("jobs", *head)
    assert (code, errors.count("\n")) == (2, 1), errors
    assert "a Ray cluster must take jobs there" in errors


def test_an_outage_is_told_in_one_line(sizewise: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def locked(*_: object) -> None:
        raise OperationalError("SELECT", None, Exception("database is locked"))

    open_store().close()
    for fails, told in ((full, "No space left on device"), (locked, "database is locked")):
        monkeypatch.setattr("results.store.backup.copy", fails)
        code, out, err = sizewise("db", "backup", "copy.db")
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert told in err
