"""Tables built by hand that several test modules use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tm.speech import StylePiece, Utterance
from tm.table import ACCEPT, BLANK, REJECT, Action, Check, Place, State, Table, Tape, Undefined
from tm.trees import Branch, Tree

Engine = Literal["reference", "compiled"]

PLACE = Place("m.tm", 3, 5)

HALTS = Action(ACCEPT)
"""The action that accepts and changes nothing."""


def one_tape(
    *trees: Tree,
    actions: Sequence[Action],
    tape: Tape | None = None,
    undefined: Sequence[Undefined] = (),
    utterances: Sequence[Utterance] = (),
) -> Table:
    """Return a table of one tape, by default with the symbols a and b, and a state for each
    tree.
    """
    return Table(
        name="m",
        tapes=(tape or Tape(name="t", symbols=(BLANK, "a", "b"), word=frozenset("ab")),),
        states=tuple(State(f"s{index}", PLACE, tree) for index, tree in enumerate(trees)),
        actions=tuple(actions),
        undefined=tuple(undefined),
        utterances=tuple(utterances),
    )


def runner(move: int) -> Table:
    """Return a table of one state that moves its head forever."""
    return one_tape(0, actions=(Action(0, moves=((0, move),)),))


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
