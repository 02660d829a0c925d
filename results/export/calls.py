"""Python source laid out as a formatter would: nested calls, tuples, and texts to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The width that formatters for Python agree on where nobody asks for another.
_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Call:
    """A call in source: its function, arguments as text or as calls, and a comment at its end."""

    function: str
    arguments: tuple[str | Call, ...] = ()
    comment: str = ""


def lines(call: Call, indent: int) -> list[str]:
    """Return an element of a sequence of calls as lines, each ending in a comma.

    A call that does not fit in a line, or holds a comment, gets a line for each argument.
    """
    comment = f"  # {call.comment}" if call.comment else ""
    margin = " " * indent
    flat = f"{margin}{_flat(call)},{comment}"
    if len(flat) <= _WIDTH and not _commented(call):
        return [flat]
    inner = [line for argument in call.arguments for line in _argument(argument, indent + 4)]
    return [f"{margin}{call.function}(", *inner, f"{margin}),{comment}"]


def quoted(text: str) -> str:
    """Return a string literal in the quotes that need fewer escapes, or in double ones."""
    if text.count('"') > text.count("'"):
        return "'" + _escaped(text).replace("'", "\\'") + "'"
    return '"' + _escaped(text).replace('"', '\\"') + '"'


def assigned(name: str, items: Sequence[str]) -> str:
    """Return the assignment of a tuple, in one line where it fits."""
    flat = f"{name} = ({', '.join(items)}{',' if len(items) == 1 else ''})"
    if len(flat) <= _WIDTH:
        return flat
    return "\n".join([f"{name} = (", *(f"    {item}," for item in items), ")"])


def unusual(options: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    """Return as keyword arguments the values that differ from the usual ones beside them."""
    return tuple(f"{name}={value}" for name, (value, usual) in options.items() if value != usual)


def text(name: str) -> str:
    """Return a text of this package, which stands in for what is the same in every export."""
    return files(__package__).joinpath("texts", name).read_text(encoding="utf-8")


def _escaped(text: str) -> str:
    # Between both kinds of quotes, repr escapes all but the quotes themselves.
    return "".join(each if each in "'\"" else repr(each)[1:-1] for each in text)


def _argument(argument: str | Call, indent: int) -> list[str]:
    if isinstance(argument, Call):
        return lines(argument, indent)
    return [f"{' ' * indent}{argument},"]


def _flat(call: Call) -> str:
    told = (_flat(each) if isinstance(each, Call) else each for each in call.arguments)
    return f"{call.function}({', '.join(told)})"


def _commented(call: Call) -> bool:
    inner = (each for each in call.arguments if isinstance(each, Call))
    return any(each.comment or _commented(each) for each in inner)
