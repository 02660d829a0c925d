"""Finals in the terminal: a line for each training that ends, and a table at the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, final

from rich.table import Table

from results import columns
from results.finals import CONFIRMED, DEMOTED, RACING, summarise
from results.finals.standing import standing_of
from results.marks import amount
from results.schema import TEST

from .views import console, print_json, records

if TYPE_CHECKING:
    import pandas as pd

    from results import Study
    from results.finals import Repetition

    from ..finals import Finals
    from ..finals.desk import Tell

STYLES = {CONFIRMED: "green", DEMOTED: "red", RACING: "dim"}


@final
class Lines:
    """Prints how finals go on, as they go on."""

    def __call__(self, finals: Finals) -> Tell:
        """Say what begins, and return what prints the rest."""
        self._finals = finals
        self._tested = 0
        self._words: dict[int, str] = {}
        self._console = console()
        study, rules = finals.study, finals.rules
        self._standing()
        racing = len(self._words)
        self._print(
            f"Finals of [bold]{study.name}[/bold]: {racing} networks, each trained "
            f"{rules.first} to {rules.cap} times with fresh seeds."
        )
        return self._told

    def _told(self, repetition: Repetition, accuracy: float | None, reason: str) -> None:
        """Print a training that ended, and what it settled."""
        number = repetition.number
        if repetition.stage == TEST:
            self._tested += 1
            how = "trained on train and validation" if "trained" in reason else f"failed: {reason}"
            self._print(f"trial {number:<5} {how}, seed {repetition.seed}")
            return
        before = dict(self._words)
        trained = self._standing()
        known = trained[number]
        here = summarise(known)
        result = f"failed: {reason}" if accuracy is None else f"{accuracy:.2%}"
        mean = f"   mean {_spread(here.mean, here.margin)}" if here.n > 1 else ""
        self._print(f"trial {number:<5} training {len(known)}   {result}{mean}")
        if min(map(len, trained.values())) < self._finals.rules.first:
            self._words = before
        for other, told in self._words.items():
            if told != before.get(other) and not told.startswith(RACING):
                self._print(f"      [bold]trial {other} {told}[/bold]")

    def _standing(self) -> dict[int, tuple[float, ...]]:
        finals = self._finals
        standing = standing_of(finals.store, finals.study, finals.rules)
        self._words = {
            number: f"{verdict.word}: {verdict.reason}"
            for number, verdict in standing.verdicts.items()
        }
        return {one.number: one.accuracies for one in standing.entrants}

    def _print(self, text: str) -> None:
        self._console.print(text, highlight=False)


def print_finals(study: Study, *, ended: bool, as_json: bool) -> None:
    """Print what finals have found: a row for each network, the smallest first."""
    finalists = study.finalists()
    if as_json:
        print_json(records(finalists))
        return
    out, record = console(), study.record
    out.print()
    out.print(finals_table(finalists, record.size, f"Finals of {record.name}"))
    tests = study.finals().query(f"{columns.STAGE} == 'test' and {columns.STATE} == 'finished'")
    if not ended:
        out.print(f"\nInterrupted. `sizewise finals {record.name}` goes on.", highlight=False)
    elif len(tests):
        when = tests[columns.ENDED].max()
        out.print(
            f"\nThe test images were opened on {when:%Y-%m-%d %H:%M} UTC, and stay closed now.",
            highlight=False,
        )
    out.print(
        "± is half of Student's 95 % interval of the mean; test networks learnt from train and "
        "validation images.",
        style="dim",
    )


def finals_table(finalists: pd.DataFrame, size: str, title: str) -> Table:
    """Return the finalists as a table."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    names = ("trial", size, "search", "validation", "n", "verdict", "test", "n", "why")
    for name in names:
        left = name in {"verdict", "why"}
        fold: Any = "fold" if name == "why" else "ellipsis"
        table.add_column(
            name.replace("_", " "),
            justify="left" if left else "right",
            overflow=fold,
            no_wrap=name != "why",
            header_style="dim",
        )
    for row in finalists.to_dict("records"):
        word = row[columns.VERDICT]
        style = STYLES.get(word, "yellow")
        table.add_row(
            str(row[columns.NUMBER]),
            amount(row[size]),
            f"{row[columns.ACCURACY]:.2%}",
            _spread(row[columns.VALIDATION_MEAN], row[columns.VALIDATION_MARGIN]),
            str(row[columns.VALIDATION_N] or ""),
            f"[{style}]{word}[/{style}]",
            _spread(row[columns.TEST_MEAN], row[columns.TEST_MARGIN]),
            str(row[columns.TEST_N] or ""),
            row[columns.WHY],
        )
    return table


def _spread(mean: float, margin: float) -> str:
    if math.isnan(mean):
        return ""
    return f"{mean:.2%}" if math.isnan(margin) else f"{mean:.2%} ± {100 * margin:.2f}"
