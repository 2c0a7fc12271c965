"""Order of training: batches of records with similar lengths, in random order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler

BATCHES_PER_POOL = 16
"""Number of batches that are cut from one random pool of records, sorted by length."""


class LengthSampler(Sampler[int]):
    """Indices of records, ordered so that the records of a batch have similar lengths.

    Records are shuffled, cut into pools of ``BATCHES_PER_POOL`` batches, sorted by length within a
    pool and cut into batches; then the batches are shuffled. (Transformers' ``group_by_length``
    does not shuffle the batches of a pool, so that lengths oscillate, and a small model learns half
    as fast.)

    Parameters
    ----------
    lengths
        Number of tokens of each record.
    batch_size
        Number of records in a step.
    seed
        Seed of the order, which depends on it and on the epoch only.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths = lengths
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, counted from 0; the trainer calls this when an epoch begins."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed << 20 | self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator).tolist()
        size = self.batch_size
        batches: list[list[int]] = []
        for first in range(0, len(order), BATCHES_PER_POOL * size):
            pool = order[first : first + BATCHES_PER_POOL * size]
            pool.sort(key=self.lengths.__getitem__)
            batches += [pool[i : i + size] for i in range(0, len(pool), size)]
        # An incomplete batch must come last, because it would shift the borders of later batches.
        incomplete = [batch for batch in batches if len(batch) < size]
        complete = [batch for batch in batches if len(batch) == size]
        for i in torch.randperm(len(complete), generator=generator).tolist():
            yield from complete[i]
        for batch in incomplete:
            yield from batch
