"""Generic formats: a text of any machine, as its transitions or its configurations.

Both are made line by line from the inputs of a run and need no speech, so that they work for
imported machines too. A blank is written ``_``, an underscore ``'_'``, a space ``' '``; a marked
symbol has ``^`` before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from typing import NamedTuple

import numpy as np

from compiler.text import PARTS, ROLES, Part, Role, Spans, Text
from tm.engine import Run
from tm.table import ACCEPT, REJECT, Action, Table, Tape
from tm.trees import descend

HALT_NAMES = {ACCEPT: "accept", REJECT: "reject"}
"""Names of the states in which a machine halts."""

CELLS_PER_BLOCK = 128
"""Cells of a tape whose text is joined at once."""


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
    return text_of(run.table, _transition_lines(run.table, inputs, _actions(run)))


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
    return text_of(run.table, _configuration_lines(run.table, inputs, _actions(run)))


FORMATS = {"transitions": transitions, "configurations": configurations}
"""The generic formats by name."""


class Piece(NamedTuple):
    """A part of a line: the fields of its ``Span``, and its text."""

    role: Role
    part: Part
    text: str
    name: str = ""


class Line(NamedTuple):
    """A line of a text: the name of its state, and its pieces, the line break included."""

    step: str
    pieces: list[Piece]


def lines(format: str, table: Table, inputs: Mapping[str, str], transitions: int) -> Iterator[Line]:
    """Yield the lines of a text one by one, in memory that grows only with the cells used.

    Parameters
    ----------
    format
        A name in ``FORMATS``.
    inputs
        Texts by tape.
    transitions
        The number of transitions, at most those of the run.
    """
    return _LINES[format](table, inputs, repeat(None, transitions))


def text_of(table: Table, lines: Iterable[Line]) -> Text:
    """Return lines as one text with its spans."""
    names = ["", *(tape.name for tape in table.tapes)]
    roles, parts, indices = (
        {value: index for index, value in enumerate(values)} for values in (ROLES, PARTS, names)
    )
    steps = {"": 0}
    texts: list[str] = []
    rows: list[tuple[int, int, int, int, int]] = []
    count = 0
    for state, line in enumerate(lines):
        step = steps.setdefault(line.step, len(steps))
        for role, part, text, name in line.pieces:
            texts.append(text)
            rows.append((roles[role], parts[part], step, indices[name], state))
        count = state + 1
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    spans = Spans(
        start=ends[:-1],
        end=ends[1:],
        role=columns[0].astype(np.int8),
        part=columns[1].astype(np.int8),
        step=columns[2].astype(np.int32),
        name=columns[3].astype(np.int32),
        depth=np.ones(len(rows), np.int32),
        state=columns[4],
        steps=list(steps),
        names=names,
        labels=[str(i) for i in range(count)],
    )
    return Text("".join(texts), spans)


def _actions(run: Run) -> Iterator[int]:
    """Return the actions of a run one by one, without a list of all of them."""
    if run.actions is None:
        raise ValueError("the run has no actions; use run(..., actions=True) to keep them")
    return map(int, run.actions)


def _transition_lines(
    table: Table, inputs: Mapping[str, str], actions: Iterable[int | None]
) -> Iterator[Line]:
    named = len(table.tapes) > 1
    shown = [_shown_symbols(tape) for tape in table.tapes]
    for configuration in _replay(table, inputs, actions):
        if configuration.action is None:
            break
        state = _state_name(table, configuration.state)
        pieces = [Piece(Role.CONTROL, Part.TEXT, f"{state}:")]
        for tape in configuration.reads:
            symbol = shown[tape][configuration.symbol(tape)]
            pieces += _pair(Role.FETCH, " ", table.tapes[tape].name, symbol, named)
        for tape, written in configuration.action.writes:
            pieces += _pair(Role.SOLVE, " ; ", table.tapes[tape].name, shown[tape][written], named)
        for tape, move in configuration.action.moves:
            direction = "R" if move > 0 else "L"
            pieces += _pair(Role.SOLVE, " ; ", table.tapes[tape].name, direction, named, " ")
        after = _state_name(table, configuration.action.next)
        pieces += [
            Piece(Role.NEXT, Part.TEXT, " -> "),
            Piece(Role.NEXT, Part.LABEL, after),
            Piece(Role.NEXT, Part.TEXT, "\n"),
        ]
        yield Line(state, pieces)


def _configuration_lines(
    table: Table, inputs: Mapping[str, str], actions: Iterable[int | None]
) -> Iterator[Line]:
    named = len(table.tapes) > 1
    tapes: list[ShownTape] = []
    for configuration in _replay(table, inputs, actions):
        if not tapes:
            tapes = [
                ShownTape(tape, cells)
                for tape, cells in zip(table.tapes, configuration.tapes, strict=True)
            ]
        state = _state_name(table, configuration.state)
        pieces = [Piece(Role.CONTROL, Part.TEXT, f"{state}:")]
        for shown, head in zip(tapes, configuration.heads, strict=True):
            pieces += _pair(Role.SOLVE, " ", shown.tape.name, shown.text(head), named)
        pieces.append(Piece(Role.NEXT, Part.TEXT, "\n"))
        yield Line(state, pieces)
        if configuration.action is not None:
            for tape, symbol in configuration.action.writes:
                tapes[tape].write(configuration.heads[tape], symbol)


_LINES: Mapping[str, Callable[[Table, Mapping[str, str], Iterable[int | None]], Iterator[Line]]] = {
    "transitions": _transition_lines,
    "configurations": _configuration_lines,
}


def _pair(
    role: Role, lead: str, key: str, value: str, named: bool, equals: str = " = "
) -> list[Piece]:
    """Return a value, with the name of its tape as the key if ``named``."""
    if not named:
        return [Piece(role, Part.TEXT, lead, key), Piece(role, Part.VALUE, value, key)]
    return [
        Piece(role, Part.TEXT, lead, key),
        Piece(role, Part.KEY, key, key),
        Piece(role, Part.TEXT, equals, key),
        Piece(role, Part.VALUE, value, key),
    ]


class ShownTape:
    """A tape as text in blocks of cells; a line joins only the block at the head anew.

    Attributes
    ----------
    tape
        The tape.
    first, last
        The first and the last cell that is not blank; ``first > last`` on a blank tape.
    """

    def __init__(self, tape: Tape, cells: Mapping[int, int]) -> None:
        self.tape = tape
        self.first, self.last = 0, -1
        self._shown = _shown_symbols(tape)
        self._blocks: dict[int, list[str]] = {}
        self._joined: dict[int, str] = {}
        for cell, symbol in cells.items():
            self.write(cell, symbol)

    def write(self, cell: int, symbol: int) -> None:
        """Write a symbol into a cell."""
        number, index = divmod(cell, CELLS_PER_BLOCK)
        if number not in self._blocks:
            if not symbol:
                return
            self._blocks[number] = [self._shown[0]] * CELLS_PER_BLOCK
        self._blocks[number][index] = self._shown[symbol]
        self._joined.pop(number, None)
        if symbol:
            is_first = self.first > self.last
            self.first = cell if is_first else min(self.first, cell)
            self.last = cell if is_first else max(self.last, cell)
            return
        # The cells that are passed here were part of the line before.
        while self.first <= self.last and self._is_blank(self.first):
            self.first += 1
        while self.first <= self.last and self._is_blank(self.last):
            self.last -= 1

    def text(self, head: int) -> str:
        """Return the cells from the first to the last that is not blank or under the head."""
        is_blank = self.first > self.last
        start = head if is_blank else min(head, self.first)
        end = head + 1 if is_blank else max(head, self.last) + 1
        parts = []
        for number in range(start // CELLS_PER_BLOCK, (end - 1) // CELLS_PER_BLOCK + 1):
            base = number * CELLS_PER_BLOCK
            is_at_head = number == head // CELLS_PER_BLOCK
            if start <= base and base + CELLS_PER_BLOCK <= end and not is_at_head:
                parts.append(self._joined_block(number))
                continue
            cells = self._block(number)[max(start - base, 0) : end - base]
            if is_at_head:
                index = head - max(start, base)
                cells[index] = f">{cells[index]}"
            parts.append(" ".join(cells))
        return " ".join(parts)

    def _is_blank(self, cell: int) -> bool:
        number, index = divmod(cell, CELLS_PER_BLOCK)
        return number not in self._blocks or self._blocks[number][index] == self._shown[0]

    def _block(self, number: int) -> list[str]:
        return self._blocks.get(number) or [self._shown[0]] * CELLS_PER_BLOCK

    def _joined_block(self, number: int) -> str:
        joined = self._joined.get(number)
        if joined is None:
            joined = self._joined[number] = " ".join(self._block(number))
        return joined


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


def _replay(
    table: Table, inputs: Mapping[str, str], actions: Iterable[int | None]
) -> Iterator[_Configuration]:
    """Yield every configuration of a run in order; each one is changed in place afterwards.

    Parameters
    ----------
    actions
        The action of each transition, which is compared, or None for whatever the table says.
    """
    tapes: list[dict[int, int]] = [{} for _ in table.tapes]
    for name, word in inputs.items():
        tape = table.tape(name)
        tapes[tape].update((i, table.tapes[tape].symbols.index(c)) for i, c in enumerate(word))
    heads = [0] * len(tapes)
    state = 0
    for expected in actions:
        reads: set[int] = set()

        def read(tape: int, reads: set[int] = reads) -> int:
            reads.add(tape)
            return tapes[tape].get(heads[tape], 0)

        index = descend(table.states[state].tree, read)
        if not isinstance(index, int) or index < 0 or expected not in (None, index):
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


def _shown_symbols(tape: Tape) -> list[str]:
    """Return each symbol of a tape as the formats write it."""
    shown = map(tape.show, range(tape.size))
    return [f"{text[:-1]}' '" if text.endswith(" ") else text for text in shown]
