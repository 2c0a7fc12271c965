"""Backend for a Hugging Face model, which decodes many prompts at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from hashlib import blake2b
from operator import add
from time import perf_counter

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from evaluation.backends.base import GREEDY, Description, Output, OutputRequest, Sampling, StepTime
from evaluation.backends.config import Decode
from evaluation.backends.decoder import Decoder, end_tokens
from evaluation.backends.verified import PASS_COST, VerifiedDecoder
from evaluation.models.caching import GrowingLayer, cached_logits, empty_cache
from evaluation.models.distances import FarPositions
from evaluation.models.far_positions import see_far_tokens
from evaluation.states.reading import TokenScores, read_references

DEFAULT_CPU_BATCH = 64
"""Prompts that are decoded at once on a CPU, where free memory is not measured."""
MAX_GPU_BATCH = 1024
"""Maximum number of prompts that are decoded at once on a GPU."""
KV_MEMORY_SHARE = 0.6
"""Share of the GPU's free memory for keys and values; forward passes and copies need the rest."""


class HuggingFace(Decoder):
    """Causal language model in this process.

    A batch holds prompts of similar length, padded on the left; finished rows leave the batch. If
    memory runs out, the batch is halved and its unfinished rows start again. In fp32 an output does
    not depend on its batch; in bf16 it may, so the description has the number type and batch size.

    Parameters
    ----------
    name, chat
        See ``Decoder``.
    batch_size
        Number of prompts decoded at once, as long as memory allows. None means as many as fit the
        GPU's free memory at the maximum output length, or ``DEFAULT_CPU_BATCH`` on a CPU.
    decode
        ``verified`` decodes with the reference as a draft (see ``VerifiedDecoder``) where that
        gives the outputs of plain decoding: greedily, for problems with a reference, and with a
        model whose cache can be masked. ``plain`` always decodes token by token.
    far
        Distances at which the model sees far tokens, instead of their own; None means their own.

    Raises
    ------
    ValueError
        If ``batch_size`` is below 1, or the model has no such distances.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        batch_size: int | None = None,
        chat: bool = False,
        sampling: Sampling = GREEDY,
        decode: Decode = "verified",
        far: FarPositions | None = None,
    ) -> None:
        if batch_size is not None and batch_size < 1:
            raise ValueError(f"`batch_size` must be at least 1, not {batch_size}")
        ends = end_tokens(tokenizer, model.generation_config)
        super().__init__(name, tokenizer, ends, chat=chat, sampling=sampling)
        self.model = model.eval()
        self.far = far
        if far:
            see_far_tokens(model, far)
        self.batch_size = batch_size
        self._current_batch_size = batch_size or DEFAULT_CPU_BATCH
        verifies = decode == "verified" and not sampling.temperature
        self.verified = (
            VerifiedDecoder(model, self.end_tokens, tokenizer.pad_token_id)
            if verifies and VerifiedDecoder.supports(model)
            else None
        )

    @property
    def description(self) -> Description:
        """See ``Backend``."""
        return {
            "backend": "hf",
            **super().description,
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "dtype": str(self.model.dtype).removeprefix("torch."),
            "device": self.model.device.type,
            "batch_size": self._current_batch_size,
            "decode": "verified" if self.verified else "plain",
            **({"far": asdict(self.far)} if self.far else {}),
        }

    @property
    def context(self) -> int:
        """See ``Backend``."""
        positions: int = self.model.config.get_text_config().max_position_embeddings
        return positions

    longest_read = context
    """See ``ReferenceReader``."""

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """See ``Backend``."""
        prompts = self.encode_problems([request.problem for request in requests])
        if self.batch_size is None:
            longest = max(map(len, prompts), default=0) + max_new_tokens
            self._current_batch_size = self._fitting_batch_size(longest)
        drafts = self.drafts(requests) if self.verified else [[] for _ in requests]
        # The longest come first, so that a batch that is too large fails at once.
        waiting = sorted(
            range(len(requests)), key=lambda index: -len(prompts[index]) - len(drafts[index])
        )
        while waiting:
            batch = waiting[: self._current_batch_size]
            if drafts[batch[0]]:
                batch = [index for index in batch if drafts[index]]
            finished: set[int] = set()
            try:
                for index, output in (
                    self._verify(prompts, drafts, batch, max_new_tokens)
                    if drafts[batch[0]]
                    else self._decode(requests, prompts, batch, max_new_tokens)
                ):
                    finished.add(index)
                    yield index, output
            except torch.OutOfMemoryError:
                if len(batch) == 1:
                    raise
                self.batch_size = self._current_batch_size = len(batch) // 2
            waiting = [index for index in waiting if index not in finished]
            if len(finished) < len(batch) and torch.cuda.is_available():
                torch.cuda.empty_cache()

    def read(
        self, prompts: Sequence[Sequence[int]], references: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, TokenScores]]:
        """Yield the scores of each reference's tokens; see ``ReferenceReader``."""
        lengths = list(map(add, map(len, prompts), map(len, references)))
        waiting = sorted(range(len(lengths)), key=lambda index: -lengths[index])
        size = self.batch_size or self._fitting_batch_size(max(lengths, default=1))
        while waiting:
            batch = waiting[:size]
            try:
                scores = read_references(
                    self.model,
                    [prompts[index] for index in batch],
                    [references[index] for index in batch],
                    self.tokenizer.pad_token_id,
                )
            except torch.OutOfMemoryError:
                if size == 1:
                    raise
                size = len(batch) // 2
                continue
            yield from zip(batch, scores, strict=True)
            waiting = waiting[size:]

    def time_step(self, outputs: int, length: int) -> StepTime:
        """Measure a step of plain decoding; see ``StepTimer``."""
        batch = min(self.batch_size or self._fitting_batch_size(length), outputs)
        tokens = torch.full((batch, 1), self.tokenizer.pad_token_id, device=self.model.device)
        cache = empty_cache(self.model)
        try:
            self._time_token(tokens, cache)
            for layer in cache.layers:
                if isinstance(layer, GrowingLayer):  # as if half of each text were written
                    half = max(1, min(length, self.context) // 2 - 2)
                    layer.keys = layer.keys.repeat(1, 1, half, 1)
                    layer.values = layer.values.repeat(1, 1, half, 1)
            self._time_token(tokens, cache)  # the cache grows
            seconds: float = self._time_token(tokens, cache)
            return StepTime(batch, seconds, seconds / (PASS_COST[self.model.device.type] + batch))
        except torch.OutOfMemoryError:
            if batch == 1:
                raise
        return self.time_step(batch // 2, length)

    @torch.inference_mode()
    def _time_token(self, tokens: Tensor, cache: DynamicCache) -> float:
        """Return how long a forward pass of a token for each row takes, in seconds."""
        start = perf_counter()
        logits = cached_logits(self.model, cache, input_ids=tokens, logits_to_keep=1)
        logits.argmax(dim=-1).tolist()  # waits for the device
        return perf_counter() - start

    def _fitting_batch_size(self, length: int) -> int:
        """Return how many texts of ``length`` tokens fit the GPU's memory for keys and values."""
        if self.model.device.type != "cuda":
            return DEFAULT_CPU_BATCH
        config = self.model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = (
            getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        )
        token_bytes = 2 * config.num_hidden_layers * heads * width * self.model.dtype.itemsize
        torch.cuda.empty_cache()  # memory that torch keeps from an earlier batch is free, too
        free_bytes, _ = torch.cuda.mem_get_info(self.model.device)
        text_bytes = token_bytes * min(length, self.context)
        return max(1, min(MAX_GPU_BATCH, int(KV_MEMORY_SHARE * free_bytes / text_bytes)))

    def _verify(
        self,
        prompts: Sequence[Sequence[int]],
        drafts: Sequence[Sequence[int]],
        batch: Sequence[int],
        max_new_tokens: int,
    ) -> Iterator[tuple[int, Output]]:
        """Decode a batch with drafts; see ``_decode``."""
        assert self.verified is not None  # as there are drafts
        for row in self.verified.decode(
            [prompts[index] for index in batch],
            [drafts[index] for index in batch],
            [min(max_new_tokens, self.context - len(prompts[index])) for index in batch],
        ):
            yield batch[row.index], self.output(row.written, row.verification)

    def _decode(
        self,
        requests: Sequence[OutputRequest],
        prompts: Sequence[Sequence[int]],
        batch: Sequence[int],
        max_new_tokens: int,
    ) -> Iterator[tuple[int, Output]]:
        """Yield each output of a batch with its index, as soon as it is finished."""
        device = self.model.device
        indices = list(batch)
        draws = [_OutputDraws(self.sampling.seed, requests[index]) for index in indices]
        written: list[list[int]] = [[] for _ in indices]
        tokens, mask = self._pad([prompts[index] for index in indices])
        cache = empty_cache(self.model)
        while indices:
            chosen = self._step(tokens, mask, cache, draws)
            for row_tokens, token in zip(written, chosen, strict=True):
                row_tokens.append(token)
            unfinished = []
            for row, index in enumerate(indices):
                room = min(max_new_tokens, self.context - len(prompts[index]))
                if written[row][-1] in self.end_tokens or len(written[row]) >= room:
                    yield index, self.output(written[row])
                else:
                    unfinished.append(row)
            if len(unfinished) < len(indices):
                kept = torch.tensor(unfinished, dtype=torch.long, device=device)
                if unfinished:
                    cache.batch_select_indices(kept)
                mask = mask[kept]
                indices = [indices[row] for row in unfinished]
                written = [written[row] for row in unfinished]
                draws = [draws[row] for row in unfinished]
                chosen = [chosen[row] for row in unfinished]
            tokens = torch.tensor(chosen, dtype=torch.long, device=device)[:, None]
            mask = torch.cat([mask, torch.ones_like(mask[:, :1])], dim=1)

    def _pad(self, prompts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Return int64[prompts, tokens] token ids, padded on the left, and their attention mask."""
        longest = max(map(len, prompts))
        ids = torch.full((len(prompts), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt) :] = torch.tensor(prompt)
            mask[row, longest - len(prompt) :] = 1
        return ids.to(self.model.device), mask.to(self.model.device)

    @torch.inference_mode()
    def _step(
        self, tokens: Tensor, mask: Tensor, cache: DynamicCache, draws: Sequence[_OutputDraws]
    ) -> list[int]:
        """Return the next token of each row."""
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -tokens.shape[1] :]
        logits = cached_logits(
            self.model,
            cache,
            input_ids=tokens,
            attention_mask=mask,
            position_ids=positions,
            logits_to_keep=1,
        )[:, -1]
        if not self.sampling.temperature:
            greedy: list[int] = logits.argmax(dim=-1).tolist()
            return greedy
        probabilities = torch.softmax(logits.float() / self.sampling.temperature, dim=-1)
        probabilities, order = probabilities.sort(dim=-1, descending=True, stable=True)
        cumulative = probabilities.cumsum(dim=-1)
        in_nucleus = cumulative - probabilities < self.sampling.top_p
        nucleus_mass = (probabilities * in_nucleus).sum(dim=-1, keepdim=True)
        uniform = torch.tensor([[next(draw)] for draw in draws], device=cumulative.device)
        last = in_nucleus.sum(dim=-1, keepdim=True) - 1
        ranks = torch.searchsorted(cumulative, uniform * nucleus_mass, right=True)
        sampled: list[int] = order.gather(1, torch.minimum(ranks, last))[:, 0].tolist()
        return sampled


class _OutputDraws:
    """Random numbers for one output, which do not depend on any other output."""

    def __init__(self, seed: int, request: OutputRequest) -> None:
        key = blake2b(f"{seed} {request.sample} {request.problem.id}".encode(), digest_size=16)
        self._random = np.random.Generator(np.random.Philox(key=int(key.hexdigest(), 16)))

    def __next__(self) -> float:
        return float(self._random.random(dtype=np.float32))
