"""One pass over a batch of references: how a model ranks each token after the right prefix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from evaluation.models.caching import cached_logits, empty_cache

MAX_LOGITS = 1 << 27
"""Logits of one pass: 512 MiB in fp32."""


class TokenScores(NamedTuple):
    """Scores of the tokens of a reference, each after the right prefix.

    Attributes
    ----------
    ranks
        int32[tokens]: rank of each token among all tokens by logit, from 1. Of equal logits the
        first token has the lower rank, as in greedy decoding.
    log_probabilities
        float32[tokens]: natural logarithm of each token's probability.
    """

    ranks: NDArray[np.int32]
    log_probabilities: NDArray[np.float32]


@torch.inference_mode()
def read_references(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    references: Sequence[Sequence[int]],
    pad: int,
    *,
    max_logits: int = MAX_LOGITS,
) -> list[TokenScores]:
    """Have a model read references as one batch, and return the scores of their tokens.

    Parameters
    ----------
    prompts, references
        Token ids of each prompt, and of its reference with the end token; none may be empty.
    pad
        The token that shorter prompts and references are padded with.
    max_logits
        Logits that may be in memory at once; longer references are read in stretches.
    """
    start, width = max(map(len, prompts)), max(map(len, references))
    ids = torch.full((len(prompts), start + width), pad)
    mask = torch.zeros_like(ids)
    for row, (prompt, reference) in enumerate(zip(prompts, references, strict=True)):
        begin, end = start - len(prompt), start + len(reference)
        ids[row, begin:end] = torch.tensor([*prompt, *reference])
        mask[row, begin:end] = 1
    ids, mask = ids.to(model.device), mask.to(model.device)
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
    cache = empty_cache(model)
    vocabulary = model.get_output_embeddings().weight.shape[0]
    stretch = max(1, max_logits // (vocabulary * len(prompts)))
    ranks, log_probabilities = [], []
    read = 0
    for first in range(start, start + width, stretch):
        last = min(first + stretch, start + width)
        # The logits that decide a token are those of the token before it.
        logits = cached_logits(
            model,
            cache,
            input_ids=ids[:, read : last - 1],
            attention_mask=mask[:, : last - 1],
            position_ids=positions[:, read : last - 1],
            logits_to_keep=last - first,
        )
        read = last - 1
        tokens = ids[:, first:last, None]
        own = logits.gather(2, tokens)
        numbers = torch.arange(logits.shape[-1], device=logits.device)
        ahead = (logits > own) | ((logits == own) & (numbers < tokens))
        ranks.append(1 + ahead.sum(dim=-1, dtype=torch.int32))
        log_probabilities.append((own - logits.float().logsumexp(dim=-1, keepdim=True))[..., 0])
    all_ranks = torch.cat(ranks, dim=1).cpu().numpy()
    all_logs = torch.cat(log_probabilities, dim=1).float().cpu().numpy()
    return [
        TokenScores(all_ranks[row, : len(reference)], all_logs[row, : len(reference)])
        for row, reference in enumerate(references)
    ]
