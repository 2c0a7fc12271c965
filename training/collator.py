"""Batches for the trainer: padded, and at will with positions that skip ahead.

A model trained on short texts has never seen the distances of long ones. Positions that skip a
little after every line show it those (randomised positions, arXiv 2305.16843; here only between
lines, so that the tokens of a line stay neighbours).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from zlib import crc32

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from training.config import Positions


class Collator(DataCollatorForLanguageModeling):
    """TRL's collator, with ``position_ids`` added when ``positions`` asks for gaps.

    Parameters
    ----------
    tokenizer
        Its pad token fills a batch up; its tokens that end in a line break end a line.
    positions
        See ``training.config.Positions``.
    seed
        Of the positions. They depend on it and on the batch's own tokens alone, so that a resumed
        run draws what an uninterrupted one does.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, positions: Positions, seed: int) -> None:
        super().__init__(pad_token_id=tokenizer.pad_token_id)
        self.positions = positions
        self.seed = seed
        self.tokenizer = tokenizer

    @cached_property
    def ends_line(self) -> Tensor:
        """bool[vocabulary]: whether a token ends in a line break."""
        tokens = range(len(self.tokenizer))
        return torch.tensor([self.tokenizer.decode([token]).endswith("\n") for token in tokens])

    def torch_call(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """``input_ids``, ``labels``, ``attention_mask``, and ``position_ids`` where they skip."""
        batch: dict[str, Tensor] = super().torch_call(examples)
        # Padding stands right of all that a causal model reads, and has no labels: it need not be
        # masked, and attention without a mask is faster. (Were there no mask at all, Transformers
        # would take positions that skip for the borders of packed documents.)
        batch["attention_mask"].fill_(1)
        if self.positions != Positions():
            batch["position_ids"] = self._positions(batch["input_ids"])
        return batch

    def _positions(self, ids: Tensor) -> Tensor:
        generator = torch.Generator().manual_seed(crc32(ids.numpy().tobytes(), self.seed))
        most = torch.randint(self.positions.gap + 1, (len(ids), 1), generator=generator)
        jumps = (torch.rand(ids.shape, generator=generator) * (most + 1)).long()
        skipped = (jumps * self.ends_line[ids]).cumsum(1)
        # The jump after a line break moves what follows it, not the break itself.
        skipped = skipped.roll(1, 1)
        skipped[:, 0] = 0
        return torch.arange(ids.shape[1]) + skipped
