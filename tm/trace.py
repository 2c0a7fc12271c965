"""What a machine said while it ran, in flat NumPy arrays: all that the compiler reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The utterances of one run, or of many runs one after the other.

    Attributes
    ----------
    utterance
        int32[e]: index into ``Table.utterances``, in the order of saying.
    transition
        int64[e]: the transition (from 0, within its run) that said it.
    capture
        int64[e]: the number of the utterance's first capture; its others follow it.
    ends
        int64[c + 1]: capture j is ``letters[ends[j]:ends[j + 1]]``.
    letters
        uint8[...]: the captured words, ASCII, one after the other. A capture that found nothing is
        empty here; its default is in ``Piece.text``.
    runs
        int64[r + 1]: run i said the utterances ``runs[i]:runs[i + 1]``.
    """

    utterance: NDArray[np.int32]
    transition: NDArray[np.int64]
    capture: NDArray[np.int64]
    ends: NDArray[np.int64]
    letters: NDArray[np.uint8]
    runs: NDArray[np.int64]

    def only(self, run: int) -> Trace:
        """The trace of one run.

        Raises
        ------
        ValueError
            When there is no such run.
        """
        count = len(self.runs) - 1
        if not 0 <= run < count:
            raise ValueError(f"no run {run} in a trace that holds {count}")
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
