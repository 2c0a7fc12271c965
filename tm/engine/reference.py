"""The reference engine: a slow and simple interpreter of the table."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

import numpy as np
from numpy.typing import NDArray

from tm.engine.alphabet import encode, letters_of
from tm.engine.outcome import DEFAULT_LIMITS, ContractBroken, Limits, Outcome
from tm.engine.result import Contents, Run
from tm.speech import END_NAME, RECENT_OF_SENTENCE, RECENT_SYMBOLS, RECENT_WORDS, Print, set_apart
from tm.table import ACCEPT, REJECT, Action, Check, Table
from tm.trace import Trace
from tm.trees import descend

SparseCells = dict[int, int]
"""A tape: the symbols of its non-blank cells, by the numbers of the cells."""

CELLS_SHOWN = 8
"""Number of cells on each side of a head that a message shows."""


class Stepper:
    """A run in progress, one transition at a time; it tests head contracts unless told not to.

    Attributes
    ----------
    state, transitions
        As in ``Run``, at this point.
    heads
        The number of the cell under each head.
    outcome
        The outcome; None until the run has ended.
    printed
        The lines that the last transition printed, with their places; see ``tm.load``.
    """

    def __init__(
        self,
        table: Table,
        inputs: Mapping[str, str],
        *,
        limits: Limits = DEFAULT_LIMITS,
        trace: bool = True,
        actions: bool = False,
        contracts: bool = True,
    ) -> None:
        encoded = encode(table, [inputs])
        self.table = table
        self.limits = limits
        self.state = 0
        self.transitions = 0
        self.outcome: Outcome | None = None
        self.printed: tuple[str, ...] = ()
        self.heads = [0] * len(table.tapes)
        self._cells: list[SparseCells] = [{} for _ in table.tapes]
        for tape, (start, end) in zip(encoded.tapes, encoded.ends, strict=True):
            symbols = encoded.symbols[start:end].tolist()
            self._cells[tape] = {cell: s for cell, s in enumerate(symbols) if s}
        self._reach = encoded.longest - 1
        self._trace_builder = _TraceBuilder() if trace else None
        self._actions: list[int] | None = [] if actions else None
        self._contracts = contracts

    def copy(self) -> Stepper:
        """Return a run at the same point, which continues on its own.

        Raises
        ------
        ValueError
            If the run records its trace or its actions.
        """
        if self._trace_builder or self._actions is not None:
            raise ValueError("a run that records its trace or its actions cannot be copied")
        other = copy(self)
        other.heads = self.heads.copy()
        other._cells = [cells.copy() for cells in self._cells]
        return other

    def read(self, tape: int) -> int:
        """Return the symbol under the head of a tape."""
        return self._cells[tape].get(self.heads[tape], 0)

    def step(self) -> Outcome | None:
        """Make one transition; return the outcome, or None if the run has not ended.

        Raises
        ------
        ContractBroken
            If the transition would break a head contract; it is not made.
        """
        if self.outcome is None:
            self.outcome = self._step()
        return self.outcome

    def finish(self) -> Run:
        """Make the remaining transitions and return the run."""
        while self.step() is None:
            pass
        return self.result()

    def result(self) -> Run:
        """Return the finished run.

        Raises
        ------
        ValueError
            If the run has not ended.
        """
        if self.outcome is None:
            raise ValueError("the run has not ended: call `step` until it returns an outcome")
        return Run(
            table=self.table,
            outcome=self.outcome,
            transitions=self.transitions,
            state=self.state,
            tapes=self.tapes,
            trace=self._trace_builder.trace() if self._trace_builder else None,
            actions=None if self._actions is None else np.array(self._actions, dtype=np.int32),
        )

    @property
    def tapes(self) -> tuple[Contents, ...]:
        """The tapes at this point."""
        return tuple(
            _contents(self.table, index, cells, self.heads[index])
            for index, cells in enumerate(self._cells)
        )

    def _step(self) -> Outcome | None:
        self.printed = ()
        if self.transitions >= self.limits.steps:
            return Outcome.STEP_LIMIT
        if max((abs(head) for head in self.heads), default=0) > self.limits.cells:
            return Outcome.SPACE_LIMIT
        if self.transitions == 0 and self._reach > self.limits.cells:
            return Outcome.SPACE_LIMIT
        index = self.choose()
        if index is None:
            return Outcome.STUCK
        action = self.table.actions[index]
        if self._trace_builder and not self._say(action, self._trace_builder):
            return Outcome.TEXT_LIMIT
        for check in action.checks if self._contracts else ():
            self._test(check)
        self.printed = tuple(map(self._line, action.prints))
        for tape, symbol in action.writes:
            if symbol:
                self._cells[tape][self.heads[tape]] = symbol
            else:
                self._cells[tape].pop(self.heads[tape], None)
        for tape, move in action.moves:
            self.heads[tape] += move
        self.transitions += 1
        self.state = action.next
        if self._actions is not None:
            self._actions.append(index)
        return {ACCEPT: Outcome.ACCEPT, REJECT: Outcome.REJECT}.get(action.next)

    def choose(self) -> int | None:
        """Return the index of the next action, or None if there is no transition."""
        leaf = descend(self.table.states[self.state].tree, self.read)
        return leaf if isinstance(leaf, int) and leaf >= 0 else None

    def _line(self, print: Print) -> str:
        """Return a line that is printed in the course of a transition."""
        cells, heads = self._cells, self.heads
        self._cells, self.heads = list(cells), list(heads)
        for tape, symbol in print.writes:
            self._cells[tape] = {**cells[tape], heads[tape]: symbol}
        for tape, move in print.moves:
            self.heads[tape] += move
        try:
            texts = [
                piece.text
                if piece.tape < 0
                else self._capture(piece.tape, piece.capture).decode("ascii") or piece.text or "_"
                for piece in print.text
            ]
        finally:
            self._cells, self.heads = cells, heads
        return f"{print.place}: {''.join(texts)}"

    def _say(self, action: Action, builder: _TraceBuilder) -> bool:
        """Record the utterances of an action; return False if the limit forbids them."""
        events = [(u, self.captures(u)) for u in action.utterances]
        size = sum(1 + sum(map(len, captures)) for _, captures in events)
        if builder.size + size > self.limits.letters:
            return False
        for utterance, captures in events:
            builder.add(utterance, self.transitions, captures)
        return True

    def captures(self, utterance: int) -> list[bytes]:
        """Return the captures of an utterance at this point, in ASCII, in their order."""
        pieces = self.table.utterances[utterance].captures
        return [self._capture(piece.tape, piece.capture) for piece in pieces]

    def _capture(self, tape: int, capture: str) -> bytes:
        cells = self._cells[tape]
        count = len(self.table.tapes[tape].symbols)
        head = self.heads[tape]
        start = end = head
        if capture in ("cell", "next", "previous"):
            start = head + {"cell": 0, "next": 1, "previous": -1}[capture]
            end = start + (cells.get(start, 0) % count != 0)
        elif capture == "letter":
            end = head + self._is_letter(tape, head)
        elif capture == "all":
            filled = [cell for cell, symbol in cells.items() if symbol % count]
            start, end = (min(filled), max(filled) + 1) if filled else (head, head)
        elif capture == "next_word":
            while self._is_letter(tape, start):
                start += 1
            start = end = start + 1
            while self._is_letter(tape, end):
                end += 1
        elif capture == "recent":
            end = head + (cells.get(head, 0) % count != 0)
            is_sentence = self.table.tapes[tape].holds_sentences
            most = RECENT_OF_SENTENCE if is_sentence else RECENT_SYMBOLS
            while head - start < most and cells.get(start - 1, 0) % count:
                start -= 1
        else:
            if capture in ("last_word", "last_words"):
                end = start = self._after_letter(tape, start)
            for _ in range(RECENT_WORDS - 1 if capture == "last_words" else 0):
                while self._is_letter(tape, start - 1):
                    start -= 1
                gap = self._after_letter(tape, start)
                if self._is_letter(tape, gap - 1):
                    start = gap
            if capture == "previous_word":
                while self._is_letter(tape, start - 1):
                    start -= 1
                start = end = start - 1
            if capture == "word" and self._is_letter(tape, head):
                while self._is_letter(tape, end):
                    end += 1
            if capture != "word" or end > head:
                while self._is_letter(tape, start - 1):
                    start -= 1
        letters = letters_of(self.table.tapes[tape])
        captured = bytes(int(letters[cells.get(cell, 0)]) for cell in range(start, end))
        if capture == "recent":
            symbols = set_apart(captured.decode("ascii"), self.table.tapes[tape].has_letters)
            parts = [symbols, END_NAME if end == head else ""]
            return " ".join(filter(None, parts)).encode("ascii")
        return captured

    def _after_letter(self, tape: int, cell: int) -> int:
        """Return the first cell after the nearest letter of a word, or blank, left of a cell."""
        cells, count = self._cells[tape], len(self.table.tapes[tape].symbols)
        while cells.get(cell - 1, 0) % count and not self._is_letter(tape, cell - 1):
            cell -= 1
        return cell

    def _is_letter(self, tape: int, cell: int) -> bool:
        symbols = self.table.tapes[tape].symbols
        return symbols[self._cells[tape].get(cell, 0) % len(symbols)] in self.table.tapes[tape].word

    def _test(self, check: Check) -> None:
        """Raise ``ContractBroken`` unless the contract holds after the action's write and move."""
        old = self._cells[check.tape]
        cells = dict(old) if check.kind == "empty" or check.written >= 0 else old
        if check.written >= 0:
            cells[self.heads[check.tape]] = check.written
        head = self.heads[check.tape] + check.offset
        self._cells[check.tape] = cells
        try:
            if not self._holds(check.kind, check.tape, head):
                shown = _around(self.table, check.tape, cells, head)
                name = self.table.tapes[check.tape].name
                raise ContractBroken(check, name, shown, self.transitions)
        finally:
            self._cells[check.tape] = old

    def _holds(self, kind: str, tape: int, head: int) -> bool:
        cells = self._cells[tape]
        count = len(self.table.tapes[tape].symbols)
        match kind:
            case "first":
                return not self._is_letter(tape, head - 1)
            case "last":
                return self._is_letter(tape, head) and not self._is_letter(tape, head + 1)
            case "end":
                return not self._is_letter(tape, head)
            case "blank":
                return cells.get(head, 0) % count == 0
            case "start":
                return cells.get(head - 1, 0) % count == 0
            case "empty":
                return not any(cells.values())
        raise ValueError(f"no head contract {kind!r}")


class _TraceBuilder:
    """Collects a trace; ``size`` counts utterances and captured letters."""

    def __init__(self) -> None:
        self.size = 0
        self._utterance: list[int] = []
        self._transition: list[int] = []
        self._capture: list[int] = []
        self._ends = [0]
        self._letters = bytearray()

    def add(self, utterance: int, transition: int, captures: list[bytes]) -> None:
        self._utterance.append(utterance)
        self._transition.append(transition)
        self._capture.append(len(self._ends) - 1)
        for letters in captures:
            self._letters += letters
            self._ends.append(len(self._letters))
        self.size = len(self._utterance) + len(self._letters)

    def trace(self) -> Trace:
        return Trace(
            utterance=np.array(self._utterance, dtype=np.int32),
            transition=np.array(self._transition, dtype=np.int64),
            capture=np.array(self._capture, dtype=np.int64),
            ends=np.array(self._ends, dtype=np.int64),
            letters=np.frombuffer(bytes(self._letters), dtype=np.uint8),
            runs=np.array([0, len(self._utterance)], dtype=np.int64),
        )


def _contents(table: Table, tape: int, cells: SparseCells, head: int) -> Contents:
    filled = [cell for cell, symbol in cells.items() if symbol]
    first = min([head, *filled])
    last = max([head, *filled])
    symbols: NDArray[np.uint8] = np.zeros(last - first + 1, dtype=np.uint8)
    for cell in filled:
        symbols[cell - first] = cells[cell]
    return Contents(tape=table.tapes[tape], symbols=symbols, origin=first, head=head)


def _around(table: Table, tape: int, cells: SparseCells, head: int) -> str:
    """Return the cells around a head as text, the one under it in brackets."""
    shown = [
        (cell, table.tapes[tape].show(cells.get(cell, 0)))
        for cell in range(head - CELLS_SHOWN, head + CELLS_SHOWN + 1)
    ]
    return " ".join(f"[{symbol}]" if cell == head else symbol for cell, symbol in shown)
