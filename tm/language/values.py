"""The values that a register or a cell can have, and the domains of registers.

A number is an ``int``; a symbol is a one-character ``str``, except that a digit is its number; the
blank is ``BLANK``; a member of an enumeration is a ``Member``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tm.table import BLANK


class Member(NamedTuple):
    """A member of an enumeration; members of one name are equal across enumerations."""

    name: str


Value = int | str | Member


def value_of(symbol: str) -> Value:
    """Return the value of a symbol read from a tape; that of a digit is its number."""
    return int(symbol) if symbol in _DIGITS else symbol


def symbol_of(value: Value) -> str | None:
    """Return the symbol that stores a value on a tape, or None if it has none."""
    if isinstance(value, int):
        return str(value) if 0 <= value <= 9 else None
    return value if isinstance(value, str) else None


_DIGITS = frozenset("0123456789")


def kind_of(value: Value) -> str:
    """Return ``number``, ``symbol`` or ``member``."""
    if isinstance(value, int):
        return "number"
    return "symbol" if isinstance(value, str) else "member"


def show(value: Value) -> str:
    """Return a value as it is written in the language."""
    if isinstance(value, Member):
        return value.name
    if value == BLANK:
        return "_"
    return str(value) if isinstance(value, int) else f"'{value}'"


@dataclass(frozen=True, slots=True)
class Domain:
    """A finite set of values, and its source text."""

    values: frozenset[Value]
    shown: str

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(map(kind_of, self.values))


TRUE, FALSE = Member("true"), Member("false")

BOOLEAN = Domain(frozenset((TRUE, FALSE)), "bool")
"""The domain of conditions."""


def kinds_of(symbols: frozenset[str]) -> frozenset[str]:
    """Return the kinds of value that cells of an alphabet can have."""
    return frozenset(kind_of(value_of(s)) for s in symbols)
