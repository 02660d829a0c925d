"""What the reading commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from results import columns
from results.marks import amount
from space import Architecture, table
from space.census import text as census_text
from space.language import COSTS
from trainers.data import card_text

from .goals import goal_document, print_goal
from .tables import frame_table

if TYPE_CHECKING:
    import pandas as pd

    from results import Study, TrialRecord
    from space.census import Census
    from trainers.data import DataCard

    from ..repeating import Repeated

FRONT = [columns.NUMBER, columns.ACCURACY, columns.PARAMS, columns.MACS, columns.OUTLINE]
VERDICTS = [columns.VERDICT, columns.VALIDATION_MEAN, columns.VALIDATION_MARGIN]
TRIALS = [
    columns.NUMBER,
    columns.STATE,
    columns.ACCURACY,
    columns.PARAMS,
    columns.MACS,
    columns.EPOCHS,
    columns.SECONDS,
    columns.OUTLINE,
]
CURVE = [
    columns.EPOCH,
    columns.TRAIN_LOSS,
    columns.LOSS,
    columns.ACCURACY,
    columns.LEARNING_RATE,
    columns.IMAGES_PER_SECOND,
]


def console() -> Console:
    """Return a console that keeps tables whole when they are piped into a file."""
    found = Console()
    return found if found.is_terminal else Console(width=160)


def print_json(document: object) -> None:
    """Print a document for programs."""
    print(json.dumps(document, indent=2, default=str))  # noqa: T201  the terminal is the product


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows for JSON: missing values are null, times are ISO 8601."""
    return list(json.loads(frame.to_json(orient="records", date_format="iso")))


def print_front(study: Study, size: str | None, *, as_json: bool) -> None:
    """Print the front of a study, smallest first."""
    sizes, front = study.sizes(size), study.front(size)
    if as_json:
        print_json(records(front))
        return
    told = FRONT[2:] if front[columns.VERDICT].isna().all() else [*VERDICTS, *FRONT[2:]]
    names = list(dict.fromkeys([*FRONT[:2], *sizes, *told]))
    title = f"Front of {study.record.name}: {len(front):,} of {study.count():,} trials"
    console().print(frame_table(front, names, title))


def print_study(study: Study, *, as_json: bool) -> None:
    """Print a study's state and all its trials, the most accurate first."""
    trials = study.trials().sort_values(columns.ACCURACY, ascending=False, kind="stable")
    record = study.record
    if as_json:
        about = {"state": record.state, "note": record.note, "tags": record.tags}
        told = {"study": record.name, **about, "goal": goal_document(study)}
        print_json({**told, "trials": records(trials)})
        return
    out = console()
    ended = "" if record.reason is None else f": {record.reason}"
    out.print(f"[bold]{record.name}[/bold]  {record.state}{ended}  data {record.data['name']}")
    if record.note is not None:
        out.print(Text(record.note))
    out.print(f"limits {record.job['limits']}  recipe {record.job['recipe']}", style="dim")
    print_goal(study, out)
    # Rules that know no spread expect no more than a trial had when they stopped it.
    trials = trials.assign(
        expected=trials[columns.EXPECTED].where(trials[columns.EXPECTED_SPREAD].notna())
    )
    expected = [] if trials[columns.EXPECTED].isna().all() else [columns.EXPECTED]
    names = dict.fromkeys([*TRIALS[:3], *expected, *record.sizes, *TRIALS[3:]])
    out.print(frame_table(trials, list(names)))


def print_trial(study: Study, number: int, *, as_json: bool) -> None:
    """Print one trial: how it ended, its network layer by layer, and its learning curve."""
    record = study.record
    trial = study.store.trial(record.id, number)
    epochs = study.epochs()
    curve = epochs[epochs[columns.NUMBER] == number]
    architecture = Architecture.from_dict(trial.architecture)
    if as_json:
        row = study.trials().query(f"{columns.NUMBER} == @number")
        document = {**records(row)[0], "recipe": trial.recipe, "epochs": records(curve)}
        print_json({**document, "architecture": trial.architecture})
        return
    out = console()
    accuracy = "" if trial.accuracy is None else f"  accuracy {trial.accuracy:.2%}"
    told = f"{trial.state}{accuracy}{_expected(trial)}"
    out.print(f"[bold]{record.name} trial {number}[/bold]  {told}")
    recipe = "  ".join(f"{field} {value}" for field, value in trial.recipe.items())
    out.print(Text(f"{trial.reason or 'in training'}, seed {trial.seed}\n{recipe}\n", "dim"))
    if trial.note is not None:
        out.print(Text(f"{trial.note}\n"))
    if trial.restarts is not None:
        out.print(Text(f"attempt {trial.attempt}: {trial.restarts}\n", "dim"))
    print_architecture(architecture)
    if trial.latency_ms is not None:
        out.print(f"{amount(trial.latency_ms)} ms for one image", highlight=False)
    out.print()
    out.print(frame_table(curve, CURVE, "Learning curve"))


def _expected(trial: TrialRecord) -> str:
    """Return which accuracy a stopped trial was expected to end with, where that was estimated."""
    if trial.expected is None or trial.expected_spread is None:
        return ""
    return f"  expected {trial.expected:.2%} ± {trial.expected_spread:.2%}"


def print_repeated(repeated: Repeated) -> None:
    """Print how a repeated trial compares with its record."""
    if repeated.reason is not None:
        told = f"ended after {repeated.epochs} epochs: {repeated.reason}"
    elif repeated.difference is None:
        told = f"all {repeated.epochs} epochs came out the same, to the last bit"
    else:
        found = repeated.difference
        told = (
            f"{found.measure} differs from epoch {found.epoch} on: "
            f"recorded {found.recorded!r}, now {found.repeated!r}"
        )
    console().print(f"Trial {repeated.number}: {told}.", highlight=False)


def print_census(census: Census, *, as_json: bool) -> None:
    """Print what a space holds."""
    if not as_json:
        print(census_text(census), end="")  # noqa: T201  aligned already; rich would wrap it
        return
    document = {field.name: getattr(census, field.name) for field in fields(census)}
    for name in ("networks", "kept", "params", "macs"):
        document[name] = asdict(document[name])
    for name in ("smallest", "largest"):
        document[name] = _costs(document[name])
    shares = [asdict(share) for share in census.shares]
    print_json(document | {"limits": census.limits.to_dict(), "shares": shares})


def print_card(card: DataCard, *, as_json: bool) -> None:
    """Print what a data set is like."""
    if as_json:
        print_json(card.to_dict())
    else:
        print(card_text(card, console().width))  # noqa: T201  aligned already


def _costs(architecture: Architecture) -> dict[str, int]:
    return {cost: getattr(architecture, cost) for cost in COSTS}


def short_path(path: Path) -> str:
    """Return a path as a person in the working directory would type it."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def print_architecture(architecture: Architecture, *, as_json: bool = False) -> None:
    """Print the table of a network; as JSON with its costs and the document that rebuilds it."""
    rows = table.rows(architecture)
    if not as_json:
        print(table.text(rows), end="")  # noqa: T201  aligned already; rich would wrap it
        return
    document = {**_costs(architecture), "layers": [asdict(row) for row in rows]}
    print_json({**document, "architecture": architecture.to_dict()})
