"""Networks that a person takes away or looks at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.export import export_trial, load_export
from space import Architecture
from space.errors import InputError, closest
from space.presets import REFERENCES
from trainers.data.pictures import find_pictures

from .plan import stored_split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from results import Store
    from results.export import ExportReport, Predictions


def find_architecture(name: str) -> Architecture:
    """Return the reference architecture of that name, or the one that a JSON file describes.

    Args:
        name: A name of `space.presets`, an ``architecture.json``, or an exported folder.

    Raises:
        InputError: When there is no such network.
    """
    if name in REFERENCES:
        return REFERENCES[name]
    path = Path(name)
    path = path / "architecture.json" if path.is_dir() else path
    try:
        return Architecture.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        rule = "must be a known network, or the path of an architecture.json"
        raise InputError("NETWORK", rule, name, closest(name, REFERENCES)) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError("NETWORK", "must be a JSON file", name, f"{error}.") from None


def export_network(store: Store, study: str, number: int | None, **wishes: Any) -> ExportReport:
    """Write the export folder of a trial and return what was measured.

    Args:
        store: Where the study is kept.
        study: Its name.
        number: The trial; None where a wish chooses it, or for the most accurate of the front.
        wishes: As `results.export_trial` takes them: ``destination``, ``force`` and so on.

    Raises:
        InputError: There is no such trial, its data cannot be read, or a form fails its check.
    """
    split = stored_split(store, store.study(study))
    return export_trial(store, study, number, split=split, **wishes)


def predict_pictures(export: Path, places: Sequence[Path], *, top: int) -> Predictions:
    """Ask an exported network about pictures and folders of pictures.

    Args:
        export: The exported folder.
        places: Files, and folders that stand for the pictures in them.
        top: How many classes will be named, checked before any picture is read.

    Raises:
        InputError: There is no such export, a folder without pictures, or a wrong ``top``.
    """
    if top < 1:
        raise InputError("--top", "must be 1 or more", top)
    network = load_export(export)
    return network.predict(find_pictures(places))
