"""The order of training: batches of like length, in random order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler

POOL = 16
"""Batches that are cut from one random pool of records, sorted by length."""


class LengthSampler(Sampler[int]):
    """Indices of records in such an order that those of a batch are of like length.

    Records are shuffled, cut into pools of ``POOL`` batches, sorted within a pool and cut into
    batches, and the batches are shuffled. (Transformers' ``group_by_length`` leaves the batches of
    a pool sorted: lengths swing to and fro, and a small model learns half as fast.)

    Parameters
    ----------
    lengths
        Of the records, in tokens.
    batch_size
        Records a step.
    seed
        With the epoch, all that the order depends on.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths = lengths
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Told by the trainer when an epoch begins."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed << 20 | self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator).tolist()
        size = self.batch_size
        batches: list[list[int]] = []
        for first in range(0, len(order), POOL * size):
            pool = sorted(order[first : first + POOL * size], key=self.lengths.__getitem__)
            batches += [pool[i : i + size] for i in range(0, len(pool), size)]
        # A batch that is not full must come last: it would shift the borders of those after it.
        full = len(order) // size
        last = [b for b in batches if len(b) < size]
        batches = [b for b in batches if len(b) == size]
        for i in torch.randperm(full, generator=generator).tolist():
            yield from batches[i]
        for batch in last:
            yield from batch
