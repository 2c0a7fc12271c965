"""Results of runs: outcome, tapes, trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tm.display import configuration_html, cut
from tm.engine.alphabet import letters_of
from tm.engine.outcome import Outcome
from tm.table import Place, Table, Tape
from tm.trace import Trace
from tm.trees import descend


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contents:
    """The contents of a tape, from the first to the last cell that is non-blank or under the head.

    Attributes
    ----------
    tape
        The name and the alphabet.
    symbols
        uint8[n]: the symbols of these cells, n ≥ 1.
    origin
        The number of the first of these cells.
    head
        The number of the cell under the head.
    """

    tape: Tape
    symbols: NDArray[np.uint8]
    origin: int
    head: int

    def __repr__(self) -> str:
        return f"<Contents of tape {self.tape.name}: {cut(self.text)!r}, head at {self.head}>"

    def _repr_html_(self) -> str:
        return configuration_html(f"Tape {self.tape.name}", [self])

    def __getitem__(self, cell: int) -> int:
        """Return the symbol of any cell by its number."""
        index = cell - self.origin
        return int(self.symbols[index]) if 0 <= index < len(self.symbols) else 0

    @property
    def under_head(self) -> int:
        """The symbol under the head."""
        return self[self.head]

    @property
    def cells(self) -> tuple[str, ...]:
        """The symbols as ``Tape.show`` writes them, which tell ``_`` and marks from the blank.

        ``Tape.parse_symbol`` reads them back.
        """
        shown = [self.tape.show(symbol) for symbol in range(self.tape.size)]
        return tuple([shown[symbol] for symbol in self.symbols.tolist()])

    @property
    def text(self) -> str:
        """The letters from the first to the last non-blank cell, without marks; ``_`` is a
        blank.
        """
        filled = np.flatnonzero(self.symbols % len(self.tape.symbols))
        if not len(filled):
            return ""
        symbols = self.symbols[filled[0] : filled[-1] + 1]
        return letters_of(self.tape)[symbols].tobytes().decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """A finished run.

    Attributes
    ----------
    transitions
        Number of transitions, the halting one included.
    state
        The last state: its index, or ``ACCEPT`` or ``REJECT`` after a halt.
    tapes
        The final tapes, in the order of the table.
    trace
        The trace; None if it was not recorded.
    actions
        int32[transitions]: the action of each transition; None if they were not recorded.
    """

    table: Table
    outcome: Outcome
    transitions: int
    state: int
    tapes: tuple[Contents, ...]
    trace: Trace | None
    actions: NDArray[np.int32] | None

    def __repr__(self) -> str:
        tapes = ", ".join(f"{contents.tape.name}={cut(contents.text)!r}" for contents in self.tapes)
        return f"<Run {self._title}: {tapes}>"

    def _repr_html_(self) -> str:
        return configuration_html(f"Run {self._title}", self.tapes, note=self.reason)

    @property
    def _title(self) -> str:
        return f"of {self.table.name}: {self.outcome} after {self.transitions:,} transitions"

    def text(self, tape: str) -> str:
        """Return the final text of a tape, by its name; see ``Contents.text``.

        Raises
        ------
        KeyError
            If the tape does not exist.
        """
        return self.tapes[self.table.tape(tape)].text

    @property
    def reason(self) -> str:
        """The reason why the run ended, in words."""
        location = "" if self.state < 0 else f" in state `{self.table.state_names[self.state]}`"
        match self.outcome:
            case Outcome.ACCEPT | Outcome.REJECT:
                return f"the machine halted with `{self.outcome}`"
            case Outcome.STUCK:
                return self._stuck()[1] + location
            case Outcome.STEP_LIMIT:
                return f"the limit of {self.transitions} transitions was reached{location}"
            case Outcome.SPACE_LIMIT:
                return f"the limit of cells was reached{location}"
            case Outcome.TEXT_LIMIT:
                return f"the limit of letters in the trace was reached{location}"

    @property
    def place(self) -> Place | None:
        """The position in the source where the run ended; None after a halt."""
        if self.state < 0:
            return None
        if self.outcome is Outcome.STUCK:
            return self._stuck()[0]
        return self.table.states[self.state].place

    def _stuck(self) -> tuple[Place, str]:
        """Return where and why a stuck run ended."""
        state = self.table.states[self.state]
        tree = descend(state.tree, lambda tape: self.tapes[tape].under_head)
        if isinstance(tree, int):
            undefined = self.table.undefined[~tree]
            return undefined.place, undefined.reason
        tape = self.table.tapes[tree.tape]
        symbol = tape.show(self.tapes[tree.tape].under_head)
        return state.place, f"no transition for {symbol} on tape `{tape.name}`"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Many finished runs of one table.

    Attributes
    ----------
    outcome
        str[n]: the outcomes, comparable with ``Outcome``.
    transitions
        int64[n]: the numbers of transitions.
    state
        int32[n]: the last states, as in ``Run``.
    trace
        The traces of all runs, one after the other; None if they were not recorded.
    outputs
        The names of the m tapes whose final text was kept.
    letters, ends
        uint8[...] and int64[n * m + 1]: these texts in ASCII, one after the other, run by run.
    """

    table: Table
    outcome: NDArray[np.str_]
    transitions: NDArray[np.int64]
    state: NDArray[np.int32]
    trace: Trace | None
    outputs: tuple[str, ...]
    letters: NDArray[np.uint8]
    ends: NDArray[np.int64]

    def __repr__(self) -> str:
        outcomes, counts = np.unique(self.outcome, return_counts=True)
        ends = ", ".join(f"{n:,} {o}" for o, n in zip(outcomes, counts.tolist(), strict=True))
        return f"<Batch of {len(self):,} runs of {self.table.name}: {ends}>"

    def __len__(self) -> int:
        return len(self.outcome)

    def text(self, tape: str, index: int) -> str:
        """Return the final text of an output tape in run ``index``; see ``Contents.text``.

        Raises
        ------
        KeyError
            If the tape is not one of ``outputs``.
        IndexError
            If the run does not exist.
        """
        column = self._column(tape)
        if not -len(self) <= index < len(self):
            raise IndexError(f"run {index} does not exist; the batch has {len(self)}")
        text = index % len(self) * len(self.outputs) + column
        return self.letters[self.ends[text] : self.ends[text + 1]].tobytes().decode("ascii")

    def texts(self, tape: str) -> list[str]:
        """Return the final texts of an output tape in all runs, faster than one by one."""
        column = self._column(tape)
        letters = self.letters.tobytes().decode("ascii")
        ends = self.ends.tolist()
        return [
            letters[ends[text] : ends[text + 1]]
            for text in range(column, len(ends) - 1, len(self.outputs))
        ]

    def _column(self, tape: str) -> int:
        """Return the index of a tape in ``outputs``."""
        if tape not in self.outputs:
            kept = ", ".join(self.outputs) or "none"
            raise KeyError(
                f"the text of tape `{tape}` was not kept (kept: {kept}); add it to `outputs`"
            )
        return self.outputs.index(tape)
