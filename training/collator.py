"""Batches for the trainer: padded, and at will with positions that skip ahead.

A model trained on short texts has never seen the positions of long ones. Records that begin at a
random position and jump a little after every line show it those (randomised positions, arXiv
2305.16843; here only between lines, so that the tokens of a line stay neighbours).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
        Of the collator's own random numbers: batch k of two equal runs is the same.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, positions: Positions, seed: int) -> None:
        super().__init__(pad_token_id=tokenizer.pad_token_id)
        self.positions = positions
        self.generator = torch.Generator().manual_seed(seed)
        self.ends_line = torch.tensor(
            [tokenizer.decode([token]).endswith("\n") for token in range(len(tokenizer))]
        )

    def torch_call(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """``input_ids``, ``labels``, ``attention_mask``, and ``position_ids`` where they skip."""
        batch: dict[str, Tensor] = super().torch_call(examples)
        if self.positions != Positions():
            batch["position_ids"] = self._positions(batch["input_ids"])
        return batch

    def _positions(self, ids: Tensor) -> Tensor:
        rows, columns = ids.shape
        first = torch.randint(self.positions.offset + 1, (rows, 1), generator=self.generator)
        jumps = torch.randint(self.positions.gap + 1, (rows, columns), generator=self.generator)
        skipped = (jumps * self.ends_line[ids]).cumsum(1)
        # The jump after a line break moves what follows it, not the break itself.
        skipped = skipped.roll(1, 1)
        skipped[:, 0] = 0
        return torch.arange(columns) + first + skipped
