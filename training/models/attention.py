"""Attention within each document of a packed row.

A mask for a packed row would have the size of its length squared, and would rule out the fast
kernels. Here, each document attends within its own borders, which the collator passes as
``cu_seq_lens_q``: on a GPU in one call of PyTorch's variable-length attention, elsewhere in one
call for each document.
"""

from __future__ import annotations

from inspect import signature
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel
from transformers.masking_utils import AttentionMaskInterface

FUSED_DTYPES = (torch.bfloat16, torch.float16)
"""Types that variable-length attention supports; others are computed document by document."""

PACKED = "packed_documents"
"""Name under which this attention is registered with Transformers."""


def packed_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    cu_seq_lens_q: Tensor | None = None,
    max_length_q: int | None = None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """Compute causal attention within each document of one row.

    Parameters
    ----------
    query, key, value
        [1, heads, tokens, head width]; keys and values may have fewer heads, each shared by several
        query heads.
    cu_seq_lens_q
        int32[documents + 1]: start of each document, and the number of tokens.
    max_length_q
        Number of tokens of the longest document.

    Returns
    -------
    Tensor
        [1, tokens, heads, head width].

    Raises
    ------
    ValueError
        If ``cu_seq_lens_q`` or ``max_length_q`` is missing.
    """
    if cu_seq_lens_q is None or max_length_q is None:
        raise ValueError(
            "packed attention needs a packed batch, with cu_seq_lens_q and max_length_q"
        )
    if query.is_cuda and value.dtype in FUSED_DTYPES:
        return _fused(query, key, value, cu_seq_lens_q, max_length_q, scaling), None
    parts = [
        scaled_dot_product_attention(
            query[:, :, start:end],
            key[:, :, start:end],
            value[:, :, start:end],
            is_causal=True,
            scale=scaling,
            enable_gqa=query.shape[1] != key.shape[1],
        )
        for start, end in pairwise(cu_seq_lens_q.tolist())
    ]
    return torch.cat(parts, dim=2).transpose(1, 2), None


def _fused(
    query: Tensor, key: Tensor, value: Tensor, borders: Tensor, longest: int, scaling: float | None
) -> Tensor:
    """Compute ``packed_attention`` in one call of PyTorch's variable-length attention."""
    from torch.nn.attention.varlen import varlen_attn

    grouping: dict[str, bool] = {}
    if query.shape[1] != key.shape[1]:
        if "enable_gqa" in signature(varlen_attn).parameters:
            grouping = {"enable_gqa": True}
        else:  # before PyTorch 2.12
            group_size = query.shape[1] // key.shape[1]
            key, value = (t.repeat_interleave(group_size, dim=1) for t in (key, value))
    attended = varlen_attn(
        # Under autocast the rotation leaves queries and keys in fp32.
        *(t[0].transpose(0, 1).to(value.dtype) for t in (query, key, value)),
        borders,
        borders,
        longest,
        longest,
        scale=scaling,
        window_size=(-1, 0),  # causal
        **grouping,
    )
    assert isinstance(attended, Tensor)  # a tuple only if log-sum-exps are requested
    return attended[None]


def attend_within_documents(model: PreTrainedModel) -> None:
    """Make a model use ``packed_attention``; from then on, its batches must be packed."""
    AttentionInterface.register(PACKED, packed_attention)
    AttentionMaskInterface.register(PACKED, lambda *args, **kwargs: None)  # borders replace masks
    model.set_attn_implementation(PACKED)
