"""A model of random weights, for training from scratch."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Qwen2Config, Qwen2ForCausalLM

from training.config import Model
from training.tokenizer import byte_tokenizer


def make_model(
    shape: Model, texts: Iterable[str], dtype: torch.dtype
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A Qwen2 of random weights, and a tokenizer whose words are those of ``texts``.

    The weights depend on torch's global seed alone. Their standard deviation is 1/√width: the
    usual 0.02 suits models that are many times as wide. Attention begins mimetic (arXiv
    2305.09828): a key is projected as a query is, and an output as a value is, so that a token
    looks for its like from the start, and copies what it finds.
    """
    tokenizer = byte_tokenizer(texts, shape.vocabulary)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        head_dim=shape.head_width,
        max_position_embeddings=shape.context,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        initializer_range=shape.width**-0.5,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        for layer in model.model.layers:
            attention = layer.self_attn
            attention.k_proj.weight.copy_(attention.q_proj.weight)
            attention.o_proj.weight.copy_(attention.v_proj.weight.T)
    return model.to(dtype), tokenizer
