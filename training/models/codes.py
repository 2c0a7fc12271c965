"""Codes of tokens that a model's heads can tell apart."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

_STEPS = 300
_LEARNING_RATE = 0.03

_SHARPNESS = 6.0
"""Factor of the products before their exponentials are summed: the greatest ones count most."""

_PENALTY = 0.05
"""Weight of that sum beside the deviation of a token's product with itself from 1."""

_SEPARATED_TOKENS = 256
"""Number of tokens, the first ones, whose codes are set apart: of ``byte_tokenizer`` the most
common words and characters. The codes of the others stay nearly random."""


def separate_codes(tokens: int, projections: Tensor) -> Tensor:
    """Return a unit code for each token; those of common tokens are unlike in every projection.

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
        codes = normalize(torch.randn(tokens, projections.shape[2]), dim=1).requires_grad_(True)
        optimizer = torch.optim.Adam([codes], lr=_LEARNING_RATE)
        separated = min(tokens, _SEPARATED_TOKENS)
        others = 1 - torch.eye(separated)
        for _ in range(_STEPS):
            projected = torch.einsum("hrc,tc->htr", projections, codes)
            own = projected.square().sum(-1)
            products = projected[:, :separated] @ projected[:, :separated].transpose(1, 2)
            likeness = ((_SHARPNESS * products).exp() * others).sum() / (
                len(products) * others.sum()
            )
            loss = (own - 1).square().mean() + _PENALTY * likeness
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return normalize(codes.detach(), dim=1)
