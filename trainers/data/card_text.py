"""A data card for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .card import DataCard

MOST_CLASSES = 24
"""Above as many, only the largest and the smallest classes are shown."""

MOST_LEFT_OUT = 20
_ENDS = 8
_LABEL = 14


def card_text(card: DataCard, width: int = 80) -> str:
    """Return the card in lines, its table at most ``width`` columns wide: long names are cut."""
    return "\n".join(
        [*_head(card), "", *_table(card, width), "", *_doubles(card), *_left_out(card)]
    )


def printable(text: str) -> str:
    """Return ``text`` with all that a terminal would not show, or obey, as an escape."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _head(card: DataCard) -> Iterator[str]:
    images = sum(sum(each.values()) for each in card.counts.values())
    yield printable(card.name)
    yield _line("image", f"{' x '.join(map(str, card.shape))} (channels, height, width)")
    yield _line("hash", card.hash[:12])
    yield _line("images", f"{images:,} of {len(card.counts['train']):,} classes")
    yield _line("imbalance", f"{card.imbalance:.2f}, the largest class by the smallest")
    yield _line("mean", f"{_values(card.mean)} (train part, pixels from 0 to 1)")
    yield _line("deviation", _values(card.std))


def _values(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:.3f}" for number in numbers)


def _line(label: str, text: str) -> str:
    return f"{label:<{_LABEL}} {text}"


def _table(card: DataCard, width: int) -> list[str]:
    parts = list(card.counts)
    names = list(card.counts[parts[0]])
    rows = {name: [card.counts[part][name] for part in parts] for name in names}
    rows = {name: [*row, sum(row)] for name, row in rows.items()}
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    titles = [*parts, "total"]
    sizes = [max(len(title), len(f"{most:,}")) for title, most in zip(titles, total, strict=True)]
    shown = _shown(rows)
    labels = [printable(name) for name in (*shown, "all classes")]
    room = max(12, width - sum(2 + size for size in sizes))
    first = min(room, max(map(cell_len, labels)))

    def row(label: str, cells: Sequence[str]) -> str:
        numbers = (f"  {cell:>{size}}" for cell, size in zip(cells, sizes, strict=True))
        return _cut(label, first) + "".join(numbers)

    def counted(name: str, counts: Sequence[int]) -> str:
        return row(printable(name), [f"{count:,}" for count in counts])

    lines = [counted(name, rows[name]) for name in shown]
    if len(shown) < len(rows):
        lines.insert(_ENDS, f"… {len(rows) - len(shown):,} classes between these in size")
    return [row("class", titles), *lines, counted("all classes", total)]


def _shown(rows: dict[str, list[int]]) -> list[str]:
    """Return the names in their order, or of many the largest and the smallest by size."""
    if len(rows) <= MOST_CLASSES:
        return list(rows)
    ordered = sorted(rows, key=lambda name: -rows[name][-1])
    return ordered[:_ENDS] + ordered[-_ENDS:]


def _cut(text: str, size: int) -> str:
    """Return ``text`` in ``size`` columns, without its middle where it is too long."""
    if cell_len(text) <= size:
        return set_cell_size(text, size)
    end = (size - 1) // 2
    tail = text
    while cell_len(tail) > end:
        tail = tail[1:]
    return set_cell_size(set_cell_size(text, size - 1 - end) + "…" + tail, size)


def _doubles(card: DataCard) -> Iterator[str]:
    order = list(card.counts)
    pairs = {tuple(where.split(" and ")): count for where, count in card.duplicates.items()}
    places = sorted(pairs, key=lambda pair: [order.index(part) for part in reversed(pair)])
    told = [_double(pair[0], pair[1], pairs[pair]) for pair in places if pairs[pair]]
    yield _line("duplicates", told[0] if told else "none")
    yield from (_line("", each) for each in told[1:])
    many = f"{_images(card.contradictions)} also with another class"
    yield _line("contradictions", many if card.contradictions else "none")


def _double(earlier: str, part: str, count: int) -> str:
    if earlier == part:
        return f"{_images(count)} of {part} again in {part}"
    return f"{_images(count)} of {part} also in {earlier}: accuracy on {part} looks too good"


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _left_out(card: DataCard) -> Iterator[str]:
    if not card.left_out:
        yield _line("left out", "none")
        return
    read = sum(sum(each.values()) for each in card.counts.values())
    yield _line("left out", f"{len(card.left_out):,} of {read + len(card.left_out):,} files")
    yield from (f"  {printable(each)}" for each in card.left_out[:MOST_LEFT_OUT])
    if len(card.left_out) > MOST_LEFT_OUT:
        yield f"  … and {len(card.left_out) - MOST_LEFT_OUT:,} more"
