"""Collation of records into batches, padded or packed, with position ids."""

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
    """TRL's collator, which also collates the roles of tokens and computes position ids.

    Packed rows (those with ``seq_lengths``) are joined into one row without padding, together with
    the borders of its documents.

    Parameters
    ----------
    tokenizer
        Provides the pad token, and which tokens end a line.
    positions
        Kind of position ids; see ``training.config.Positions``.
    seed
        Seed of random positions. They depend on it and on the tokens of the batch only, so that a
        resumed run draws the same positions as an uninterrupted one.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, positions: Positions, seed: int) -> None:
        super().__init__(pad_token_id=tokenizer.pad_token_id)
        self.positions = positions
        self.seed = seed
        self.tokenizer = tokenizer

    @cached_property
    def ends_line(self) -> Tensor:
        """bool[vocabulary]: whether a token ends with a line break."""
        tokens = range(len(self.tokenizer))
        return torch.tensor([self.tokenizer.decode([token]).endswith("\n") for token in tokens])

    def torch_call(self, examples: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
        """Return a batch: the inputs of the model, and ``roles`` if the examples have them.

        Padded: ``input_ids``, ``labels`` and ``attention_mask``, [examples, tokens]. Packed:
        ``input_ids`` and ``labels``, [1, tokens], and ``cu_seq_lens_q`` and its relatives.
        ``position_ids`` have the shape of ``input_ids``; plain ones of padded rows are left out.
        """
        self.padding_free = "seq_lengths" in examples[0]
        batch: dict[str, Tensor] = super().torch_call(examples)
        if not self.padding_free:
            # Padding is on the right, where a causal model does not look, and has no labels. So it
            # needs no mask, and attention without a mask is faster. (Without any mask tensor,
            # Transformers would take gaps in positions for the borders of packed documents.)
            batch["attention_mask"].fill_(1)
        if "roles" in examples[0]:
            roles = [torch.tensor(example["roles"]) for example in examples]
            rows = [torch.cat(roles)] if self.padding_free else roles
            batch["roles"] = pad_sequence(rows, batch_first=True)
        if self.positions.kind != "plain":
            lengths = self._document_lengths(examples)
            batch["position_ids"] = self._position_ids(batch["input_ids"], lengths)
        return batch

    def _document_lengths(self, examples: Sequence[dict[str, Any]]) -> list[list[int]]:
        """Return the number of tokens of each document, for each row of the batch."""
        if self.padding_free:
            return [[length for example in examples for length in example["seq_lengths"]]]
        return [[len(example["input_ids"])] for example in examples]

    def _position_ids(self, ids: Tensor, lengths: list[list[int]]) -> Tensor:
        generator = torch.Generator().manual_seed(crc32(ids.numpy().tobytes(), self.seed))
        rows = [
            torch.cat([spread(ends, self.positions, generator) for ends in documents])
            for documents in (
                self.ends_line[row[: sum(row_lengths)]].split(row_lengths)
                for row, row_lengths in zip(ids, lengths, strict=True)
            )
        ]
        return pad_sequence(rows, batch_first=True)
