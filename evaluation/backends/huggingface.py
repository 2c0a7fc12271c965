"""Decoding with a Hugging Face model, many prompts at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from evaluation.backends.base import GREEDY, Description, End, Output, OutputRequest, Sampling
from evaluation.backends.decoder import Decoder

BATCH = 64
"""Prompts that are decoded at once where there is no GPU, whose memory would tell."""
MOST = 1024
"""… and on a GPU at the most."""
SHARE = 0.6
"""Of the GPU's free memory, for keys and values; the rest is for the forward pass and copies."""


class HuggingFace(Decoder):
    """A causal language model.

    Batches hold prompts of like length, padded on the left; rows that have ended leave their batch.
    Where memory runs out all the same the batch is halved, and the rows that had not ended begin
    anew. In fp32 an output does not depend on its batch; in bf16 it may, so the description tells
    number type and batch size.

    Parameters
    ----------
    name, chat
        See ``Decoder``.
    batch_size
        Prompts decoded at once, as long as memory allows; by the GPU's free memory where it is
        None, of the length of the longest outputs that there may be.
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
    ) -> None:
        if batch_size is not None and batch_size < 1:
            raise ValueError(f"batch_size {batch_size} must be at least 1")
        super().__init__(name, tokenizer, chat=chat, sampling=sampling)
        self.model = model.eval()
        self.batch_size = batch_size
        self._used = batch_size or BATCH
        self.ends = frozenset(_end_tokens(model, tokenizer))

    @property
    def description(self) -> Description:
        return {
            "backend": "hf",
            **super().description,
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "dtype": str(self.model.dtype).removeprefix("torch."),
            "device": self.model.device.type,
            "batch_size": self._used,
        }

    @property
    def context(self) -> int:
        positions: int = self.model.config.get_text_config().max_position_embeddings
        return positions

    def generate(
        self, requests: Sequence[OutputRequest], limit: int
    ) -> Iterator[tuple[int, Output]]:
        prompts = self.prompts([request.item.prompt for request in requests])
        if self.batch_size is None:
            self._used = self._fitting(max(map(len, prompts), default=0) + limit)
        # The longest first: a batch that needs too much memory says so at once.
        waiting = sorted(range(len(requests)), key=lambda place: -len(prompts[place]))
        while waiting:
            batch = waiting[: self._used]
            ended: set[int] = set()
            try:
                for place, tokens in self._decode(requests, prompts, batch, limit):
                    ended.add(place)
                    yield place, self._output(tokens)
            except torch.OutOfMemoryError:
                if len(batch) == 1:
                    raise
                self.batch_size = self._used = len(batch) // 2
            waiting = [place for place in waiting if place not in ended]
            if len(ended) < len(batch) and torch.cuda.is_available():
                torch.cuda.empty_cache()

    def _fitting(self, length: int) -> int:
        """How many texts of so many tokens the GPU's free memory holds the keys and values of."""
        if self.model.device.type != "cuda":
            return BATCH
        config = self.model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = (
            getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        )
        size = 2 * config.num_hidden_layers * heads * width * self.model.dtype.itemsize
        torch.cuda.empty_cache()  # what an earlier batch took and torch keeps is free, too
        free, _ = torch.cuda.mem_get_info(self.model.device)
        return max(1, min(MOST, int(SHARE * free / (size * min(length, self.context)))))

    def _decode(
        self,
        requests: Sequence[OutputRequest],
        prompts: Sequence[Sequence[int]],
        batch: Sequence[int],
        limit: int,
    ) -> Iterator[tuple[int, list[int]]]:
        """The tokens of each output of a batch, with its place, as soon as it has ended."""
        device = self.model.device
        places = list(batch)
        draws = [_Draws(self.sampling.seed, requests[place]) for place in places]
        written: list[list[int]] = [[] for _ in places]
        tokens, mask = self._padded([prompts[place] for place in places])
        cache = DynamicCache(config=self.model.config)
        while places:
            chosen = self._step(tokens, mask, cache, draws)
            for tokens_so_far, token in zip(written, chosen, strict=True):
                tokens_so_far.append(token)
            going = []
            for row, place in enumerate(places):
                room = min(limit, self.context - len(prompts[place]))
                if written[row][-1] in self.ends or len(written[row]) >= room:
                    yield place, written[row]
                else:
                    going.append(row)
            if len(going) < len(places):
                kept = torch.tensor(going, dtype=torch.long, device=device)
                if going:
                    cache.batch_select_indices(kept)
                mask = mask[kept]
                places = [places[row] for row in going]
                written = [written[row] for row in going]
                draws = [draws[row] for row in going]
                chosen = [chosen[row] for row in going]
            tokens = torch.tensor(chosen, dtype=torch.long, device=device)[:, None]
            mask = torch.cat([mask, torch.ones_like(mask[:, :1])], dim=1)

    def _padded(self, prompts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Token ids and attention mask of prompts, each at the right of its row."""
        longest = max(map(len, prompts))
        ids = torch.full((len(prompts), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt) :] = torch.tensor(prompt)
            mask[row, longest - len(prompt) :] = 1
        return ids.to(self.model.device), mask.to(self.model.device)

    @torch.inference_mode()
    def _step(
        self, tokens: Tensor, mask: Tensor, cache: DynamicCache, draws: Sequence[_Draws]
    ) -> list[int]:
        """The next token of each row."""
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -tokens.shape[1] :]
        logits: Tensor = self.model(
            input_ids=tokens,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        if not self.sampling.temperature:
            greedy: list[int] = logits.argmax(dim=-1).tolist()
            return greedy
        shares, order = torch.softmax(logits.float() / self.sampling.temperature, dim=-1).sort(
            dim=-1, descending=True, stable=True
        )
        sums = shares.cumsum(dim=-1)
        inside = sums - shares < self.sampling.top_p
        whole = (shares * inside).sum(dim=-1, keepdim=True)
        drawn = torch.tensor([[next(draw)] for draw in draws], device=sums.device) * whole
        last = inside.sum(dim=-1, keepdim=True) - 1
        found = torch.minimum(torch.searchsorted(sums, drawn, right=True), last)
        sampled: list[int] = order.gather(1, found)[:, 0].tolist()
        return sampled

    def _output(self, tokens: Sequence[int]) -> Output:
        """The text up to the end token; without one, the output was cut."""
        ended = tokens[-1] in self.ends
        kept = tokens[:-1] if ended else tokens
        text: Any = self.tokenizer.decode(kept, clean_up_tokenization_spaces=False)
        return Output(str(text), End.STOP if ended else End.LENGTH, len(tokens))


class _Draws:
    """Random numbers of one output alone, so that no other changes what is drawn for it."""

    def __init__(self, seed: int, request: OutputRequest) -> None:
        key = blake2b(f"{seed} {request.sample} {request.item.id}".encode(), digest_size=16)
        self._random = np.random.Generator(np.random.Philox(key=int(key.hexdigest(), 16)))

    def __next__(self) -> float:
        return float(self._random.random(dtype=np.float32))


def _end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Iterable[int]:
    """Every token that ends a text: the tokenizer's, and those that the model declares."""
    declared = model.generation_config.eos_token_id if model.generation_config else None
    listed = declared if isinstance(declared, list) else [declared]
    return {token for token in [tokenizer.eos_token_id, *listed] if token is not None}
