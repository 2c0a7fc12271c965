"""Positions for training that show a model the distances of texts longer than those it reads.

Both ways are options of a length study, and neither is part of TAIL as the paper has it. Texts that
are scored always have plain positions.
"""

from __future__ import annotations

import torch
from torch import Tensor

from training.config import Positions


def spread(ends_line: Tensor, positions: Positions, generator: torch.Generator) -> Tensor:
    """The positions of one document's tokens, increasing, below ``positions.reach``.

    Parameters
    ----------
    ends_line
        bool[tokens]: which tokens end a line.

    Returns
    -------
    Tensor
        int64[tokens]. ``plain``: 0, 1, 2 …. ``gaps``: as many positions as a random one of 0 … all
        that are free are skipped, split at random among the ends of lines (ours). ``random``: any
        of the positions, in order (Ruoss et al. 2023, arXiv 2305.16843).
    """
    count = len(ends_line)
    plain = torch.arange(count)
    free = positions.reach - count
    if positions.kind == "plain" or free <= 0:
        return plain
    if positions.kind == "random":
        return torch.randperm(positions.reach, generator=generator)[:count].sort().values
    (ends,) = ends_line[:-1].nonzero(as_tuple=True)  # what follows an end of line skips
    total = int(torch.randint(free + 1, (), generator=generator))
    until = torch.randint(total + 1, (len(ends),), generator=generator).sort().values
    skipped = torch.zeros(count, dtype=torch.int64)
    skipped[ends + 1] = torch.diff(until, prepend=torch.zeros(1, dtype=torch.int64))
    return plain + skipped.cumsum(0)
