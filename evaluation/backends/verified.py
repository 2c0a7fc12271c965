"""Greedy decoding with the reference as a draft: many tokens of an output for one forward pass.

Greedy decoding writes the reference as long as every arg max is the reference's next token. The
reference is therefore the draft: one pass over a stretch of it accepts the tokens up to the first
that differs, and writes the arg max there. Outputs that left their reference continue together,
each with the draft that the reference offers where the output rejoins it, or that the output itself
offers where it repeats itself. Drafts grow while they are accepted and shrink to nothing, which is
plain decoding, while they are not. The outputs are those of plain greedy decoding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import PreTrainedModel

from evaluation.backends.drafts import (
    MAX_DRAFT,
    TIE_TOLERANCE,
    Counters,
    DraftedOutput,
    agreement,
)
from evaluation.models.caching import GrowingLayer, cached_logits, empty_cache

FIRST_DRAFTS = (1, 4, 16)
"""Tokens of an output's first draft, which is read together with its prompt: where most outputs of
the batch before left their reference within it, in the first batch, and otherwise."""
MAX_LOGITS = 1 << 28
"""Logits of one pass: 1 GiB in fp32."""
MIN_PASS_DRAFT = 64
"""Tokens of a draft that each row of a pass has room for: a larger batch is verified in parts."""
PASS_COST = {"cpu": 8, "cuda": 512}
"""Cost of reading all weights for a pass, in tokens, by device: it decides how long a draft pays.

Reading keys and values costs as much as so many weights."""
LAYER_COST = {"cpu": 3e7, "cuda": 0.0}
"""Cost of a layer in a pass besides its weights and tokens, in multiplications. On a GPU, the cost
of reading the weights contains it."""


class _Pass(NamedTuple):
    """One forward pass: after each pending token and draft token, the arg max and its margin.

    Attributes
    ----------
    drafts
        The draft of each row.
    plain
        Whether each row read one token only, which is plain decoding.
    tokens, margins
        A list a row: entry 0 follows the pending tokens, entry i the draft's first i tokens. Plain
        decoding of rows that have left their reference has no margins.
    """

    drafts: list[Sequence[int]]
    plain: bool
    tokens: list[list[int]]
    margins: list[list[float]]


class _Batch:
    """Rows with a common cache; columns of the cache that a row does not use are masked."""

    def __init__(self, model: PreTrainedModel, rows: Sequence[DraftedOutput], pad: int) -> None:
        self.model = model
        self.rows = list(rows)
        self.pad = pad
        self.cache = empty_cache(model)
        self.mask = torch.zeros(len(rows), 0, dtype=torch.long, device=model.device)

    def forward(self, longest: int) -> _Pass:
        """Read pending tokens and drafts of at most ``longest`` tokens."""
        drafts = [row.draft(longest) for row in self.rows]
        width = max(map(len, drafts))
        start = max(len(row.pending) for row in self.rows)
        if start + width == 1:
            ids = torch.tensor([row.pending for row in self.rows])
            valid = torch.ones_like(ids)
        else:
            ids = torch.full((len(self.rows), start + width), self.pad)
            valid = torch.zeros_like(ids)
            for number, (row, draft) in enumerate(zip(self.rows, drafts, strict=True)):
                begin, end = start - len(row.pending), start + len(draft)
                ids[number, begin:end] = torch.tensor([*row.pending, *draft])
                valid[number, begin:end] = 1
        self.mask = torch.cat([self.mask, valid.to(self.mask.device)], dim=1)
        positions = (self.mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        logits = cached_logits(
            self.model,
            self.cache,
            input_ids=ids.to(self.mask.device),
            attention_mask=self.mask,
            position_ids=positions,
            logits_to_keep=width + 1,
        )
        # Of equal logits `argmax` takes the first, as plain decoding does; `topk` takes any.
        tokens = logits.argmax(dim=-1)
        plain = ids.shape[1] == 1
        if plain and all(row.broken for row in self.rows):
            return _Pass(drafts, plain, tokens.tolist(), [[] for _ in self.rows])
        largest = logits.topk(2, dim=-1).values.float()
        margins = (largest[..., 0] - largest[..., 1]).tolist()
        return _Pass(drafts, plain, tokens.tolist(), margins)

    def reject(self, number: int, drafted: int, accepted: int, width: int) -> None:
        """Mask the drafted tokens that a row did not accept; −1 masks its pending token too."""
        if accepted == drafted:
            return
        first = self.mask.shape[1] - width + accepted
        self.mask[number, first : self.mask.shape[1] - width + drafted] = 0

    def crop(self, columns: int) -> None:
        """Drop the last columns, which every row masks: passes without a mask are faster."""
        if columns:
            self.cache.crop(-columns)
            self.mask = self.mask[:, :-columns]

    def keep(self, numbers: Sequence[int]) -> None:
        """Keep these rows alone."""
        if len(numbers) < len(self.rows):
            kept = torch.tensor(numbers, dtype=torch.long, device=self.mask.device)
            if numbers:
                self.cache.batch_select_indices(kept)
            self.mask = self.mask[kept]
            self.rows = [self.rows[number] for number in numbers]

    @property
    def cached(self) -> int:
        """Numbers in the cache."""
        return sum(layer.keys.numel() + layer.values.numel() for layer in self.cache.layers)

    def columns(self, number: int) -> list[tuple[Tensor, Tensor]]:
        """Return the keys and values that a row uses, a pair of [heads, tokens, width] a layer."""
        used = self.mask[number].nonzero()[:, 0]
        return [(layer.keys[number][:, used], layer.values[number][:, used])
                for layer in self.cache.layers]  # fmt: skip

    def refill(self, states: Sequence[list[tuple[Tensor, Tensor]]]) -> None:
        """Take the keys and values of each row from its own, padded on the left."""
        lengths = [state[0][0].shape[1] for state in states]
        longest = max(lengths)
        self.cache = empty_cache(self.model)
        for index, layer in enumerate(zip(*states, strict=True)):
            keys, values = (
                torch.stack([
                    torch.nn.functional.pad(pair[side], (0, 0, longest - length, 0))
                    for pair, length in zip(layer, lengths, strict=True)
                ])
                for side in (0, 1)
            )  # fmt: skip
            self.cache.update(keys, values, index)
        column = torch.arange(longest, device=self.mask.device)
        begin = longest - torch.tensor(lengths, device=self.mask.device)
        self.mask = (column >= begin[:, None]).long()

    def compact(self) -> None:
        """Drop masked columns where they are more than a quarter of the cache."""
        if self.rows and 4 * int(self.mask.sum(dim=1).max()) < 3 * self.mask.shape[1]:
            self.refill([self.columns(number) for number in range(len(self.rows))])


class VerifiedDecoder:
    """Decodes batches greedily, with a draft for each output.

    Parameters
    ----------
    ends
        Tokens that end an output.
    pad
        The token that prompts are padded with, on the left.
    max_logits
        Logits that may be in memory at once.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        ends: Collection[int],
        pad: int,
        *,
        max_logits: int = MAX_LOGITS,
    ) -> None:
        self.model = model
        self.ends = ends
        self.pad = pad
        self.max_logits = max_logits
        self.counters = Counters()
        self.first_draft = FIRST_DRAFTS[1]
        self.tolerance = TIE_TOLERANCE.get(str(model.dtype).removeprefix("torch."), 0.0)
        self.weights: int = model.num_parameters()
        self.vocabulary = int(model.get_output_embeddings().weight.shape[0])

    @staticmethod
    def supports(model: PreTrainedModel) -> bool:
        """Return whether keys and values of the model can be masked and moved token by token."""
        layers = empty_cache(model).layers
        return bool(layers) and all(isinstance(layer, GrowingLayer) for layer in layers)

    @torch.inference_mode()
    def decode(
        self,
        prompts: Sequence[Sequence[int]],
        references: Sequence[Sequence[int]],
        limits: Sequence[int],
    ) -> Iterator[DraftedOutput]:
        """Yield each output as soon as it has ended; its ``index`` is its place.

        Parameters
        ----------
        references
            The draft of each output, with its end token.
        limits
            Tokens that each output may have, at least 1.
        """
        rows = [
            DraftedOutput(index, list(prompt), reference, limit, repeats=True)
            for index, (prompt, reference, limit) in enumerate(
                zip(prompts, references, limits, strict=True)
            )
        ]
        self.counters.outputs += len(rows)
        part = max(1, self.max_logits // (self.vocabulary * (MIN_PASS_DRAFT + 1)))
        broken: list[tuple[DraftedOutput, list[tuple[Tensor, Tensor]]]] = []
        for first in range(0, len(rows), part):
            yield from self._follow(rows[first : first + part], broken)
        self.counters.broken += len(broken)
        if not broken:
            return
        batch = _Batch(self.model, [row for row, _ in broken], self.pad)
        batch.refill([states for _, states in broken])
        broken.clear()
        while batch.rows:
            self._advance(batch, self._paying_length(batch))
            going = []
            for number, row in enumerate(batch.rows):
                if self._ended(row):
                    yield row
                else:
                    going.append(number)
            batch.keep(going)
            batch.compact()

    def _follow(
        self,
        rows: Sequence[DraftedOutput],
        broken: list[tuple[DraftedOutput, list[tuple[Tensor, Tensor]]]],
    ) -> Iterator[DraftedOutput]:
        """Decode rows as long as they follow their references, and yield those that have ended.

        The others are added to ``broken``, with their keys and values.
        """
        first, left = self.first_draft, len(broken)
        for row in rows:
            row.draft_length = first
        batch = _Batch(self.model, rows, self.pad)
        while batch.rows:
            self._advance(batch, self._longest(len(batch.rows)))
            following = []
            for number, row in enumerate(batch.rows):
                if self._ended(row):
                    yield row
                elif row.broken:
                    broken.append((row, batch.columns(number)))
                else:
                    following.append(number)
            batch.keep(following)
            if first:
                often = 2 * (len(broken) - left) >= len(rows)
                self.first_draft = FIRST_DRAFTS[0 if often else 2]
                first = 0

    def _longest(self, rows: int) -> int:
        """Return the tokens of the longest draft for which the logits of a pass fit the memory."""
        return max(0, min(MAX_DRAFT, self.max_logits // (self.vocabulary * rows) - 1))

    def _advance(self, batch: _Batch, longest: int) -> None:
        """Read a draft of at most ``longest`` tokens a row, and write what the model would have."""
        decided = any(row.redecide for row in batch.rows)
        drafts, plain, tokens, margins = batch.forward(0 if decided else longest)
        self.counters.passes += 1
        if plain:
            for row, (token,), own_margins in zip(batch.rows, tokens, margins, strict=True):
                row.accept([token], 0, own_margins)
            return
        width = max(map(len, drafts))
        kept = -1
        for number, (row, draft) in enumerate(zip(batch.rows, drafts, strict=True)):
            length = agreement(draft, tokens[number], self.ends)
            near = (place for place in range(length + 1) if margins[number][place] < self.tolerance)
            place = next(near, None)
            if place is None:
                row.accept([*draft[:length], tokens[number][length]], len(draft), margins[number])
                columns = length
            else:
                # The token before is read again, alone.
                self.counters.near_ties += 1
                row.postpone(draft, place, margins[number])
                length, columns = place, place - 1
            batch.reject(number, len(draft), columns, width)
            kept = max(kept, columns)
            self.counters.drafted += len(draft)
            self.counters.accepted += length
        batch.crop(width - kept)

    def _paying_length(self, batch: _Batch) -> int:
        """Return the length of drafts for which a pass writes most tokens for its cost."""
        rows = batch.rows
        lengths = [len(row.draft(MAX_DRAFT)) for row in rows]
        if not any(lengths):
            return 0
        device = self.model.device.type if self.model.device.type in PASS_COST else "cpu"
        # A token is multiplied by all weights, and by the keys and values of its row.
        cached = batch.cached / self.weights
        layers = len(batch.cache.layers) * LAYER_COST[device] / self.weights
        overhead = layers + PASS_COST[device] * (1 + cached)

        def tokens_for_cost(longest: int) -> float:
            drafted = zip(rows, lengths, strict=True)
            written = sum(_expected(row.rate, min(length, longest)) for row, length in drafted)
            return (len(rows) + written) / (overhead + (len(rows) + cached) * (longest + 1))

        most = self._longest(len(rows))
        powers = (1 << power for power in range(MAX_DRAFT.bit_length()))
        return max((0, *(power for power in powers if power <= most)), key=tokens_for_cost)

    def _ended(self, row: DraftedOutput) -> bool:
        return bool(row.written) and (row.written[-1] in self.ends or len(row.written) >= row.limit)


def _expected(rate: float, drafted: int) -> float:
    """Return how many tokens of a draft are accepted on average, at a rate for each token."""
    return drafted if rate > 0.999 else rate * (1 - rate**drafted) / (1 - rate)
