"""A model with random weights, for training from scratch."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Qwen2ForCausalLM

from training.config import Model
from training.models.induction import wire_induction
from training.models.shapes import random_configuration
from training.models.tokenizer import byte_tokenizer


def make_model(
    shape: Model, texts: Iterable[str], dtype: torch.dtype
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a Qwen2 model with random weights, and a tokenizer with common words of ``texts``.

    The weights depend on torch's global seed only. The initialisation is mimetic
    (arXiv 2305.09828): key projections equal query projections, and output projections equal
    transposed value projections, so that a token initially attends to similar tokens and copies
    them. ``start: induction`` adds induction heads.
    """
    tokenizer = byte_tokenizer(texts, shape.vocabulary)
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
        wire_induction(model)
    return model.to(dtype), tokenizer
