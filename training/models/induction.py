"""Initial weights with induction heads, which look up what followed the same context earlier.

Pretrained models have such heads (Olsson et al. 2022, arXiv 2209.11895); a small model with random
weights spends most of its training on developing them. Here, two layers have them from the start,
and everything else is learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize
from transformers import PreTrainedModel

from training.models.codes import separate_codes

CONTEXT_TOKENS = 3
"""Number of tokens that must match, the current one included, such as ``x k =``."""

_LOCAL_MARGIN = 6.0
"""Margin, in logits, by which a first-layer head prefers its token to the neighbours."""

_MATCH_LOGITS = 30.0
"""Logits that each matching token adds, before training gives the rest of the stream its norm."""

_MARK_SCALE = 3.0
"""Norm of a key for a random mark of unit norm, in each dimension of a head."""

_RECENT_SHARE = 3
"""One of so many heads of the second layer prefers recent matches."""

_RECENCY_LOGITS = 0.3
"""Logits by which such a head prefers a token to the one before it: a matching token outweighs 100
tokens of distance."""

_IGNORED_LOGITS = 2 * _MATCH_LOGITS
"""Logits that are taken from an ignored token."""

_DIGIT_CONTRAST = 5.0
"""Logits by which the head that marks parts initially prefers other tokens to digits."""

_MAX_SLOW_FREQUENCY = 1 / 300
"""Rotary frequency, in radians a token, below which rotation hardly changes a dot product at any
distance."""


class _Stream(NamedTuple):
    """Dimensions of the residual stream.

    Attributes
    ----------
    matched
        The codes of the current token and of those before it, as the second layer compares them,
        one after another.
    mark
        The mark of the part of the text that a token belongs to.
    ignored
        Whether the current token is ignored.
    source
        The code of the current token in its embedding.
    """

    matched: slice
    mark: slice
    ignored: int
    source: slice

    @property
    def written(self) -> slice:
        """Dimensions that only the wired parts write."""
        return slice(0, self.source.start)


class _Rows(NamedTuple):
    """Rows of a head that rotate so slowly that distance hardly matters.

    Attributes
    ----------
    matched
        Those that compare tokens, for each token that must match.
    recent
        The fastest pair of those that compare the current token, by which some heads prefer recent
        tokens instead.
    ignored
        The one by which tokens are ignored.
    mark
        Those that compare marks.
    """

    matched: list[Tensor]
    recent: Tensor
    ignored: int
    mark: Tensor


@torch.no_grad()
def wire_induction(
    model: PreTrainedModel, digits: list[int], ignored: list[int], alike: Mapping[int, int]
) -> None:
    """Set induction heads in the first two layers of a Qwen2 model with random weights.

    Every token has a code in some dimensions of its embedding. Head h of the first layer attends to
    the token h positions back, by its biases only, and writes its code to the residual stream: for
    the tokens that must match, and the one before them, to dimensions of their own. The last head
    marks the part of the text that a token belongs to, such as the operand: it attends by content,
    to all earlier tokens but digits. Each head of the second layer attends, at any distance, to the
    position whose three preceding tokens equal the current token and the two before it, and whose
    mark is the one that its query asks for. If several positions match, a third of these heads
    prefer the latest, such as a name in the line before. MLPs initially add zero, because their
    noise would cover the output of the heads.

    Codes, their way to the second layer, and how they are compared are not trained. Training sees
    only tokens that are near each other in one text, and would let the others become alike. The
    marks and the queries for them are trained.

    Parameters
    ----------
    digits
        Numbers of the tokens that are digits.
    ignored
        Tokens that heads attend to only if nothing else matches, such as the colon after what a
        step has read: the next step reads the same and one more character.
    alike
        Tokens with the code of another, such as a letter with a space before it.
    """
    config = model.config
    heads, size, width = config.num_attention_heads, config.head_dim, config.hidden_size
    frequency = config.rope_parameters["rope_theta"] ** (-torch.arange(size // 2) / (size // 2))
    code = min(width // (2 * (CONTEXT_TOKENS + 1)), size)  # dimensions of a token's code
    rows = _slow_rows(frequency, code)
    stream = _divide(width, code)
    embedding = model.get_input_embeddings().weight
    layers = model.model.layers
    for layer in layers:
        layer.mlp.down_proj.weight.zero_()
    comparisons = [
        (code / len(group)) ** 0.5
        * torch.stack([_orthonormal(code, len(group)).T for _ in range(heads)])
        for group in rows.matched
    ]
    codes = separate_codes(len(embedding), comparisons[0])
    codes[list(alike)] = codes[list(alike.values())]
    _set_codes(embedding, stream, codes)
    embedding[ignored, stream.ignored] = 1

    first, second = (layer.self_attn for layer in layers[:2])
    _look_back(first, heads, frequency)
    values = first.v_proj.weight.view(heads, size, width)
    outputs = first.o_proj.weight.view(width, heads, size)
    outputs.zero_()
    values[:, :code] = 0
    values[:, :code, stream.source] = torch.eye(code)
    free = width - stream.source.start
    norm = (width * code / free) ** 0.5  # of a code, after the first RMSNorm
    for head in range(heads - 1):
        if head <= CONTEXT_TOKENS:
            outputs[head * code : (head + 1) * code, head, :code] = torch.eye(code) / norm
        else:
            outputs[stream.source.start :, head, :code] = _orthonormal(free, code) / norm
    _mark_parts(first, stream, torch.cat([*rows.matched, rows.mark]), embedding[digits].mean(0))

    queries = second.q_proj.weight.view(heads, size, width)
    keys = second.k_proj.weight.view(heads, size, width)
    queries.zero_()
    keys.zero_()
    slot_norm = (width / (1 + heads)) ** 0.5  # after the second layer's RMSNorm
    scale = (_MATCH_LOGITS * size**0.5) ** 0.5 / slot_norm
    for back, (group, projections) in enumerate(zip(rows.matched, comparisons, strict=True)):
        queries[:, group, back * code : (back + 1) * code] = scale * projections
        keys[:, group, (back + 1) * code : (back + 2) * code] = scale * projections
    second.q_proj.bias.view(heads, size)[:, rows.ignored] = 1
    keys[:, rows.ignored, stream.ignored] = -_IGNORED_LOGITS * size**0.5 / slot_norm
    marks = torch.randn(heads, len(rows.mark), stream.mark.stop - stream.mark.start)
    keys[:, rows.mark, stream.mark] = _MARK_SCALE * normalize(marks, dim=-1)
    _prefer_recent(second, rows.recent, float(frequency[rows.recent[0]]))
    _fix_lookups(model, stream, code, rows.mark)


def _slow_rows(frequency: Tensor, code: int) -> _Rows:
    """Return the rows of a head whose rotation is slow, at most ``code`` for each token to match.

    The mark has the slowest.
    """
    slow = (frequency < _MAX_SLOW_FREQUENCY).nonzero()[:, 0]
    groups = slow[:-2].tensor_split(CONTEXT_TOKENS)
    pairs = [*(group[: code // 2] for group in groups), slow[-1:]]
    *matched, mark = (torch.cat([pair, pair + len(frequency)]) for pair in pairs)
    recent = torch.stack([slow[0], slow[0] + len(frequency)])
    return _Rows(matched, recent, int(slow[-2]), mark)


def _divide(width: int, code: int) -> _Stream:
    """Return the dimensions of a stream in which a token's code has so many."""
    matched = (CONTEXT_TOKENS + 1) * code
    mark = matched + max(1, code // 2)
    return _Stream(slice(0, matched), slice(matched, mark), mark, slice(mark + 1, mark + 1 + code))


def _set_codes(embedding: Tensor, stream: _Stream, codes: Tensor) -> None:
    """Write codes to the embeddings, and zeros to what the heads write; norms stay as they are."""
    norms = embedding.norm(dim=1, keepdim=True)
    end = stream.source.stop
    share = codes.shape[1] / (embedding.shape[1] - stream.source.start)
    embedding[:, : stream.source.start] = 0
    embedding[:, stream.source] = share**0.5 * norms * codes
    embedding[:, end:] = (1 - share) ** 0.5 * norms * normalize(embedding[:, end:], dim=1)


def _mark_parts(attention: torch.nn.Module, stream: _Stream, rows: Tensor, digit: Tensor) -> None:
    """Make the last head attend by content, to all tokens but those like a digit."""
    heads, size, width = attention.config.num_attention_heads, attention.head_dim, len(digit)
    query = attention.q_proj.bias.view(heads, size)[-1]
    query.zero_()
    query[rows] = 1
    attention.k_proj.bias.view(heads, size)[-1] = 0
    key = attention.k_proj.weight.view(heads, size, width)[-1]
    key.zero_()
    contrast = digit.clone()
    contrast[: stream.source.stop] = 0
    # A digit's input has norm sqrt(width), and this share of it in the direction of all digits.
    share = contrast.norm() * width**0.5
    key[rows] = -_DIGIT_CONTRAST * size**0.5 / (len(rows) * share) * normalize(contrast, dim=0)
    values = attention.v_proj.weight.view(heads, size, width)[-1]
    values.zero_()
    marks = stream.mark.stop - stream.mark.start
    values[:marks, stream.source.stop :] = normalize(
        torch.randn(marks, width - stream.source.stop), dim=1
    )
    outputs = attention.o_proj.weight.view(width, heads, size)
    outputs[stream.mark, -1, :marks] = torch.eye(marks)


def _prefer_recent(attention: torch.nn.Module, pair: Tensor, frequency: float) -> None:
    """Make some heads prefer near tokens, up to a quarter of a turn of a rotary pair."""
    heads, size = attention.config.num_attention_heads, attention.head_dim
    recent = slice(heads - heads // _RECENT_SHARE, heads)
    # A turned query and a key at angle 0: the product is -sin(distance * frequency).
    strength = (_RECENCY_LOGITS / frequency * size**0.5) ** 0.5
    for projection, values in (
        (attention.q_proj, torch.tensor([0, strength])),
        (attention.k_proj, torch.tensor([strength, 0])),
    ):
        projection.weight.view(heads, size, -1)[recent, pair] = 0
        projection.bias.view(heads, size)[recent, pair] = values


def _fix_lookups(model: PreTrainedModel, stream: _Stream, code: int, mark_rows: Tensor) -> None:
    """Exclude codes, their way and their comparison from training without weight decay."""
    config = model.config
    heads, size, width = config.num_attention_heads, config.head_dim, config.hidden_size
    layers = model.model.layers
    first, second = (layer.self_attn for layer in layers[:2])

    def fix(weight: Tensor, *shape: int) -> Tensor:
        """Return a mask of the entries that are not trained, for the caller to fill."""
        fixed = torch.zeros_like(weight, dtype=torch.bool)
        weight.register_hook(lambda gradient: gradient.masked_fill(fixed, 0))
        return fixed.view(shape or weight.shape)

    fix(model.get_input_embeddings().weight)[:, : stream.source.stop] = True
    fix(layers[0].input_layernorm.weight)[stream.source] = True
    fix(layers[1].input_layernorm.weight)[stream.written] = True
    fix(layers[0].mlp.down_proj.weight)[stream.written] = True
    fix(first.k_proj.weight, heads, size, width)[:-1] = True
    for weight, shape in ((first.v_proj.weight, (width,)), (first.v_proj.bias, ())):
        fix(weight, heads, size, *shape)[: CONTEXT_TOKENS + 1, :code] = True
    outputs = fix(first.o_proj.weight, width, heads, size)
    outputs[stream.written] = outputs[:, -1] = True
    outputs[stream.mark, -1] = False
    queries = fix(second.q_proj.weight, heads, size, width)
    queries[:] = True
    queries[:, mark_rows, stream.matched.stop :] = False
    biases = fix(second.q_proj.bias, heads, size)
    biases[:] = True
    biases[:, mark_rows] = False
    for weight in (
        first.q_proj.weight,
        first.q_proj.bias,
        first.k_proj.bias,
        second.k_proj.weight,
        second.k_proj.bias,
    ):
        weight.requires_grad_(False)


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
