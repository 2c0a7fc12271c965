"""A model with random weights, for training from scratch."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import torch
from torch.nn.functional import normalize
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Qwen2ForCausalLM

from training.config import Model
from training.models.induction import wire_induction
from training.models.shapes import random_configuration
from training.models.tokenizer import SPACE, byte_tokenizer

DIGIT_ORDER = 0.5
"""Standard deviation of the digits along the direction of their order; an embedding has norm 1."""


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
        _order_digits(model, tokenizer)
        digits = tokenizer.convert_tokens_to_ids(list("0123456789"))
        colons = [n for token, n in tokenizer.get_vocab().items() if token.startswith(":")]
        wire_induction(model, digits, colons, _without_space(tokenizer))
    return model.to(dtype), tokenizer


def _without_space(tokenizer: PreTrainedTokenizerBase) -> dict[int, int]:
    """Return, for the tokens that begin with a space, those without it, where they exist.

    The word ``space``, by which a chain of thought names the character, is like the character.
    """
    vocabulary = tokenizer.get_vocab()
    alike = {
        number: vocabulary[token[1:]]
        for token, number in vocabulary.items()
        if token.startswith(SPACE) and token[1:] in vocabulary
    }
    if (name := vocabulary.get(SPACE + "space")) is not None:
        alike[name] = vocabulary[SPACE]
    return alike


@torch.no_grad()
def _order_digits(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """Add to the embeddings of the digits a common direction, in proportion to their values.

    Pretrained models encode the value of a number in a direction (arXiv 2401.03735); random weights
    would learn the order of each pair of digits by itself.
    """
    embedding = model.get_input_embeddings().weight
    values = torch.arange(10.0)
    standardised = (values - values.mean()) / values.std()
    direction = normalize(torch.randn(embedding.shape[1]), dim=0)
    digits = tokenizer.convert_tokens_to_ids(list("0123456789"))
    embedding[digits] += DIGIT_ORDER * standardised[:, None] * direction
