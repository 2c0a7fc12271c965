"""What a machine said while it ran, in flat NumPy arrays: all that the compiler reads."""

from __future__ import annotations

from collections.abc import Sequence
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

    def take(self, runs: Sequence[int]) -> Trace:
        """The trace of some runs, in the order given.

        Raises
        ------
        ValueError
            When there is no such run.
        """
        count = len(self.runs) - 1
        if missing := [run for run in runs if not 0 <= run < count]:
            raise ValueError(f"no run {missing[0]} in a trace that holds {count}")
        chosen = np.array(runs, np.int64)
        first, last = self.runs[chosen], self.runs[chosen + 1]
        of_event = np.append(self.capture, len(self.ends) - 1)
        events, bounds = _stretches(first, last)
        captures, captured = _stretches(of_event[first], of_event[last])
        letters, _ = _stretches(self.ends[of_event[first]], self.ends[of_event[last]])
        sizes = self.ends[captures + 1] - self.ends[captures]
        return Trace(
            utterance=self.utterance[events],
            transition=self.transition[events],
            capture=self.capture[events] - np.repeat(of_event[first] - captured[:-1], last - first),
            ends=np.append(0, np.cumsum(sizes)),
            letters=self.letters[letters],
            runs=bounds,
        )


def _stretches(
    starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of all ``starts[i]:stops[i]``, and where those of each stretch begin and end."""
    bounds = np.append(0, np.cumsum(stops - starts))
    shifts = np.repeat(starts - bounds[:-1], stops - starts)
    return np.arange(bounds[-1]) + shifts, bounds
