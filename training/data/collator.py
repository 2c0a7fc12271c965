"""Batches: padded records, or packed ones, each with the positions that training asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from zlib import crc32

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedTokenizerBase
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from training.config import Positions
from training.data.positions import spread


class Collator(DataCollatorForLanguageModeling):
    """TRL's collator, with the roles of tokens, and with positions where ``positions`` asks.

    Rows of ``trl.pack_dataset`` (they have ``seq_lengths``) become one row without padding, and
    the borders of its documents.

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
        """What the model reads, and ``roles`` where the examples have them.

        Padded: ``input_ids``, ``labels``, ``attention_mask``, all [examples, tokens]. Packed:
        ``input_ids``, ``labels``, [1, tokens], ``cu_seq_lens_q`` and its like. ``position_ids``
        of their shape, where they are not the plain ones of padded rows.
        """
        self.padding_free = "seq_lengths" in examples[0]
        batch: dict[str, Tensor] = super().torch_call(examples)
        if not self.padding_free:
            # Padding stands right of all that a causal model reads, and has no labels: it need not
            # be masked, and attention without a mask is faster. (Were there no mask at all,
            # Transformers would take positions that skip for the borders of packed documents.)
            batch["attention_mask"].fill_(1)
        if "roles" in examples[0]:
            roles = [torch.tensor(example["roles"]) for example in examples]
            joined = [torch.cat(roles)] if self.padding_free else roles
            batch["roles"] = pad_sequence(joined, batch_first=True)
        if self.positions.kind != "plain":
            batch["position_ids"] = self._positions(batch["input_ids"], self._lengths(examples))
        return batch

    def _lengths(self, examples: Sequence[dict[str, Any]]) -> list[list[int]]:
        """Of the documents of each row of the batch."""
        if self.padding_free:
            return [[length for example in examples for length in example["seq_lengths"]]]
        return [[len(example["input_ids"])] for example in examples]

    def _positions(self, ids: Tensor, lengths: list[list[int]]) -> Tensor:
        generator = torch.Generator().manual_seed(crc32(ids.numpy().tobytes(), self.seed))
        rows = [
            torch.cat([spread(ends, self.positions, generator) for ends in documents])
            for documents in (
                self.ends_line[row[: sum(parts)]].split(parts)
                for row, parts in zip(ids, lengths, strict=True)
            )
        ]
        return pad_sequence(rows, batch_first=True)
