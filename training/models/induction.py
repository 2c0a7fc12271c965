"""Initial weights with induction heads, which look up what followed the same context earlier.

Pretrained models have such heads (Olsson et al. 2022, arXiv 2209.11895); a small model with random
weights spends most of its training on developing them. Here, two layers have them from the start,
and everything else is learned.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import PreTrainedModel

CONTEXT_TOKENS = 2
"""Number of preceding tokens that must match: for the ``=`` of ``x k =``, these are ``x k``."""

_LOCAL_MARGIN = 6.0
"""Margin, in logits, by which a first-layer head prefers its token to the neighbours."""

_MATCH_LOGITS = 10.0
"""Logits that each matching token adds."""

_MAX_SLOW_FREQUENCY = 1 / 300
"""Rotary frequency, in radians a token, below which rotation hardly changes a dot product at any
distance."""


@torch.no_grad()
def wire_induction(model: PreTrainedModel) -> None:
    """Set induction heads in the first two layers of a Qwen2 model with random weights.

    Head h of the first layer attends to the token h + 1 positions back, by its biases only, and
    writes it to a subspace of its own. Each head of the second layer attends, at any distance, to
    the position whose tokens 2 and 3 back equal the tokens 1 and 2 back of the current position.
    MLPs initially add zero, because their noise would cover the output of the heads.
    """
    config = model.config
    heads, size, width = config.num_attention_heads, config.head_dim, config.hidden_size
    frequency = config.rope_parameters["rope_theta"] ** (-torch.arange(size // 2) / (size // 2))
    projection_in = _orthonormal(width, size).T
    rounds = -(-heads // (width // size))
    subspaces = [_orthonormal(width, width // size * size) for _ in range(rounds)]
    slots = torch.cat(subspaces, dim=1).split(size, dim=1)[:heads]
    for layer in model.model.layers:
        layer.mlp.down_proj.weight.zero_()
    first, second = (layer.self_attn for layer in model.model.layers[:2])
    _look_back(first, heads, frequency)
    first.v_proj.weight.copy_(projection_in.repeat(heads, 1))
    first.o_proj.weight.copy_(torch.cat(slots, dim=1) / size**0.5)

    slow = (frequency < _MAX_SLOW_FREQUENCY).nonzero()[:, 0]
    codes = torch.cat([slow, slow + size // 2]).chunk(CONTEXT_TOKENS)
    norm = (width / (1 + heads)) ** 0.5  # norm of a slot after the second layer's RMSNorm
    for head in range(heads):
        rows = slice(head * size, (head + 1) * size)
        query, key = torch.zeros(2, size, width)
        for back, code in enumerate(codes):
            project = _orthonormal(size, len(code)).T  # keeps len(code) / size of a squared norm
            project *= (_MATCH_LOGITS * size**0.5 * size / len(code)) ** 0.5 / norm
            query[code] = project @ slots[back].T
            key[code] = project @ slots[back + 1].T
        second.q_proj.weight[rows] = query
        second.k_proj.weight[rows] = key


def _look_back(attention: torch.nn.Module, heads: int, frequency: Tensor) -> None:
    """Make head h attend h + 1 tokens back, by a constant key and a query rotated accordingly."""
    contrast = (1 - frequency.cos()).sum()
    size = 2 * len(frequency)
    strength = (_LOCAL_MARGIN * size**0.5 / contrast) ** 0.5
    distances = torch.arange(1, heads + 1)[:, None]
    for projection, distance in ((attention.q_proj, distances), (attention.k_proj, 0 * distances)):
        angles = -distance * frequency
        projection.weight.zero_()
        projection.bias.copy_(strength * torch.cat([angles.cos(), angles.sin()], dim=1).flatten())


def _orthonormal(rows: int, columns: int) -> Tensor:
    """Return a random matrix with orthonormal columns, [rows, columns]."""
    matrix: Tensor = torch.linalg.qr(torch.randn(rows, columns)).Q
    return matrix
