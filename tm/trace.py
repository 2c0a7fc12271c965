"""The trace of a run, in flat NumPy arrays: the only input of the compiler."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The utterances of one run, or of several runs one after the other.

    Attributes
    ----------
    utterance
        int32[e]: the index into ``Table.utterances`` of each event, in order.
    transition
        int64[e]: the transition of each event, counted from 0 within its run.
    capture
        int64[e]: the index of the event's first capture; its other captures follow.
    ends
        int64[c + 1]: capture j is ``letters[ends[j]:ends[j + 1]]``.
    letters
        uint8[...]: the captured words in ASCII, one after the other. An empty capture is empty
        here; its default is ``Piece.text``.
    runs
        int64[r + 1]: run i has the events ``runs[i]:runs[i + 1]``.
    """

    utterance: NDArray[np.int32]
    transition: NDArray[np.int64]
    capture: NDArray[np.int64]
    ends: NDArray[np.int64]
    letters: NDArray[np.uint8]
    runs: NDArray[np.int64]

    def __repr__(self) -> str:
        return f"<Trace of {len(self.runs) - 1:,} runs: {len(self.utterance):,} utterances>"

    def only(self, run: int) -> Trace:
        """Return the trace of one run.

        Raises
        ------
        ValueError
            If the run does not exist.
        """
        count = len(self.runs) - 1
        if not 0 <= run < count:
            raise ValueError(f"run {run} does not exist; the trace holds {count}")
        first, last = self.runs[run : run + 2]
        start, stop = np.append(self.capture[first : last + 1], len(self.ends) - 1)[
            [0, last - first]
        ]
        ends = self.ends[start : stop + 1]
        return Trace(
            utterance=self.utterance[first:last],
            transition=self.transition[first:last],
            capture=self.capture[first:last] - start,
            ends=ends - ends[0],
            letters=self.letters[ends[0] : ends[-1]],
            runs=np.array([0, last - first]),
        )
