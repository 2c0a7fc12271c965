"""Codes of tokens that a model's heads can tell apart."""

from __future__ import annotations

import torch
from torch import Tensor

_STEPS = 300
_LEARNING_RATE = 0.03
_SHARPNESS = 6.0
_PENALTY = 0.05
_COMMON_TOKENS = 256
"""Number of tokens that are set apart; a tokenizer numbers its characters and then its words by
falling frequency. The codes of the others are random."""


def separate_codes(tokens: int, projections: Tensor) -> Tensor:
    """Return a unit code for each token, such that different ones are unlike in every projection.

    A head compares two tokens by the dot product of their projected codes. For random codes, in a
    few dimensions, some of these products are as great as that of a token with itself.

    Parameters
    ----------
    projections
        One for each head, [heads, rows, dimensions of a code].

    Returns
    -------
    Tensor
        [tokens, dimensions of a code].
    """
    with torch.enable_grad():
        codes = torch.randn(tokens, projections.shape[2])
        codes = (codes / codes.norm(dim=1, keepdim=True)).requires_grad_(True)
        optimizer = torch.optim.Adam([codes], lr=_LEARNING_RATE)
        common = min(tokens, _COMMON_TOKENS)
        others = 1 - torch.eye(common)
        for _ in range(_STEPS):
            projected = torch.einsum("hrc,tc->htr", projections, codes)
            own = projected.square().sum(-1)
            products = projected[:, :common] @ projected[:, :common].transpose(1, 2)
            likeness = ((_SHARPNESS * products).exp() * others).sum() / (
                len(products) * others.sum()
            )
            loss = (own - 1).square().mean() + _PENALTY * likeness
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    codes = codes.detach()
    return codes / codes.norm(dim=1, keepdim=True)
