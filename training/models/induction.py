"""Weights to begin with that look up what followed the same context before.

Pretrained models come with such attention, induction heads (Olsson et al. 2022, arXiv 2209.11895);
a small model of random weights spends most of its training on finding it. Here two layers have it
from the start, and everything else is learned.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import PreTrainedModel

CONTEXT = 2
"""How many tokens before the present one must be alike: of ``x k =``, these are ``x k``."""

_LOCAL = 6.0
"""By how much, in logits, a local head prefers its token to that token's neighbours."""
_MATCH = 10.0
"""How many logits each token that is alike adds."""
_SLOW = 1 / 300
"""Radians a token below which a rotary frequency leaves content alone, whatever the distance."""


@torch.no_grad()
def wire_induction(model: PreTrainedModel) -> None:
    """Give a Qwen2 of random weights induction heads, in its first two layers.

    Head h of the first layer looks at the token h + 1 back, by its biases alone, and writes it into
    a subspace of its own. Each head of the second looks for the place whose tokens 2 and 3 back are
    those that stand 1 and 2 back here, at any distance. MLPs begin by adding nothing: their noise
    would drown what the heads wrote.
    """
    config = model.config
    heads, size, width = config.num_attention_heads, config.head_dim, config.hidden_size
    frequency = config.rope_parameters["rope_theta"] ** (-torch.arange(size // 2) / (size // 2))
    read = _orthonormal(width, size).T
    rounds = -(-heads // (width // size))
    spans = [_orthonormal(width, width // size * size) for _ in range(rounds)]
    slots = torch.cat(spans, dim=1).split(size, dim=1)[:heads]
    for layer in model.model.layers:
        layer.mlp.down_proj.weight.zero_()
    first, second = (layer.self_attn for layer in model.model.layers[:2])
    _look_back(first, heads, frequency)
    first.v_proj.weight.copy_(read.repeat(heads, 1))
    first.o_proj.weight.copy_(torch.cat(slots, dim=1) / size**0.5)

    slow = (frequency < _SLOW).nonzero()[:, 0]
    codes = torch.cat([slow, slow + size // 2]).chunk(CONTEXT)
    norm = (width / (1 + heads)) ** 0.5  # of what a slot holds, after the second layer's norm
    for head in range(heads):
        rows = slice(head * size, (head + 1) * size)
        query, key = torch.zeros(2, size, width)
        for back, code in enumerate(codes):
            project = _orthonormal(size, len(code)).T  # keeps len(code) / size of a square
            project *= (_MATCH * size**0.5 * size / len(code)) ** 0.5 / norm
            query[code] = project @ slots[back].T
            key[code] = project @ slots[back + 1].T
        second.q_proj.weight[rows] = query
        second.k_proj.weight[rows] = key


def _look_back(attention: torch.nn.Module, heads: int, frequency: Tensor) -> None:
    """Have head h attend to the token h + 1 back: its key is constant, its query turned by that."""
    contrast = (1 - frequency.cos()).sum()
    size = 2 * len(frequency)
    strength = (_LOCAL * size**0.5 / contrast) ** 0.5
    backs = torch.arange(1, heads + 1)[:, None]
    for projection, back in ((attention.q_proj, backs), (attention.k_proj, 0 * backs)):
        turns = -back * frequency
        projection.weight.zero_()
        projection.bias.copy_(strength * torch.cat([turns.cos(), turns.sin()], dim=1).flatten())


def _orthonormal(rows: int, columns: int) -> Tensor:
    """[rows, columns]: random columns of length 1, each at right angles to the others."""
    found: Tensor = torch.linalg.qr(torch.randn(rows, columns)).Q
    return found
