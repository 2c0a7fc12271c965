"""Attention among the tokens of one document, where several are packed into one row.

A row of packed documents would get a mask of its length squared, and with it lose the fast kernels.
Here each document attends within its own borders, which the collator gives as ``cu_seq_lens_q``: on
a GPU in one call of PyTorch's variable-length attention, elsewhere in a call for each document.
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

HALF = (torch.bfloat16, torch.float16)
"""What variable-length attention computes in; other types go document by document."""

PACKED = "packed_documents"
"""The name under which Transformers knows this attention."""


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
    """Causal attention within each document of one row.

    Parameters
    ----------
    query, key, value
        [1, heads, tokens, width]; keys and values may have fewer heads, each shared by several.
    cu_seq_lens_q
        int32[documents + 1]: where each document begins, and the number of tokens.
    max_length_q
        Tokens of the longest document.

    Returns
    -------
    Tensor
        [1, tokens, heads, width].

    Raises
    ------
    ValueError
        When the row does not say where its documents begin.
    """
    if cu_seq_lens_q is None or max_length_q is None:
        raise ValueError("packed attention needs a packed batch: cu_seq_lens_q and max_length_q")
    if query.is_cuda and value.dtype in HALF:
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
    """The same in one call of PyTorch's variable-length attention."""
    from torch.nn.attention.varlen import varlen_attn

    shares: dict[str, bool] = {}
    if query.shape[1] != key.shape[1]:
        if "enable_gqa" in signature(varlen_attn).parameters:
            shares = {"enable_gqa": True}
        else:  # before PyTorch 2.12
            times = query.shape[1] // key.shape[1]
            key, value = (t.repeat_interleave(times, dim=1) for t in (key, value))
    attended = varlen_attn(
        # Under autocast the rotation leaves queries and keys in fp32.
        *(t[0].transpose(0, 1).to(value.dtype) for t in (query, key, value)),
        borders,
        borders,
        longest,
        longest,
        scale=scaling,
        window_size=(-1, 0),  # causal
        **shares,
    )
    assert isinstance(attended, Tensor)  # it was not asked for more
    return attended[None]


def attend_within_documents(model: PreTrainedModel) -> None:
    """Have a model use this attention from now on; its batches must be packed ones."""
    AttentionInterface.register(PACKED, packed_attention)
    AttentionMaskInterface.register(PACKED, lambda *args, **kwargs: None)  # borders, no mask
    model.set_attn_implementation(PACKED)
