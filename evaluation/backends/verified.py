"""Greedy decoding with the reference as a draft: many tokens of an output for one forward pass.

Greedy decoding writes the reference as long as every arg max is the reference's next token. The
reference is therefore the draft: one pass over a stretch of it accepts the tokens up to the first
that differs, and writes the arg max there. Outputs that left their reference continue together,
each with the draft that the reference offers where the output rejoins it. Drafts grow while they
are accepted and shrink to nothing, which is plain decoding, while they are not. The outputs are
those of plain greedy decoding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

FIRST_DRAFTS = (1, 4, 16)
"""Tokens of an output's first draft, which is read together with its prompt: where most outputs of
the batch before left their reference within it, in the first batch, and otherwise."""
MAX_DRAFT = 512
"""Tokens of the longest draft."""
GROWTH = 4
"""Ratio of the length of a draft to that of the accepted draft before it."""
MAX_LOGITS = 1 << 28
"""Logits of one pass: 1 GiB in fp32."""
REJOIN_TOKENS = 4
"""Tokens in a row that an output and its reference share where the output rejoins it."""
REJOIN_DRAFT = 8
"""Tokens of the first draft after an output left or rejoined its reference."""
MAX_BACKOFF = 64
"""Tokens to decode plainly, at most, after drafts that were not accepted."""
PASS_COST = {"cpu": 8, "cuda": 512}
"""Cost of a pass besides its tokens, in tokens, by device: it decides how long a draft pays."""
TIE_TOLERANCE = {torch.float32: 1e-4, torch.float16: 2e-2, torch.bfloat16: 1.25e-1}
"""Margins of the largest logit below which a token is decided again by a pass of one token."""


@dataclass(slots=True)
class Counters:
    """Counts of what verified decoding did.

    Attributes
    ----------
    outputs, broken
        Outputs, and those that left their reference.
    passes
        Forward passes.
    drafted, accepted
        Tokens of all drafts, and those that the model would have written.
    near_ties
        Tokens that were decided again by a pass of one token.
    """

    outputs: int = 0
    broken: int = 0
    passes: int = 0
    drafted: int = 0
    accepted: int = 0
    near_ties: int = 0


@dataclass(slots=True, eq=False)
class _Row:
    """An output in progress.

    Attributes
    ----------
    pending
        Tokens that are not in the cache yet: the prompt at first, then the last token written.
    pointer
        Where in the reference the next draft begins; None where nothing suggests a draft.
    draft_length
        Tokens of the next draft.
    broken
        Whether the output left its reference.
    redecide
        Whether the next token is to be decided by a pass of one token.
    rate
        The share of drafted tokens that were accepted, recent drafts weighing most.
    misses, wait
        Drafts in a row without an accepted token, and tokens to decode plainly before the next.
    """

    index: int
    pending: list[int]
    reference: Sequence[int]
    limit: int
    written: list[int] = field(default_factory=list)
    pointer: int | None = 0
    draft_length: int = 0
    broken: bool = False
    redecide: bool = False
    rate: float = 1.0
    misses: int = 0
    wait: int = 0
    places: dict[tuple[int, ...], list[int]] | None = None

    def draft(self, longest: int) -> Sequence[int]:
        """Return the next draft: at most ``longest`` tokens, with room for the one after it."""
        if self.pointer is None or self.redecide:
            return ()
        room = self.limit - len(self.written) - 1
        length = max(0, min(self.draft_length, longest, room))
        return self.reference[self.pointer : self.pointer + length]

    def accept(self, tokens: Sequence[int], drafted: int) -> None:
        """Write tokens, of which all but the last were drafted, and choose the next draft."""
        self.written += tokens
        self.pending = [tokens[-1]]
        self.redecide = False
        accepted = len(tokens) - 1
        if drafted:
            self.rate = (self.rate + accepted / drafted) / 2
        if self.pointer is not None:
            here = self.pointer + accepted
            if here < len(self.reference) and self.reference[here] == tokens[-1]:
                self.pointer, self.misses = here + 1, 0
                if drafted:
                    self.draft_length = min(MAX_DRAFT, GROWTH * drafted)
                return
            if not self.broken:
                self.broken, self.rate = True, 0.5
            self.draft_length = REJOIN_DRAFT
            if accepted or not self.misses:
                # One token differs: the reference may go on as if it did not.
                self.pointer = here + 1
                self.misses = 0 if accepted else 1
                return
            self.misses += 1
            self.wait = min(MAX_BACKOFF, 1 << self.misses)
            self.pointer = None
        self.wait -= 1
        if self.wait <= 0:
            self.pointer = self.find_rejoin()

    def find_rejoin(self) -> int | None:
        """Return the nearest place in the reference that follows the last tokens written."""
        if self.places is None:
            self.places = {}
            for end in range(REJOIN_TOKENS, len(self.reference)):
                tokens = tuple(self.reference[end - REJOIN_TOKENS : end])
                self.places.setdefault(tokens, []).append(end)
        ends = self.places.get(tuple(self.written[-REJOIN_TOKENS:]), ())
        return min(ends, key=lambda end: abs(end - len(self.written)), default=None)


class _Pass(NamedTuple):
    """One forward pass: after each pending token and draft token, the arg max and its margin.

    Attributes
    ----------
    drafts
        The draft of each row.
    tokens, margins
        A list a row: entry 0 follows the pending tokens, entry i the draft's first i tokens. A pass
        of one token, which is plain decoding, has no margins.
    """

    drafts: list[Sequence[int]]
    tokens: list[list[int]]
    margins: list[list[float]]


class _Batch:
    """Rows with a common cache; columns of the cache that a row does not use are masked."""

    def __init__(self, model: PreTrainedModel, rows: Sequence[_Row], pad: int) -> None:
        self.model = model
        self.rows = list(rows)
        self.pad = pad
        self.cache = DynamicCache(config=model.config)
        self.mask = torch.zeros(len(rows), 0, dtype=torch.long, device=model.device)
        self.masked = False

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
        logits = self.model(
            input_ids=ids.to(self.mask.device),
            attention_mask=self.mask,
            position_ids=positions,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=width + 1,
        ).logits
        # Of equal logits `argmax` takes the first, as plain decoding does; `topk` takes any.
        tokens = logits.argmax(dim=-1)
        if ids.shape[1] == 1:
            return _Pass(drafts, tokens.tolist(), [])
        largest = logits.topk(2, dim=-1).values.float()
        return _Pass(drafts, tokens.tolist(), (largest[..., 0] - largest[..., 1]).tolist())

    def reject(self, number: int, drafted: int, accepted: int, width: int) -> None:
        """Mask the drafted tokens that a row did not accept; −1 masks its pending token too."""
        if accepted == drafted:
            return
        self.masked = True
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

    def columns(self, number: int) -> list[tuple[Tensor, Tensor]]:
        """Return the keys and values that a row uses, a pair of [heads, tokens, width] a layer."""
        used = self.mask[number].nonzero()[:, 0]
        return [(layer.keys[number][:, used], layer.values[number][:, used])
                for layer in self.cache.layers]  # fmt: skip

    def refill(self, states: Sequence[list[tuple[Tensor, Tensor]]]) -> None:
        """Take the keys and values of each row from its own, padded on the left."""
        lengths = [state[0][0].shape[1] for state in states]
        longest = max(lengths)
        self.cache = DynamicCache(config=self.model.config)
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
        if self.rows and self.masked:
            self.masked = False
            if 4 * int(self.mask.sum(dim=1).max()) < 3 * self.mask.shape[1]:
                self.refill([self.columns(number) for number in range(len(self.rows))])


class VerifiedDecoder:
    """Decodes batches greedily, with a draft for each output.

    Parameters
    ----------
    ends
        Tokens that end an output.
    pad
        The token that prompts are padded with, on the left.
    """

    def __init__(self, model: PreTrainedModel, ends: Collection[int], pad: int) -> None:
        self.model = model
        self.ends = ends
        self.pad = pad
        self.counters = Counters()
        self.first_draft = FIRST_DRAFTS[1]
        self.tolerance = TIE_TOLERANCE.get(model.dtype, 0.0)

    @staticmethod
    def supports(model: PreTrainedModel) -> bool:
        """Return whether keys and values of the model can be masked and moved token by token."""
        layers = DynamicCache(config=model.config).layers
        return bool(layers) and all(type(layer) is DynamicLayer for layer in layers)

    @torch.inference_mode()
    def decode(
        self,
        prompts: Sequence[Sequence[int]],
        references: Sequence[Sequence[int]],
        limits: Sequence[int],
    ) -> Iterator[tuple[int, list[int]]]:
        """Yield the tokens of each output with its place, as soon as it has ended.

        Parameters
        ----------
        references
            The draft of each output, with its end token.
        limits
            Tokens that each output may have, at least 1.
        """
        rows = [
            _Row(index, list(prompt), reference, limit, draft_length=self.first_draft)
            for index, (prompt, reference, limit) in enumerate(
                zip(prompts, references, limits, strict=True)
            )
        ]
        self.counters.outputs += len(rows)
        first = self.first_draft
        vocabulary = self.model.get_output_embeddings().weight.shape[0]
        batch = _Batch(self.model, rows, self.pad)
        broken: list[_Row] = []
        states: list[list[tuple[Tensor, Tensor]]] = []
        while batch.rows:
            self._advance(batch, min(MAX_DRAFT, MAX_LOGITS // (vocabulary * len(batch.rows)) - 1))
            following = []
            for number, row in enumerate(batch.rows):
                if self._ended(row):
                    yield row.index, row.written
                elif row.broken:
                    broken.append(row)
                    states.append(batch.columns(number))
                else:
                    following.append(number)
            batch.keep(following)
            if first:
                self.first_draft = FIRST_DRAFTS[2 if 2 * len(broken) < len(rows) else 0]
                first = 0
        self.counters.broken += len(broken)
        if not broken:
            return
        batch = _Batch(self.model, broken, self.pad)
        batch.refill(states)
        del states
        while batch.rows:
            self._advance(batch, self._paying_length(batch.rows))
            going = []
            for number, row in enumerate(batch.rows):
                if self._ended(row):
                    yield row.index, row.written
                else:
                    going.append(number)
            batch.keep(going)
            batch.compact()

    def _advance(self, batch: _Batch, longest: int) -> None:
        """Read a draft of at most ``longest`` tokens a row, and write what the model would have."""
        decided = [row.redecide for row in batch.rows]
        drafts, tokens, margins = batch.forward(0 if any(decided) else max(0, longest))
        width = max(map(len, drafts))
        self.counters.passes += 1
        if not margins:
            for row, (token,) in zip(batch.rows, tokens, strict=True):
                row.accept([token], 0)
            return
        kept = -1
        for number, (row, draft) in enumerate(zip(batch.rows, drafts, strict=True)):
            length = 0
            while length < len(draft) and draft[length] == tokens[number][length]:
                length += 1
            near = next(
                (
                    place
                    for place in range(length + 1)
                    if margins[number][place] < self.tolerance and (place or not decided[number])
                ),
                None,
            )
            if near is not None:
                # The token before is read again, alone.
                self.counters.near_ties += 1
                read = [*row.pending, *draft[:near]]
                row.written += draft[:near]
                row.pending, row.redecide = read[-1:], True
                if row.pointer is not None:
                    row.pointer += near
                batch.reject(number, len(draft), near - 1, width)
                kept = max(kept, near - 1)
                length = near
            else:
                row.accept(self._cut([*draft[:length], tokens[number][length]]), len(draft))
                batch.reject(number, len(draft), length, width)
                kept = max(kept, length)
            self.counters.drafted += len(draft)
            self.counters.accepted += length
        batch.crop(width - kept)

    def _paying_length(self, rows: Sequence[_Row]) -> int:
        """Return the length of drafts for which a pass writes most tokens for its cost."""
        overhead = PASS_COST.get(self.model.device.type, PASS_COST["cpu"])
        lengths = [len(row.draft(MAX_DRAFT)) for row in rows]
        if not any(lengths):
            return 0

        def tokens_for_cost(longest: int) -> float:
            drafted = zip(rows, lengths, strict=True)
            written = sum(_expected(row.rate, min(length, longest)) for row, length in drafted)
            return (len(rows) + written) / (overhead + len(rows) * (longest + 1))

        return max((0, *(1 << power for power in range(10))), key=tokens_for_cost)

    def _cut(self, tokens: Sequence[int]) -> Sequence[int]:
        """Return tokens up to the first end token."""
        ends = (place for place, token in enumerate(tokens) if token in self.ends)
        return tokens[: next(ends, len(tokens)) + 1]

    def _ended(self, row: _Row) -> bool:
        return bool(row.written) and (row.written[-1] in self.ends or len(row.written) >= row.limit)


def _expected(rate: float, drafted: int) -> float:
    """Return how many tokens of a draft are accepted on average, at a rate for each token."""
    return drafted if rate > 0.999 else rate * (1 - rate**drafted) / (1 - rate)
