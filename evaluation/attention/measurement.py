"""How much of a model's attention falls on stretches of a text, for every layer and head.

Scaled dot-product attention makes the output as always. Beside it the weights of the chosen queries
alone are computed, some at a time, so that no map of all pairs of tokens is ever held.
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

WATCHED = "watched"
"""The name under which Transformers knows this attention."""

CHUNK = 128
"""Queries whose weights are computed together."""


class Seen(NamedTuple):
    """What a model did at some places of a text.

    Attributes
    ----------
    shares
        float32[layers, heads, queries, stretches]: of a query's attention, what falls on a stretch.
    said
        int64[queries]: the token that the model finds likeliest to come next.
    """

    shares: Tensor
    said: Tensor


@dataclass(eq=False)
class _Watch:
    """What each layer is to look at; ``shares`` grows by one as each has run."""

    queries: Tensor
    stretches: Tensor
    shares: list[Tensor] = field(default_factory=list)

    def see(self, query: Tensor, key: Tensor, mask: Tensor | None, scaling: float) -> None:
        """[1, heads, tokens, width], keys may have fewer heads; a mask of booleans, or causal."""
        keys = key[0].repeat_interleave(query.shape[1] // key.shape[1], dim=0).float()
        places = torch.arange(keys.shape[1], device=keys.device)
        chunks = zip(self.queries.split(CHUNK), self.stretches.split(CHUNK), strict=True)
        found = []
        for at, stretches in chunks:
            hidden = places > at[:, None] if mask is None else ~mask[0, 0, at]
            logits = query[0, :, at].float() @ keys.mT * scaling
            weights = logits.masked_fill(hidden, float("-inf")).softmax(dim=-1)
            until = torch.nn.functional.pad(weights.cumsum(dim=-1), (1, 0))
            start, end = stretches.expand(len(keys), *stretches.shape).unbind(dim=-1)
            found.append((until.gather(2, end) - until.gather(2, start)).cpu())
        self.shares.append(torch.cat(found, dim=1))


def _attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    watch: _Watch,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    if kwargs.get("s_aux") is not None:
        raise ValueError("this model's attention has sinks of its own, which are not counted here")
    width: int = query.shape[-1]
    watch.see(query, key, attention_mask, width**-0.5 if scaling is None else scaling)
    attended: tuple[Tensor, None] = sdpa_attention_forward(
        module, query, key, value, attention_mask, scaling=scaling, **kwargs
    )
    return attended


@contextmanager
def watched(model: PreTrainedModel) -> Iterator[None]:
    """Have a model's attention be one that ``look`` can watch, for as long as this lasts."""
    AttentionInterface.register(WATCHED, _attend)
    AttentionMaskInterface.register(WATCHED, sdpa_mask)
    before = model.config._attn_implementation
    model.set_attn_implementation(WATCHED)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


@torch.inference_mode()
def look(
    model: PreTrainedModel,
    tokens: Sequence[int],
    queries: Sequence[int],
    stretches: Tensor,
) -> Seen:
    """Read a text, and see where attention goes at some of its tokens.

    Parameters
    ----------
    model
        One that is ``watched``.
    tokens
        The whole text; nothing is padded.
    queries
        Tokens by their place. The query that *predicts* a token is one place before it.
    stretches
        int64[queries, stretches, 2]: for each query, stretches of tokens, start and end.
    """
    device = model.device
    watch = _Watch(torch.tensor(queries, device=device), stretches.to(device))
    made = model(
        input_ids=torch.tensor([list(tokens)], device=device),
        use_cache=False,
        logits_to_keep=watch.queries,
        watch=watch,
    )
    return Seen(torch.stack(watch.shares), made.logits[0].argmax(dim=-1).cpu())
