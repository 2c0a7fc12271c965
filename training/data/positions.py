"""Position ids for training that show a model the distances of texts longer than those it reads.

``gaps``, ``skip`` and ``random`` are options of a length study and not part of TAIL as the paper
describes it. Scored texts always have plain positions.
"""

from __future__ import annotations

import torch
from torch import Tensor

from training.config import Positions


def spread(ends_line: Tensor, positions: Positions, generator: torch.Generator) -> Tensor:
    """Return the position ids of the tokens of one document.

    Parameters
    ----------
    ends_line
        bool[tokens]: whether a token ends a line.

    Returns
    -------
    Tensor
        int64[tokens], increasing, below ``positions.reach``. ``plain``: 0, 1, 2, …. ``gaps``: a
        random number of positions, at most all that are free, is skipped, split at random between
        the line ends. ``skip``: all of it after one of them. ``random``: a random increasing
        sequence (Ruoss et al. 2023, arXiv 2305.16843).
    """
    count = len(ends_line)
    plain = torch.arange(count)
    free = positions.reach - count
    if positions.kind == "plain" or free <= 0:
        return plain
    if positions.share < 1 and torch.rand((), generator=generator) >= positions.share:
        return plain
    if positions.kind == "random":
        return torch.randperm(positions.reach, generator=generator)[:count].sort().values
    (ends,) = ends_line[:-1].nonzero(as_tuple=True)  # the last token has no token after it to shift
    if positions.kind == "skip" and len(ends):
        ends = ends[torch.randint(len(ends), (1,), generator=generator)]
    total = int(torch.randint(free + 1, (), generator=generator))
    if positions.kind == "skip":
        skipped_so_far = torch.full((len(ends),), total)
    else:
        skipped_so_far = torch.randint(total + 1, (len(ends),), generator=generator).sort().values
    skipped = torch.zeros(count, dtype=torch.int64)
    skipped[ends + 1] = torch.diff(skipped_so_far, prepend=torch.zeros(1, dtype=torch.int64))
    return plain + skipped.cumsum(0)
