"""A tiny language model and its tokenizer of bytes, the same in every test."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from training.models.tokenizer import byte_tokenizer

TOKENIZER = byte_tokenizer()

CONTEXT = 2048
"""Tokens of the context; a problem of ``compare_numbers`` and its text take about 1,000 bytes."""

SHAPE = {
    "vocab_size": len(TOKENIZER),
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": CONTEXT,
    "initializer_range": 0.3,
    "bos_token_id": None,
    "eos_token_id": TOKENIZER.eos_token_id,
    "pad_token_id": TOKENIZER.pad_token_id,
}
"""Settings that the configurations of several architectures accept."""


def tiny_model(context: int = CONTEXT) -> Qwen2ForCausalLM:
    """Return an untrained Qwen2 model with a context of some tokens."""
    torch.manual_seed(5)
    return Qwen2ForCausalLM(Qwen2Config(**{**SHAPE, "max_position_embeddings": context}))


def save_model(folder: Path, model: Qwen2ForCausalLM) -> Path:
    """Write a model and the tokenizer into a folder, and return the folder."""
    model.save_pretrained(folder)
    TOKENIZER.save_pretrained(folder)
    return folder
