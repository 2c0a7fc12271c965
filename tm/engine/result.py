"""What a run leaves behind: how it ended, the tapes, what was said."""

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
    """What stands on a tape: the shortest stretch that holds every non-blank cell and the head.

    Attributes
    ----------
    tape
        The tape's name and alphabet.
    symbols
        uint8[n]: the symbols of the stretch, n ≥ 1.
    origin
        The number of the stretch's first cell.
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
        """The symbol of any cell, by its number."""
        index = cell - self.origin
        return int(self.symbols[index]) if 0 <= index < len(self.symbols) else 0

    @property
    def under_head(self) -> int:
        """The symbol under the head."""
        return self[self.head]

    @property
    def text(self) -> str:
        """The letters from the first to the last non-blank cell, marks ignored, blanks as ``_``."""
        filled = np.flatnonzero(self.symbols % len(self.tape.symbols))
        if not len(filled):
            return ""
        stretch = self.symbols[filled[0] : filled[-1] + 1]
        return letters_of(self.tape)[stretch].tobytes().decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One finished run.

    Attributes
    ----------
    transitions
        How many were made; the halting one counts.
    state
        The state of the last configuration: an index, or ``ACCEPT`` or ``REJECT`` after a halt.
    tapes
        The tapes of the last configuration, in the table's order.
    trace
        What was said, or ``None`` when no trace was asked for.
    actions
        int32[transitions]: the action of each transition, or ``None`` when not asked for.
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
        """What stands on the tape of that name (``Contents.text``); ``KeyError`` if none does."""
        return self.tapes[self.table.tape(tape)].text

    @property
    def reason(self) -> str:
        """Why the run ended, a sentence."""
        where = "" if self.state < 0 else f" in state `{self.table.states[self.state].name}`"
        match self.outcome:
            case Outcome.ACCEPT | Outcome.REJECT:
                return f"the machine said {self.outcome}"
            case Outcome.STUCK:
                return self._stuck()[1] + where
            case Outcome.STEP_LIMIT:
                return f"the limit of {self.transitions} transitions was reached{where}"
            case Outcome.SPACE_LIMIT:
                return f"the limit of cells was reached{where}"
            case Outcome.TEXT_LIMIT:
                return f"the limit of letters said was reached{where}"

    @property
    def place(self) -> Place | None:
        """The source line where the run ended; ``None`` after a halt."""
        if self.state < 0:
            return None
        if self.outcome is Outcome.STUCK:
            return self._stuck()[0]
        return self.table.states[self.state].place

    def _stuck(self) -> tuple[Place, str]:
        """Walk the last state's tree once more to the hole, or to the symbol that no case has."""
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
        str[n]: how each run ended, comparable with an ``Outcome``.
    transitions
        int64[n].
    state
        int32[n], as in ``Run``.
    trace
        What all of them said, run after run, or ``None`` when no trace was asked for.
    outputs
        The names of the m tapes whose text was kept.
    letters, ends
        uint8[...] and int64[n * m + 1]: these texts, ASCII, one after the other, run by run.
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
        """What run ``index`` left on a tape whose text was kept; see ``Contents.text``."""
        place = self._place(tape)
        if not -len(self) <= index < len(self):
            raise IndexError(f"no run {index} in a batch of {len(self)}")
        at = index % len(self) * len(self.outputs) + place
        return self.letters[self.ends[at] : self.ends[at + 1]].tobytes().decode("ascii")

    def texts(self, tape: str) -> list[str]:
        """What every run left on a tape whose text was kept, at a fraction of the time."""
        place = self._place(tape)
        letters = self.letters.tobytes().decode("ascii")
        ends = self.ends.tolist()
        return [
            letters[ends[at] : ends[at + 1]]
            for at in range(place, len(ends) - 1, len(self.outputs))
        ]

    def _place(self, tape: str) -> int:
        """Which of ``outputs`` a tape is."""
        if tape not in self.outputs:
            kept = ", ".join(self.outputs) or "none"
            raise KeyError(f"the text of tape `{tape}` was not kept, see `outputs` (kept: {kept})")
        return self.outputs.index(tape)
