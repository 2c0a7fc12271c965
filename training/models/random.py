"""A model with random weights, for training from scratch."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import torch
from torch.nn.functional import normalize
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Qwen2ForCausalLM

from training.config import Model
from training.models.induction import wire_induction
from training.models.shapes import random_configuration
from training.models.tokenizer import JOINED, SPACE, byte_tokenizer

_DIGIT = re.compile(f"[{SPACE}-]?[0-9]")

DIGIT_SHARE = 0.5
"""Norm of what the digits have in common, and their standard deviation along the direction of their
order; an embedding has norm 1."""


def make_model(
    shape: Model, texts: Iterable[str], dtype: torch.dtype, spelled: Collection[str] = ()
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a Qwen2 model with random weights, and a tokenizer with common words of ``texts``.

    Words and marks in ``spelled``, such as those of operands, are spelled even if they are common.
    The weights depend on torch's global seed only. The initialisation is mimetic
    (arXiv 2305.09828): key projections equal query projections, and output projections equal
    transposed value projections, so that a token initially attends to similar tokens and copies
    them. ``start: induction`` adds induction heads, and puts the digits in order.
    """
    tokenizer = byte_tokenizer(texts, shape.vocabulary, spelled)
    config = random_configuration(
        shape,
        len(tokenizer),
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        for layer in model.model.layers:
            attention = layer.self_attn
            attention.k_proj.weight.copy_(attention.q_proj.weight)
            attention.o_proj.weight.copy_(attention.v_proj.weight.T)
    if shape.start == "induction":
        # In the order of `get_vocab`, which differs from process to process, sums differ in a bit.
        tokens = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
        digits = {n: int(t[-1]) for n, t in enumerate(tokens) if _DIGIT.fullmatch(t)}
        _order_digits(model, digits)
        colons = [number for number, token in enumerate(tokens) if token.startswith(":")]
        wire_induction(model, list(digits), colons, tokens_alike(tokenizer))
    return model.to(dtype), tokenizer


def tokens_alike(tokenizer: PreTrainedTokenizerBase) -> dict[int, int]:
    """Return, for tokens that begin with a space or a joining hyphen, those without it, if any.

    The word ``space``, by which a chain of thought names the character, is like the character.
    """
    vocabulary = tokenizer.get_vocab()
    alike = {
        number: vocabulary[token[1:]]
        for token, number in vocabulary.items()
        if (token.startswith(SPACE) or JOINED.fullmatch(token)) and token[1:] in vocabulary
    }
    if (name := vocabulary.get(SPACE + "space")) is not None:
        alike[name] = vocabulary[SPACE]
    return alike


@torch.no_grad()
def _order_digits(model: PreTrainedModel, digits: Mapping[int, int]) -> None:
    """Add to the embeddings of the digits a direction, and another in proportion to their values.

    Pretrained models encode the value of a number in a direction (arXiv 2401.03735); random weights
    would learn the order of each pair of digits by itself. The first direction tells digits from
    other tokens.

    Parameters
    ----------
    digits
        The value of each digit, by the number of its token.
    """
    embedding = model.get_input_embeddings().weight
    values = torch.arange(10.0)
    standardised = (values - values.mean()) / values.std()
    order, digit = normalize(torch.randn(2, embedding.shape[1]), dim=1)
    values_of_tokens = standardised[list(digits.values())][:, None]
    embedding[list(digits)] += DIGIT_SHARE * (digit + values_of_tokens * order)
