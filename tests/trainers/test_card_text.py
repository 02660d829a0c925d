"""The card in a terminal: not wider than it, nothing that it would obey, columns that add up."""

from __future__ import annotations

import re

import numpy as np
import pytest
from rich.cells import cell_len

from trainers import ImageData, split
from trainers.data import DataCard, card_text, data_card, printable

NAMES = {
    "short": "{}",
    "long": "{} of a kind with a name that is longer than any line of a terminal is {}",
    "wide": "植物標本の名前はとても長いことがありますから端末の行には入りきらないかもしれません{}",
    "hostile": "\x1b[31m[bold]{}\r\n\t\u202e\udcff",
}


def card(classes: int, name: str) -> DataCard:
    rng = np.random.default_rng(classes)
    labels = np.repeat(np.arange(classes, dtype=np.int64), 5 + np.arange(classes) % 11)
    images = rng.integers(0, 256, (len(labels), 3, 4, 4), dtype=np.uint8)
    names = tuple(name.replace("{}", str(number)) for number in range(classes))
    data = ImageData("drawn", images, labels, names, left_out=("a\x1b[2J.png: not a picture",) * 30)
    return data_card(data, split(data, seed=0))


@pytest.mark.parametrize("classes", [2, 10, 200])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_card_fits_into_80_columns(classes: int, name: str) -> None:
    made = card(classes, name)
    lines = card_text(made).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    rows = [line for line in lines if re.search(r"(  +[\d,]+){4}$", line)]
    numbers = np.array([[int(cell) for cell in row.replace(",", "").split()[-4:]] for row in rows])
    *shown, total = numbers
    assert len(shown) == (16 if classes > 24 else classes)
    assert (numbers[:, :3].sum(axis=1) == numbers[:, 3]).all()
    assert total[3] == sum(sum(part.values()) for part in made.counts.values())
    if classes <= 24:
        assert (sum(shown) == total).all()
        return
    (between,) = (line for line in lines if line.startswith("…"))
    sizes = [row[3] for row in shown]
    assert f"{classes - 16} classes" in between
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (15, 5)


def test_files_left_out_are_counted_and_the_first_of_them_listed() -> None:
    made = card(2, "{}")
    told = card_text(made)
    assert f"30 of {sum(sum(part.values()) for part in made.counts.values()) + 30} files" in told
    assert told.count("\n  a\\x1b[2J.png: not a picture") == 20
    assert told.endswith("… and 10 more")


def test_what_a_terminal_shows_is_left_as_it_is() -> None:
    assert printable("rosé 緑 | it's") == "rosé 緑 | it's"
    assert printable("\n\x1b\\\udcff") == r"\n\x1b\\udcff"
