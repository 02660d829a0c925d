from __future__ import annotations

from pathlib import Path

from hypothesis import given

from space import Architecture, table
from space.presets import REFERENCES
from tests.strategies import architectures

GOLDEN = Path(__file__).parent / "golden"


def column(lines: list[str], title: str, head: str) -> list[str]:
    """Read the cells that end where the title ends."""
    end = head.index(title) + len(title)
    return [line[:end].split("  ")[-1].strip() for line in lines]


def test_the_table_of_lenet5_is_golden_and_adds_up() -> None:
    told = table.text(table.rows(REFERENCES["lenet5"]))
    assert told == (GOLDEN / "lenet5.txt").read_text(encoding="utf-8")
    head, _, *body, _, total = told.splitlines()
    for title in ("params", "macs"):
        cells = [int(cell.replace(",", "")) for cell in column([*body, total], title, head)]
        assert sum(cells[:-1]) == cells[-1]


@given(architectures())
def test_rows_add_up_to_the_architecture(architecture: Architecture) -> None:
    rows = table.rows(architecture)
    assert len(rows) == len(architecture.layers) + 1
    assert sum(row.params for row in rows) == architecture.params
    assert sum(row.macs for row in rows) == architecture.macs
    assert [row.shape for row in rows] == list(architecture.shapes)
    assert len(table.text(rows).splitlines()) == len(rows) + 4
    seen = [row.receptive_field for row in rows if row.receptive_field is not None]
    assert seen[-1] == architecture.receptive_field
