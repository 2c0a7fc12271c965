"""Texts of any machine, without a word of its own: its transitions, or its configurations.

Both are made from the actions of a run (``tm.run(..., actions=True)``) and its inputs, so they work
for imported machines too. A blank is ``_``, an underscore ``'_'``, a space ``' '``, a marked symbol
has ``^`` before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from compiler.text import PARTS, ROLES, Part, Role, Spans, Text
from tm.engine import Run
from tm.table import ACCEPT, REJECT, Action, Table, Tape
from tm.trees import descend

HALTS = {ACCEPT: "accept", REJECT: "reject"}


def transitions(run: Run, inputs: Mapping[str, str]) -> Text:
    """A line a transition: state, what it reads, writes and moves, and the next state.

    Only the tapes that a transition looks at stand in it. A machine with one tape leaves its name
    out::

        A: 0 ; 1 ; R -> B

    and one with more says it each time::

        copy: x = 1 ; y = 1 ; x R ; y R -> copy

    Spans: the state is control, what is read fetch, writes and moves are solve; the step is the
    state's name, the label the number of the transition, from 0.

    Raises
    ------
    ValueError
        When the run has no actions, or ``inputs`` are not those of the run.
    """
    text = _Builder([tape.name for tape in run.table.tapes])
    names = len(run.table.tapes) > 1
    for here in _replay(run, inputs):
        if here.action is None:
            break
        state = _name(run.table, here.state)
        text.line(state)
        text.add(Role.CONTROL, Part.TEXT, f"{state}:")
        for tape in here.reads:
            shown = _cell(run.table.tapes[tape], here.symbol(tape))
            text.pair(Role.FETCH, " ", run.table.tapes[tape].name, shown, names=names)
        for tape, symbol in here.action.writes:
            shown = _cell(run.table.tapes[tape], symbol)
            text.pair(Role.SOLVE, " ; ", run.table.tapes[tape].name, shown, names=names)
        for tape, move in here.action.moves:
            name = run.table.tapes[tape].name
            shown = "R" if move > 0 else "L"
            text.pair(Role.SOLVE, " ; ", name, shown, names=names, equals=" ")
        text.add(Role.NEXT, Part.TEXT, " -> ")
        text.add(Role.NEXT, Part.LABEL, _name(run.table, here.action.next))
        text.add(Role.NEXT, Part.TEXT, "\n")
    return text.done()


def configurations(run: Run, inputs: Mapping[str, str]) -> Text:
    """A line a configuration: the state and every tape, ``>`` before the cell under the head.

    The form of Turing Programs (arXiv 2407.03310), from the first configuration to the one after
    the last transition::

        A: >0 0
        B: 1 >0

    A tape is shown from its first to its last cell that is not blank or under the head; with more
    than one, each has its name (``x = >1 0 y = >_``). Spans: the state is control, a tape's cells
    are solve, the end of the line is next; step and label as in ``transitions``.

    Raises
    ------
    ValueError
        When the run has no actions, or ``inputs`` are not those of the run.
    """
    text = _Builder([tape.name for tape in run.table.tapes])
    names = len(run.table.tapes) > 1
    for here in _replay(run, inputs):
        state = _name(run.table, here.state)
        text.line(state)
        text.add(Role.CONTROL, Part.TEXT, f"{state}:")
        for index, tape in enumerate(run.table.tapes):
            filled = [cell for cell, symbol in here.tapes[index].items() if symbol]
            head = here.heads[index]
            cells = range(min([head, *filled]), max([head, *filled]) + 1)
            shown = " ".join(
                (">" if cell == head else "") + _cell(tape, here.tapes[index].get(cell, 0))
                for cell in cells
            )
            text.pair(Role.SOLVE, " ", tape.name, shown, names=names)
        text.add(Role.NEXT, Part.TEXT, "\n")
    return text.done()


FORMATS = {"transitions": transitions, "configurations": configurations}


class _Here(NamedTuple):
    """A configuration; ``reads`` and ``action``: the transition made from it, None after the
    last.
    """

    state: int
    tapes: list[dict[int, int]]
    heads: list[int]
    reads: list[int]
    action: Action | None

    def symbol(self, tape: int) -> int:
        return self.tapes[tape].get(self.heads[tape], 0)


def _replay(run: Run, inputs: Mapping[str, str]) -> Iterator[_Here]:
    """Every configuration of a run, in order; each is changed in place after it was yielded."""
    if run.actions is None:
        raise ValueError("the run has no actions: run(..., actions=True) keeps them")
    table = run.table
    tapes: list[dict[int, int]] = [{} for _ in table.tapes]
    for name, word in inputs.items():
        tape = table.tape(name)
        tapes[tape].update((i, table.tapes[tape].symbols.index(c)) for i, c in enumerate(word))
    heads = [0] * len(tapes)
    state = 0
    for index in run.actions.tolist():
        reads: set[int] = set()

        def read(tape: int, reads: set[int] = reads) -> int:
            reads.add(tape)
            return tapes[tape].get(heads[tape], 0)

        if descend(table.states[state].tree, read) != index:
            raise ValueError("the inputs are not those of the run")
        action = table.actions[index]
        yield _Here(state, tapes, heads, sorted(reads), action)
        for tape, symbol in action.writes:
            tapes[tape][heads[tape]] = symbol
        for tape, move in action.moves:
            heads[tape] += move
        state = action.next
    yield _Here(state, tapes, heads, [], None)


def _name(table: Table, state: int) -> str:
    return HALTS[state] if state < 0 else table.states[state].name


def _cell(tape: Tape, symbol: int) -> str:
    shown = tape.show(symbol)
    return f"{shown[:-1]}' '" if shown.endswith(" ") else shown


class _Builder:
    """Strings with their kinds → a text and its spans."""

    def __init__(self, names: list[str]) -> None:
        self.names = ["", *names]
        self.steps: dict[str, int] = {"": 0}
        self.parts: list[str] = []
        self.rows: list[tuple[int, int, int, int, int]] = []
        self.lines = -1

    def line(self, step: str) -> None:
        self.lines += 1
        self.step = self.steps.setdefault(step, len(self.steps))

    def add(self, role: Role, part: Part, text: str, name: str = "") -> None:
        self.parts.append(text)
        self.rows.append(
            (ROLES.index(role), PARTS.index(part), self.step, self.names.index(name), self.lines)
        )

    def pair(
        self, role: Role, lead: str, key: str, value: str, *, names: bool, equals: str = " = "
    ) -> None:
        self.add(role, Part.TEXT, lead, key)
        if names:
            self.add(role, Part.KEY, key, key)
            self.add(role, Part.TEXT, equals, key)
        self.add(role, Part.VALUE, value, key)

    def done(self) -> Text:
        ends = np.cumsum([0, *map(len, self.parts)], dtype=np.int64)
        role, part, step, name, state = np.array(self.rows, np.int64).reshape(-1, 5).T
        spans = Spans(
            start=ends[:-1],
            end=ends[1:],
            role=role.astype(np.int8),
            part=part.astype(np.int8),
            step=step.astype(np.int32),
            name=name.astype(np.int32),
            depth=np.ones(len(role), np.int32),
            state=state,
            steps=list(self.steps),
            names=self.names,
            labels=[str(i) for i in range(self.lines + 1)],
        )
        return Text("".join(self.parts), spans)
