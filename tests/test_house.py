"""Promises of the whole: light imports, one root, a wheel that holds what runs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from search.command import house
from space.errors import InputError

ROOT = Path(__file__).parent.parent
PACKAGES = ("results", "search", "space", "trainers")


def python(*words: str, folder: Path = ROOT) -> str:
    command = [sys.executable, *words]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_space_and_results_load_neither_torch_nor_ray() -> None:
    probe = "import sys, space, results; print({'torch', 'ray'} & set(sys.modules))"
    assert python("-c", probe) == "set()\n"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_a_front_door_is_there(package: str) -> None:
    probe = (
        f"import {package}; names = list({package}.__all__); assert names == sorted(names), names\n"
        f"print(len([getattr({package}, name) for name in names]))"
    )
    assert 5 < int(python("-c", probe)) <= 18


def check_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="package trainers") as caught:
        house.check_house()
    assert str(tmp_path) in str(caught.value)
    assert str(ROOT) in str(caught.value)


def test_a_package_of_another_root_is_refused_with_both_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = house._root
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(house, "_root", lambda name: tmp_path if name == "trainers" else root(name))
    check_refused(tmp_path)


def test_a_package_that_workers_would_find_first_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trainers").mkdir()
    monkeypatch.chdir(tmp_path)
    house.check_house()
    (tmp_path / "trainers/__init__.py").touch()
    check_refused(tmp_path)


def test_the_wheel_holds_the_four_packages_and_their_files(tmp_path: Path) -> None:
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    tops = {name.split("/")[0] for name in held if ".dist-info/" not in name}
    assert tops == set(PACKAGES)
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(tracked.stdout.splitlines()) <= held
