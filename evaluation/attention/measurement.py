"""Measure how much of a model's attention falls on stretches of a text, by layer and head.

Scaled dot-product attention computes the output as always. In addition, the weights of the chosen
queries are computed in chunks, so that no map of all pairs of tokens is ever in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers import AttentionInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

ATTENTION_NAME = "tmtail_measured"
"""Name under which Transformers knows this implementation of attention."""

QUERIES_PER_CHUNK = 128
"""Number of queries whose weights are computed together."""


class Measurement(NamedTuple):
    """Attention and predictions of a model at some tokens of a text.

    Attributes
    ----------
    shares
        float32[layers, heads, queries, stretches]: share of each query's attention that falls on
        each stretch.
    likeliest
        int64[queries]: the token with the highest probability after each query.
    """

    shares: Tensor
    likeliest: Tensor


@dataclass(eq=False)
class _ShareRecorder:
    """Collects the shares of each layer as the layer runs."""

    queries: Tensor
    stretches: Tensor
    shares: list[Tensor] = field(default_factory=list)

    def record(self, query: Tensor, key: Tensor, mask: Tensor | None, scaling: float) -> None:
        """Add the shares of one layer.

        Parameters
        ----------
        query, key
            float[1, heads, tokens, width]; keys may have fewer heads.
        mask
            bool[1, 1, tokens, tokens], true if a query attends to a key. None means causal.
        """
        keys = key[0].repeat_interleave(query.shape[1] // key.shape[1], dim=0).float()
        positions = torch.arange(keys.shape[1], device=keys.device)
        chunks = zip(
            self.queries.split(QUERIES_PER_CHUNK),
            self.stretches.split(QUERIES_PER_CHUNK),
            strict=True,
        )
        shares = []
        for queries, stretches in chunks:
            hidden = positions > queries[:, None] if mask is None else ~mask[0, 0, queries]
            logits = query[0, :, queries].float() @ keys.mT * scaling
            weights = logits.masked_fill(hidden, float("-inf")).softmax(dim=-1)
            cumulative = torch.nn.functional.pad(weights.cumsum(dim=-1), (1, 0))
            start, end = stretches.expand(len(keys), *stretches.shape).unbind(dim=-1)
            shares.append((cumulative.gather(2, end) - cumulative.gather(2, start)).cpu())
        self.shares.append(torch.cat(shares, dim=1))


def _measured_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    recorder: _ShareRecorder,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    if kwargs.get("s_aux") is not None:
        raise ValueError("this model's attention has sink weights, which cannot be measured")
    width: int = query.shape[-1]
    recorder.record(query, key, attention_mask, width**-0.5 if scaling is None else scaling)
    attended: tuple[Tensor, None] = sdpa_attention_forward(
        module, query, key, value, attention_mask, scaling=scaling, **kwargs
    )
    return attended


@contextmanager
def measurable(model: PreTrainedModel) -> Iterator[None]:
    """Within this context, ``measure`` can be called on ``model``."""
    AttentionInterface.register(ATTENTION_NAME, _measured_attention)
    AttentionMaskInterface.register(ATTENTION_NAME, sdpa_mask)
    original = model.config._attn_implementation
    model.set_attn_implementation(ATTENTION_NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(original)


@torch.inference_mode()
def measure(
    model: PreTrainedModel,
    tokens: Sequence[int],
    queries: Sequence[int],
    stretches: Tensor,
) -> Measurement:
    """Have a model read a text, and return its attention at some of the tokens.

    Parameters
    ----------
    model
        A model within the context of ``measurable``.
    tokens
        The whole text, without padding.
    queries
        Indices of tokens. The query that *predicts* a token is the token before it.
    stretches
        int64[queries, stretches, 2]: start and end of each stretch of tokens, for each query.
    """
    device = model.device
    recorder = _ShareRecorder(torch.tensor(queries, device=device), stretches.to(device))
    output = model(
        input_ids=torch.tensor([list(tokens)], device=device),
        use_cache=False,
        logits_to_keep=recorder.queries,
        recorder=recorder,
    )
    return Measurement(torch.stack(recorder.shares), output.logits[0].argmax(dim=-1).cpu())
