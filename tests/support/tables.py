"""Tables built by hand that several test modules use."""

from __future__ import annotations

from tm.speech import StylePiece
from tm.table import BLANK, REJECT, Action, Check, Place, State, Table, Tape, Undefined
from tm.trees import Branch

PLACE = Place("m.tm", 3, 5)


def table_of_everything() -> Table:
    """Return a table with one of each thing that random tables lack."""
    checks = (Check("first", 0, -1, 1, Place("other.tm", 7, 2)),)
    return Table(
        name="full",
        tapes=(Tape(name="t", symbols=(BLANK, '"', "\\", "0"), word=frozenset('"0'), marks=True),),
        states=(State("s", PLACE, Branch(0, ((frozenset([0, 7]), 0), (frozenset([1]), ~0)))),),
        actions=(Action(REJECT, ((0, 4),), ((0, -1),), (), checks),),
        undefined=(Undefined(PLACE, "naïve – “text”\u2028"),),
        styles={"styled": {"next": (StylePiece("", "Now "), StylePiece("label", ""))}},
    )
