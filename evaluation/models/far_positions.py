"""Attention that sees far tokens at distances that occur in training, without training again.

With rotary positions, scores depend on the distance of two tokens only, so that queries and keys
can be rotated further to any other distance.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface, PreTrainedModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask
from transformers.models.llama.modeling_llama import rotate_half

from evaluation.models.distances import FarPositions

NAME = "far_positions"
"""Name under which this attention is registered with Transformers."""

MODEL_TYPES = ("llama", "qwen2")
"""Types of models whose attention has rotary positions of this form."""

MAX_SCORES = 2**26
"""Scores of queries and keys that are in memory at once."""


def see_far_tokens(model: PreTrainedModel, far: FarPositions) -> None:
    """Make a model use these distances in place.

    Raises
    ------
    ValueError
        If the model is not of ``MODEL_TYPES``, has layers with a sliding window, or scales its
        rotations.
    """
    config = model.config
    decoder = model.get_decoder()
    layers = set(getattr(config, "layer_types", None) or ["full_attention"])
    scaling = getattr(getattr(decoder, "rotary_emb", None), "attention_scaling", None)
    if config.model_type not in MODEL_TYPES or layers != {"full_attention"} or scaling != 1:
        raise ValueError(
            f"far positions need a model of the types {', '.join(MODEL_TYPES)} with full attention "
            f"and unscaled rotations, not {config.model_type}"
        )
    AttentionInterface.register(NAME, far_attention)
    AttentionMaskInterface.register(NAME, eager_mask)
    model.set_attn_implementation(NAME)
    for layer in decoder.layers:
        layer.self_attn.far = far
        object.__setattr__(layer.self_attn, "rotary", decoder.rotary_emb)  # not as a submodule


def far_attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor,
    *,
    scaling: float,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """Compute causal attention with the distances of ``module.far``.

    Parameters
    ----------
    query, key, value
        [rows, heads, tokens, head width], rotated; the queries belong to the last of the keys.
    attention_mask
        [rows, 1, queries, keys], 0 where a query sees a key.

    Returns
    -------
    Tensor
        [rows, queries, heads, head width].
    """
    size = max(1, MAX_SCORES // (query.shape[1] * query.shape[2] * key.shape[2]))
    parts = zip(*(t.split(size) for t in (query, key, value, attention_mask)), strict=True)
    return torch.cat([_attend(module, scaling, *part) for part in parts]), None


def _attend(
    module: Any, scaling: float, query: Tensor, key: Tensor, value: Tensor, mask: Tensor
) -> Tensor:
    far: FarPositions = module.far
    groups = query.shape[1] // key.shape[1]
    # The last query sees all tokens of its row, and no padding.
    positions = ((mask[:, 0, -1] == 0).cumsum(-1) - 1).clamp(min=0)
    own = positions[:, -query.shape[2] :]
    distances = own[:, :, None] - positions[:, None]
    scores = query @ key.repeat_interleave(groups, 1).mT
    if bool((distances >= far.window).any()):
        moved_own, moved = _moved(far, own, positions)
        moved_query = _rotated(module, query, moved_own - own)
        moved_key = _rotated(module, key, moved - positions)
        moved_scores = moved_query @ moved_key.repeat_interleave(groups, 1).mT
        scores = torch.where((distances >= far.window)[:, None], moved_scores, scores)
    weights = torch.softmax(scores * scaling + mask, dim=-1, dtype=torch.float32).to(value.dtype)
    return (weights @ value.repeat_interleave(groups, 1)).transpose(1, 2)


def _moved(far: FarPositions, queries: Tensor, keys: Tensor) -> tuple[Tensor, Tensor]:
    """Return the positions at which queries see far keys, and those of these keys."""
    if far.kind == "clamp":
        return torch.full_like(queries, far.window), torch.zeros_like(keys)
    shift = far.window - far.window // far.group
    return queries // far.group + shift, keys // far.group


def _rotated(module: Any, vectors: Tensor, by: Tensor) -> Tensor:
    """Return vectors rotated further by a number of positions each."""
    cos, sin = (part[:, None] for part in module.rotary(vectors, by))
    return vectors * cos + rotate_half(vectors) * sin
