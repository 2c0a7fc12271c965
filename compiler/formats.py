"""Generic formats: a text of any machine, as its transitions or its configurations.

Both are made from the actions of a run (``tm.run(..., actions=True)``) and its inputs and need no
speech, so that they work for imported machines too. A blank is written ``_``, an underscore
``'_'``, a space ``' '``; a marked symbol has ``^`` before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from compiler.text import PARTS, ROLES, Part, Role, Spans, Text
from tm.engine import Run
from tm.table import ACCEPT, REJECT, Action, Table, Tape
from tm.trees import descend

HALT_NAMES = {ACCEPT: "accept", REJECT: "reject"}
"""Names of the states in which a machine halts."""


def transitions(run: Run, inputs: Mapping[str, str]) -> Text:
    """Return a text with one line for each transition of a run.

    A line holds the state, the symbols read, the symbols written, the moves and the next state; it
    lists only the tapes that the transition uses. A machine with one tape omits its name::

        A: 0 ; 1 ; R -> B

    A machine with more tapes repeats their names::

        copy: x = 1 ; y = 1 ; x R ; y R -> copy

    In the spans, the state is control, reads are fetch, writes and moves are solve. The step is the
    name of the state, the label the number of the transition, from 0.

    Parameters
    ----------
    run
        A run with actions.
    inputs
        Its words by tape.

    Raises
    ------
    ValueError
        If the run has no actions, or if ``inputs`` are not the inputs of the run.
    """
    text = _TextBuilder([tape.name for tape in run.table.tapes])
    names = len(run.table.tapes) > 1
    for configuration in _replay(run, inputs):
        if configuration.action is None:
            break
        state = _state_name(run.table, configuration.state)
        text.begin_line(state)
        text.add(Role.CONTROL, Part.TEXT, f"{state}:")
        for tape in configuration.reads:
            symbol = _format_symbol(run.table.tapes[tape], configuration.symbol(tape))
            text.add_pair(Role.FETCH, " ", run.table.tapes[tape].name, symbol, names=names)
        for tape, written in configuration.action.writes:
            symbol = _format_symbol(run.table.tapes[tape], written)
            text.add_pair(Role.SOLVE, " ; ", run.table.tapes[tape].name, symbol, names=names)
        for tape, move in configuration.action.moves:
            name = run.table.tapes[tape].name
            direction = "R" if move > 0 else "L"
            text.add_pair(Role.SOLVE, " ; ", name, direction, names=names, equals=" ")
        text.add(Role.NEXT, Part.TEXT, " -> ")
        text.add(Role.NEXT, Part.LABEL, _state_name(run.table, configuration.action.next))
        text.add(Role.NEXT, Part.TEXT, "\n")
    return text.build()


def configurations(run: Run, inputs: Mapping[str, str]) -> Text:
    """Return a text with one line for each configuration of a run.

    A line holds the state and every tape, with ``>`` before the cell under the head, as in Turing
    Programs (arXiv 2407.03310). The first line is the initial configuration, the last one follows
    the last transition::

        A: >0 0
        B: 1 >0

    A tape is written from its first to its last cell that is not blank or is under the head. A
    machine with more than one tape repeats their names (``x = >1 0 y = >_``). In the spans, the
    state is control, the cells of a tape are solve, the end of the line is next; step and label are
    those of ``transitions``.

    Parameters
    ----------
    run
        A run with actions.
    inputs
        Its words by tape.

    Raises
    ------
    ValueError
        If the run has no actions, or if ``inputs`` are not the inputs of the run.
    """
    text = _TextBuilder([tape.name for tape in run.table.tapes])
    names = len(run.table.tapes) > 1
    for configuration in _replay(run, inputs):
        state = _state_name(run.table, configuration.state)
        text.begin_line(state)
        text.add(Role.CONTROL, Part.TEXT, f"{state}:")
        for index, tape in enumerate(run.table.tapes):
            cells = configuration.tapes[index]
            filled = [cell for cell, symbol in cells.items() if symbol]
            head = configuration.heads[index]
            extent = range(min([head, *filled]), max([head, *filled]) + 1)
            word = " ".join(
                (">" if cell == head else "") + _format_symbol(tape, cells.get(cell, 0))
                for cell in extent
            )
            text.add_pair(Role.SOLVE, " ", tape.name, word, names=names)
        text.add(Role.NEXT, Part.TEXT, "\n")
    return text.build()


FORMATS = {"transitions": transitions, "configurations": configurations}
"""The generic formats by name."""


class _Configuration(NamedTuple):
    """A configuration of a run and the transition that leaves it.

    Attributes
    ----------
    state
        Index of the state, or ``ACCEPT`` or ``REJECT``.
    tapes
        Symbols by cell, for each tape; cells that were never written are absent.
    heads
        Cell under each head.
    reads
        Tapes that the transition reads, in ascending order.
    action
        Action of the transition; None after the last one.
    """

    state: int
    tapes: list[dict[int, int]]
    heads: list[int]
    reads: list[int]
    action: Action | None

    def symbol(self, tape: int) -> int:
        return self.tapes[tape].get(self.heads[tape], 0)


def _replay(run: Run, inputs: Mapping[str, str]) -> Iterator[_Configuration]:
    """Yield every configuration of a run in order; each one is changed in place afterwards."""
    if run.actions is None:
        raise ValueError("the run has no actions; use run(..., actions=True) to keep them")
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
            raise ValueError("the inputs are not those of the run; pass its initial words")
        action = table.actions[index]
        yield _Configuration(state, tapes, heads, sorted(reads), action)
        for tape, symbol in action.writes:
            tapes[tape][heads[tape]] = symbol
        for tape, move in action.moves:
            heads[tape] += move
        state = action.next
    yield _Configuration(state, tapes, heads, [], None)


def _state_name(table: Table, state: int) -> str:
    return HALT_NAMES[state] if state < 0 else table.state_names[state]


def _format_symbol(tape: Tape, symbol: int) -> str:
    text = tape.show(symbol)
    return f"{text[:-1]}' '" if text.endswith(" ") else text


class _TextBuilder:
    """Collector of strings with their types, which builds a text and its spans."""

    def __init__(self, names: list[str]) -> None:
        self.names = ["", *names]
        self.steps: dict[str, int] = {"": 0}
        self.step = 0
        self.parts: list[str] = []
        self.rows: list[tuple[int, int, int, int, int]] = []
        self.line = -1

    def begin_line(self, step: str) -> None:
        self.line += 1
        self.step = self.steps.setdefault(step, len(self.steps))

    def add(self, role: Role, part: Part, text: str, name: str = "") -> None:
        self.parts.append(text)
        self.rows.append(
            (ROLES.index(role), PARTS.index(part), self.step, self.names.index(name), self.line)
        )

    def add_pair(
        self, role: Role, lead: str, key: str, value: str, *, names: bool, equals: str = " = "
    ) -> None:
        """Add a value, with the name of its tape as the key if ``names``."""
        self.add(role, Part.TEXT, lead, key)
        if names:
            self.add(role, Part.KEY, key, key)
            self.add(role, Part.TEXT, equals, key)
        self.add(role, Part.VALUE, value, key)

    def build(self) -> Text:
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
            labels=[str(i) for i in range(self.line + 1)],
        )
        return Text("".join(self.parts), spans)
