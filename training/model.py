"""The model to train: one of random weights, or one from a folder or a hub."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from training.config import Model
from training.tokenizer import byte_tokenizer


def make_model(
    shape: Model, texts: Iterable[str], dtype: torch.dtype
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A Qwen2 of random weights, and a tokenizer whose words are those of ``texts``.

    The weights depend on torch's global seed alone. They are drawn with the standard deviation 1/√width of
    their input: the 0.02 that is usual suits models a hundred times as wide.
    """
    tokenizer = byte_tokenizer(texts, shape.vocabulary)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=shape.width,
            intermediate_size=shape.feed_forward,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.heads,
            max_position_embeddings=shape.context,
            initializer_range=shape.width**-0.5,
            tie_word_embeddings=True,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    return model.to(dtype), tokenizer


def load_model(base: str, dtype: torch.dtype) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A causal language model and its tokenizer, from safetensors only; no code of the model's is run.

    Padding is given a token of its own: with eos as padding, an eos to be learned would be masked.

    Raises
    ------
    ValueError
        When there is no such model, or it has no safetensors or no eos token.
    """
    if _is_path(base) and not (Path(base) / "config.json").is_file():
        raise ValueError(f"model {base}: there is no config.json in that folder")
    try:
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise ValueError(f"model {base}: cannot be loaded: {error}") from None
    if tokenizer.eos_token_id is None:
        raise ValueError(f"model {base}: its tokenizer has no eos token, so no text could ever end")
    if tokenizer.pad_token_id in (None, tokenizer.eos_token_id):
        tokenizer.add_special_tokens({"pad_token": "<|pad|>"})
        if len(tokenizer) > model.get_input_embeddings().num_embeddings:
            model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    tokenizer.padding_side = "left"
    return model, tokenizer


def _is_path(base: str) -> bool:
    """Whether ``base`` is meant as a folder: a hub name has one slash at most and no leading dot."""
    return Path(base).exists() or base.startswith((".", "/", "~")) or base.count("/") > 1
