"""Pages that need nothing else, and that no text of a user can change."""

from __future__ import annotations

import itertools
import math
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import pytest

from results import Store, Study, open_store
from results.drawing import drawing
from results.pages import report_page, write_comparison, write_report
from space.table import rows

from .samples import report, small_network, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVIL = "<script>alert('&')</script>"


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        wanted = {"src", "href", "xlink:href", "action", "srcset", "data"}
        self.links += [value or "" for name, value in attrs if name in wanted]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    store.create_study(
        "digits", {"note": EVIL}, data={"name": EVIL, "hash": "af"}, space={}, seed=3, size="params"
    )
    yield Study(store, "digits")
    store.close()


def add(study: Study, number: int, filters: int, state: str, *accuracies: float) -> int:
    trial_id = study.store.start_trial(study.record.id, start(number, small_network(filters)))
    for epoch, accuracy in enumerate(accuracies, start=1):
        study.store.record_epoch(trial_id, report(epoch, accuracy))
    if state != "running":
        study.store.end_trial(trial_id, state, EVIL)
    return trial_id


def repeated(store: Store, trial_id: int, stage: str, *accuracies: float) -> None:
    for seed, accuracy in enumerate(accuracies):
        final = store.start_final(trial_id, stage, seed)
        store.end_final(final, "finished", "trained", epochs=3, accuracy=accuracy)


def check(text: str) -> Page:
    page = Page(text)
    assert "script" not in page.tags
    assert all(link.startswith(("#", "data:")) for link in page.links)
    assert "url(http" not in text
    assert "@import" not in text
    return page


def test_a_report_asks_nobody_and_shows_text_as_text(study: Study, tmp_path: Path) -> None:
    small = add(study, 0, 4, "finished", 0.1, 0.7)
    large = add(study, 1, 8, "finished", 0.2, 0.9)
    add(study, 2, 16, "failed", math.nan)
    add(study, 3, 12, "running", 0.3)
    page = check(report_page(study))
    assert EVIL in page.text
    assert "have not been held" in page.text
    repeated(study.store, small, "validation", 0.7, 0.71, 0.69)
    repeated(study.store, large, "validation", 0.5, 0.51, 0.49)
    repeated(study.store, small, "test", 0.68, 0.69)
    path = write_report(study, tmp_path / "new" / "report.html")
    page = check(path.read_text(encoding="utf-8"))
    for told in ("confirmed", "demoted", "is no larger and more accurate", "68.50 %"):
        assert told in page.text
    # Drawn are those that are left; trial 1 is not among them.
    assert page.text.count("Trial 0 ") == 1
    assert "Trial 1 " not in page.text
    assert path.stat().st_size < 400_000


def test_reports_of_next_to_nothing(study: Study) -> None:
    check(report_page(study))
    add(study, 0, 4, "running")
    check(report_page(study))


def test_a_comparison_is_a_page_too(study: Study, tmp_path: Path) -> None:
    add(study, 0, 4, "finished", 0.1, 0.7)
    add(study, 1, 8, "stopped", 0.2)
    compared = study.compare(0, 1)
    assert "split" in compared.notes[0]
    path = write_comparison(study, compared, tmp_path / "pair.html")
    page = check(path.read_text(encoding="utf-8"))
    assert "Trial 0 and trial 1" in page.text
    assert EVIL in page.text or EVIL not in "".join(compared.notes)


def test_a_drawing_is_in_proportion() -> None:
    network = small_network(8)
    drawn = drawing(network)
    shown = {row.name: row for row in rows(network)}
    names = [block.title.split(":")[0] for block in drawn.blocks]
    assert names == ["Input", "Conv2d 8@3×3", "MaxPool2d 2×2", "Linear 10"]
    maps = [block for block in drawn.blocks if block.kind != "dense"]
    sides = [shown[name].shape[1] for name in names[:-1]]
    np.testing.assert_allclose([b.height / maps[0].height for b in maps], np.array(sides) / 8)
    bars = [block.bar for block in drawn.blocks if block.bar]
    params = [shown[name].params for name in ("Conv2d 8@3×3", "Linear 10")]
    assert bars[0] / bars[1] == pytest.approx(params[0] / params[1])
    edges = [(block.x, block.x + block.width) for block in drawn.blocks]
    assert all(right < left for (_, right), (left, _) in itertools.pairwise(edges))
    assert edges[-1][1] <= drawn.width
