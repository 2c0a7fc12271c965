"""Initial weights with induction heads, which look up what followed the same context earlier.

Pretrained models have such heads (Olsson et al. 2022, arXiv 2209.11895); a small model with random
weights spends most of its training on developing them. Here, two layers have them from the start,
and everything else is learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize
from transformers import PreTrainedModel

from training.models.codes import separate_codes

KEY = (0, 1, 2)
"""Tokens that the second layer compares, as numbers of tokens back, the current one included: those
of a key such as ``x k =``."""

LIST = (0, 2, 3, 4)
"""Tokens that a third of the heads of a third layer compare: in a list such as ``-5826, -3422``,
the digits before the comma tell where to read the next number."""

_LOCAL_MARGIN = 6.0
"""Margin, in logits, by which a first-layer head prefers its token to the neighbours."""

_MATCH_LOGITS = 30.0
"""Logits that each matching token adds, before training gives the rest of the stream its norm."""

_MARK_SCALE = 3.0
"""Norm of a key for a random mark of unit norm, in each dimension of a head."""

_DIGIT_CONTRAST = 5.0
"""Logits by which the head that marks parts initially prefers other tokens to digits."""

_MAX_SLOW_FREQUENCY = 1 / 300
"""Rotary frequency, in radians a token, below which rotation hardly changes a dot product at any
distance."""


class _Lookup(NamedTuple):
    """Heads that look up what followed the same tokens.

    Attributes
    ----------
    layer
        Number of the layer, from 0.
    heads
        Number of heads, the first ones of the layer.
    compared
        Tokens that are compared, as numbers of tokens back.
    """

    layer: int
    heads: int
    compared: tuple[int, ...]


class _Stream(NamedTuple):
    """Dimensions of the residual stream.

    Attributes
    ----------
    matched
        The codes of the current token and of those before it, as the second layer compares them,
        one after another.
    mark
        The mark of the part of the text that a token belongs to.
    source
        The code of the current token in its embedding.
    """

    matched: slice
    mark: slice
    source: slice


@torch.no_grad()
def wire_induction(model: PreTrainedModel, digits: list[int], alike: Mapping[int, int]) -> None:
    """Set induction heads in the first layers of a Qwen2 model with random weights.

    Every token has a code in some dimensions of its embedding. Head h of the first layer attends to
    the token h positions back, by its biases only, and writes its code to the residual stream: for
    the tokens that must match, and the one before them, to dimensions of their own. The last head
    marks the part of the text that a token belongs to, such as the operand: it attends by content,
    to all earlier tokens but digits. Each head of the second layer attends, at any distance, to the
    position whose preceding tokens equal those of ``KEY``, and whose mark is the one that its query
    asks for; so does a third of the heads of a third layer, with the tokens of ``LIST``. MLPs
    initially add zero, because their noise would cover the output of the heads.

    Codes, their way to these heads, and how they are compared are not trained. Training sees only
    tokens that are near each other in one text, and would let the others become alike. The marks
    and the queries for them are trained.

    Parameters
    ----------
    digits
        Numbers of the tokens that are digits.
    alike
        Tokens with the code of another, such as a letter with a space before it.
    """
    config = model.config
    heads, size, width = config.num_attention_heads, config.head_dim, config.hidden_size
    frequency = config.rope_parameters["rope_theta"] ** (-torch.arange(size // 2) / (size // 2))
    lookups = [_Lookup(1, heads, KEY)]
    if config.num_hidden_layers > 2:
        lookups.append(_Lookup(2, heads // 3, LIST))
    slots = 2 + max(max(lookup.compared) for lookup in lookups)  # a key has the tokens before it
    code = min(width // (2 * slots), size)  # dimensions of a token's code
    stream = _divide(width, code, slots)
    embedding = model.get_input_embeddings().weight
    layers = model.model.layers
    for layer in layers:
        layer.mlp.down_proj.weight.zero_()
    # Of each lookup and token: the rows of a head, and what they see of a code, by head.
    slow, mark_rows = _slow_rows(frequency)
    comparisons = [
        [(rows, _projections(heads, code, rows)) for rows in _groups(slow, lookup, code)]
        for lookup in lookups
    ]
    codes = separate_codes(len(embedding), comparisons[0][0][1])
    codes[list(alike)] = codes[list(alike.values())]
    _set_codes(embedding, stream, codes)

    first = layers[0].self_attn
    _look_back(first, heads, frequency)
    values = first.v_proj.weight.view(heads, size, width)
    outputs = first.o_proj.weight.view(width, heads, size)
    outputs.zero_()
    values[:, :code] = 0
    values[:, :code, stream.source] = torch.eye(code)
    free = width - stream.mark.stop
    norm = (width * code / free) ** 0.5  # of a code, after the first RMSNorm
    for head in range(heads - 1):
        if head < slots:
            outputs[head * code : (head + 1) * code, head, :code] = torch.eye(code) / norm
        else:
            outputs[stream.mark.stop :, head, :code] = _orthonormal(free, code) / norm
    _mark_parts(first, stream, torch.cat([slow, mark_rows]), embedding[digits].mean(0))

    for lookup, compared in zip(lookups, comparisons, strict=True):
        _look_up(layers[lookup.layer].self_attn, lookup, compared, stream, mark_rows)
    for layer in layers[1 : lookups[-1].layer]:
        layer.self_attn.o_proj.weight[: stream.mark.stop] = 0
    _fix_lookups(model, lookups, stream, mark_rows)


def _look_up(
    attention: torch.nn.Module,
    lookup: _Lookup,
    comparisons: Sequence[tuple[Tensor, Tensor]],
    stream: _Stream,
    mark_rows: Tensor,
) -> None:
    """Make the heads of a lookup attend to what followed the same tokens."""
    config = attention.config
    heads, size, width = config.num_attention_heads, attention.head_dim, config.hidden_size
    queries = attention.q_proj.weight.view(heads, size, width)[: lookup.heads]
    keys = attention.k_proj.weight.view(heads, size, width)[: lookup.heads]
    queries.zero_()
    keys.zero_()
    slot_norm = (width / (1 + heads)) ** 0.5  # after the second layer's RMSNorm
    scale = (_MATCH_LOGITS * size**0.5) ** 0.5 / slot_norm
    for back, (rows, projections) in zip(lookup.compared, comparisons, strict=True):
        code = projections.shape[2]
        projected = scale * projections[: lookup.heads]
        queries[:, rows, back * code : (back + 1) * code] = projected
        keys[:, rows, (back + 1) * code : (back + 2) * code] = projected
    marks = torch.randn(lookup.heads, len(mark_rows), stream.mark.stop - stream.mark.start)
    keys[:, mark_rows, stream.mark] = _MARK_SCALE * normalize(marks, dim=-1)


def _slow_rows(frequency: Tensor) -> tuple[Tensor, Tensor]:
    """Return the rows of a head that compare tokens, and those that compare marks.

    They are those that rotate so slowly that distance hardly matters; the mark has the slowest.
    """
    slow = (frequency < _MAX_SLOW_FREQUENCY).nonzero()[:, 0]
    compared, mark = slow[:-1], slow[-1:]
    return torch.cat([compared, compared + len(frequency)]), torch.cat(
        [mark, mark + len(frequency)]
    )


def _groups(slow: Tensor, lookup: _Lookup, code: int) -> list[Tensor]:
    """Return the rows for each token that is compared, at most as many as a code has dimensions."""
    real, imaginary = slow.chunk(2)
    pairs = zip(
        *(half.tensor_split(len(lookup.compared)) for half in (real, imaginary)), strict=True
    )
    return [torch.cat([half[: code // 2] for half in pair]) for pair in pairs]


def _projections(heads: int, code: int, rows: Tensor) -> Tensor:
    """Return random projections of codes, [heads, rows, code], that keep their norm on average."""
    matrices = [_orthonormal(code, len(rows)).T for _ in range(heads)]
    return (code / len(rows)) ** 0.5 * torch.stack(matrices)


def _divide(width: int, code: int, slots: int) -> _Stream:
    """Return the dimensions of a stream in which a token's code has so many."""
    matched = slots * code
    mark = matched + max(1, code // 2)
    return _Stream(slice(0, matched), slice(matched, mark), slice(mark, mark + code))


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


def _fix_lookups(
    model: PreTrainedModel, lookups: Sequence[_Lookup], stream: _Stream, mark_rows: Tensor
) -> None:
    """Exclude codes, their way and their comparison from training without weight decay."""
    config = model.config
    heads, size, width = config.num_attention_heads, config.head_dim, config.hidden_size
    layers = model.model.layers
    first = layers[0].self_attn
    written = slice(0, stream.mark.stop)
    code = stream.source.stop - stream.source.start

    def fix(weight: Tensor, *shape: int) -> Tensor:
        """Return a mask of the entries that are not trained, for the caller to fill."""
        fixed = torch.zeros_like(weight, dtype=torch.bool)
        weight.register_hook(lambda gradient: gradient.masked_fill(fixed, 0))
        return fixed.view(shape or weight.shape)

    fix(model.get_input_embeddings().weight)[:, : stream.source.stop] = True
    fix(layers[0].input_layernorm.weight)[stream.source] = True
    fix(first.k_proj.weight, heads, size, width)[:-1] = True
    for weight, shape in ((first.v_proj.weight, (width,)), (first.v_proj.bias, ())):
        fix(weight, heads, size, *shape)[: stream.matched.stop // code, :code] = True
    outputs = fix(first.o_proj.weight, width, heads, size)
    outputs[written] = outputs[:, -1] = True
    outputs[stream.mark, -1] = False
    for weight in (first.q_proj.weight, first.q_proj.bias, first.k_proj.bias):
        weight.requires_grad_(False)
    for layer in layers[: lookups[-1].layer]:
        fix(layer.mlp.down_proj.weight)[written] = True
    for layer in layers[1 : lookups[-1].layer]:
        fix(layer.self_attn.o_proj.weight)[written] = True
    for lookup in lookups:
        fix(layers[lookup.layer].input_layernorm.weight)[written] = True
        attention = layers[lookup.layer].self_attn
        fix(attention.k_proj.weight, heads, size, width)[: lookup.heads] = True
        fix(attention.k_proj.bias, heads, size)[: lookup.heads] = True
        queries = fix(attention.q_proj.weight, heads, size, width)
        queries[: lookup.heads] = True
        queries[: lookup.heads, mark_rows, stream.matched.stop :] = False
        biases = fix(attention.q_proj.bias, heads, size)
        biases[: lookup.heads] = True
        biases[: lookup.heads, mark_rows] = False


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
