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
    short_first
        Number of records, the first of the first epoch, of which the shortest come first: each at a
        random time, mostly soon, after its rank by length, both as fractions of their number.
    """

    def __init__(
        self, lengths: Sequence[int], batch_size: int, seed: int, *, short_first: int = 0
    ) -> None:
        self.lengths = lengths
        self.batch_size = batch_size
        self.seed = seed
        self.short_first = short_first
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, counted from 0; the trainer calls this when an epoch begins."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed << 20 | self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator).tolist()
        growing = self.short_first if self.epoch == 0 else 0
        if growing:
            ranked = sorted(order[:growing], key=self.lengths.__getitem__)
            rank = torch.arange(len(ranked)) / len(ranked)
            time = rank + (1 - rank) * torch.rand(len(ranked), generator=generator) ** 3
            order[:growing] = [ranked[i] for i in time.argsort().tolist()]
        size = self.batch_size
        pools: list[list[list[int]]] = []
        for first in range(0, len(order), BATCHES_PER_POOL * size):
            pool = order[first : first + BATCHES_PER_POOL * size]
            pool.sort(key=self.lengths.__getitem__)
            pools.append([pool[i : i + size] for i in range(0, len(pool), size)])
        # An incomplete batch must come last, because it would shift the borders of later batches.
        incomplete = [pools[-1].pop()] if pools and len(pools[-1][-1]) < size else []
        if not growing:
            pools = [[batch for pool in pools for batch in pool]]
        for pool_batches in pools:
            for i in torch.randperm(len(pool_batches), generator=generator).tolist():
                yield from pool_batches[i]
        for batch in incomplete:
            yield from batch
