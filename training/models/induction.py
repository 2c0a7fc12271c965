"""Initial weights with induction heads, which look up what followed the same context earlier.

Pretrained models have such heads (Olsson et al. 2022, arXiv 2209.11895); a small model with random
weights spends most of its training on developing them. Here, two layers have them from the start,
and everything else is learned.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import PreTrainedModel

CONTEXT_TOKENS = 3
"""Number of tokens that must match, the current one included, such as ``x k =``."""

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

    Head h of the first layer attends to the token h positions back, by its biases only, and writes
    a code of it to the residual stream. The codes of the tokens that must match, and of the one
    before them, have half of the stream's dimensions for themselves; embeddings and the other codes
    share the rest. Each head of the second layer attends, at any distance, to the position whose
    three preceding tokens equal the current token and the two before it. MLPs initially add zero,
    because their noise would cover the output of the heads.

    Queries and keys of both layers are not trained. Training sees only labels that are near each
    other in one text, and would let the others become alike.
    """
    config = model.config
    heads, size, width = config.num_attention_heads, config.head_dim, config.hidden_size
    frequency = config.rope_parameters["rope_theta"] ** (-torch.arange(size // 2) / (size // 2))
    code = min(width // (2 * (CONTEXT_TOKENS + 1)), size)  # dimensions of a token's code
    own = (CONTEXT_TOKENS + 1) * code
    basis = _orthonormal(width, width)
    shared = basis[:, own:]
    embedding = model.get_input_embeddings().weight
    projected = embedding @ shared @ shared.T
    projected *= (embedding.norm(dim=1) / projected.norm(dim=1).clamp(min=1e-6))[:, None]
    embedding.copy_(projected)
    slots = [
        basis[:, h * code : (h + 1) * code]
        if h <= CONTEXT_TOKENS
        else shared @ _orthonormal(width - own, code)
        for h in range(heads)
    ]
    for layer in model.model.layers:
        layer.mlp.down_proj.weight.zero_()
    first, second = (layer.self_attn for layer in model.model.layers[:2])
    _look_back(first, heads, frequency)
    values = first.v_proj.weight.view(heads, size, width)
    outputs = first.o_proj.weight.view(width, heads, size)
    outputs.zero_()
    values[:, :code] = (shared @ _orthonormal(width - own, code)).T
    norm = (width * code / (width - own)) ** 0.5  # of a code
    for head, slot in enumerate(slots):
        outputs[:, head, :code] = slot / norm

    slow = (frequency < _MAX_SLOW_FREQUENCY).nonzero()[:, 0]
    groups = slow[: len(slow) // CONTEXT_TOKENS * CONTEXT_TOKENS].chunk(CONTEXT_TOKENS)
    slot_norm = (width / (1 + heads)) ** 0.5  # after the second layer's RMSNorm
    for head in range(heads):
        query, key = torch.zeros(2, size, width)
        for back, group in enumerate(groups):
            pairs = group[: code // 2]
            rows = torch.cat([pairs, pairs + size // 2])
            project = _orthonormal(code, len(rows)).T  # keeps len(rows) / code of a squared norm
            project *= (_MATCH_LOGITS * size**0.5 * code / len(rows)) ** 0.5 / slot_norm
            query[rows] = project @ slots[back].T
            key[rows] = project @ slots[back + 1].T
        head_rows = slice(head * size, (head + 1) * size)
        second.q_proj.weight[head_rows] = query
        second.k_proj.weight[head_rows] = key
    for attention in (first, second):
        attention.q_proj.requires_grad_(False)
        attention.k_proj.requires_grad_(False)


def _look_back(attention: torch.nn.Module, heads: int, frequency: Tensor) -> None:
    """Make head h attend h tokens back, by a constant key and a query rotated accordingly."""
    contrast = (1 - frequency.cos()).sum()
    size = 2 * len(frequency)
    strength = (_LOCAL_MARGIN * size**0.5 / contrast) ** 0.5
    distances = torch.arange(heads)[:, None]
    for projection, distance in ((attention.q_proj, distances), (attention.k_proj, 0 * distances)):
        angles = -distance * frequency
        projection.weight.zero_()
        projection.bias.copy_(strength * torch.cat([angles.cos(), angles.sin()], dim=1).flatten())


def _orthonormal(rows: int, columns: int) -> Tensor:
    """Return a random matrix with orthonormal columns, [rows, columns]."""
    matrix: Tensor = torch.linalg.qr(torch.randn(rows, columns)).Q
    return matrix
