"""Data from functions of the user's and from Hugging Face; cards of data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from space import InputError
from tests.trainers.conftest import coloured
from tests.trainers.pictures import write_tree
from trainers import ImageData, load_data, split
from trainers.data import card_text, data_card

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
import numpy as np
from trainers import ImageData
images = np.arange(12 * 16, dtype=np.uint8).reshape(12, 4, 4)
labels = np.arange(12) % 2
def pair(): return images, labels
def named(): return images, labels, ["a", "b"]
def whole(): return ImageData("mine", images[:, None], labels, ("a", "b"))
def floats(): return images / 255, labels
def nothing(): return None
def broken(): raise FileNotFoundError("no such file")
value = 3
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    name = f"made_for_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    return name


def test_functions_of_the_users(module: str) -> None:
    before = list(sys.path)
    pair, named, whole = (load_data(f"python:{module}:{n}") for n in ("pair", "named", "whole"))
    assert pair.hash == named.hash == whole.hash
    assert (pair.class_names, named.class_names) == (("0", "1"), ("a", "b"))
    assert (named.name, whole.name) == (f"python:{module}:named", "mine")
    assert sys.path == before


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("MODULE", "must be python:MODULE:FUNCTION"),
        ("MODULE:", "must be python:MODULE:FUNCTION"),
        ("no_such_module_here:f", "Python says: No module named"),
        ("MODULE:nmaed", "Did you mean 'named'?"),
        ("MODULE:value", "must have the function, but got 'value'"),
        ("MODULE:nothing", "must return an ImageData, or images and labels"),
        ("MODULE:floats", "images must be uint8"),
        ("MODULE:broken", "It raised FileNotFoundError: no such file"),
    ],
)
def test_wrong_functions(module: str, address: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        load_data(f"python:{address.replace('MODULE', module)}")
    assert caught.value.field == "data"
    assert told in str(caught.value)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(InputError, match=r"pip install 'sizewise\[hf\]'"):
        load_data("hf:mnist")


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("SIZEWISE_CACHE", str(tmp_path / "cache"))
    package = pytest.importorskip("datasets")
    monkeypatch.setattr(package.config, "HF_DATASETS_CACHE", tmp_path / "home")
    package.disable_progress_bars()
    return package


def test_hugging_face_parquet_and_folder_give_what_the_folder_gives(
    datasets: Any, tmp_path: Path
) -> None:
    write_tree(tmp_path / "tree", rounds=2, sides=(16,))
    ours = load_data(f"folder:{tmp_path / 'tree'}")
    folder = load_data(f"hf:{tmp_path / 'tree'}")
    loaded = datasets.load_dataset(str(tmp_path / "tree"))["train"]
    loaded.to_parquet(tmp_path / "tree.parquet")
    parquet = load_data(f"hf:{tmp_path / 'tree.parquet'}")
    for data in (folder, parquet):
        assert data.class_names == ours.class_names
        assert data.shape == ours.shape
        expected = sorted(zip(ours.labels.tolist(), map(bytes, ours.images), strict=True))
        assert sorted(zip(data.labels.tolist(), map(bytes, data.images), strict=True)) == expected


def test_hugging_face_columns_and_parts(datasets: Any, tmp_path: Path) -> None:
    table = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [0, 1]})
    table.to_parquet(tmp_path / "text.parquet")
    with pytest.raises(InputError, match=r"a column of images and one of classes.*text"):
        load_data(f"hf:{tmp_path / 'text.parquet'}")
    with pytest.raises(InputError, match="must be loadable"):
        load_data(f"hf:{tmp_path / 'missing.parquet'}")
    write_tree(tmp_path / "tree" / "train", rounds=1)
    write_tree(tmp_path / "tree" / "test", rounds=1, seed=1)
    data = load_data(f"hf:{tmp_path / 'tree'}")
    assert data.test_images is not None
    assert (len(data.images), len(data.test_images)) == (16, 16)


def test_a_card_counts_doubles_and_contradictions() -> None:
    data = coloured(60)
    cut = split(data, seed=0)
    images, labels = data.images.copy(), data.labels.copy()
    one, other = cut.indices.train[:2]
    held, sealed = cut.indices.validation[0], cut.indices.test[0]
    images[other] = images[held] = images[sealed] = images[one]
    data = ImageData("doubled", images, labels, ("a", "b"))
    cut = split(data, seed=0)
    card = data_card(data, cut)
    assert card.duplicates == {
        "train and train": 1,
        "train and validation": 1,
        "train and test": 1,
        "validation and validation": 0,
        "test and test": 0,
    }
    classes = {int(labels[position]) for position in (one, other, held, sealed)}
    assert card.contradictions == (4 if len(classes) > 1 else 0)
    assert card.counts["train"] == {"a": 18, "b": 18}
    assert (card.imbalance, card.shape, card.hash) == (1.0, (3, 6, 5), data.hash)
    assert np.allclose(card.mean, cut.mean)
    told = card_text(card)
    assert "1 image of test also in train: accuracy on test looks too good" in told
    assert card.to_dict()["counts"] == card.counts
