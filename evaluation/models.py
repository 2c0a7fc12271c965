"""Language models from a folder or a hub, and texts as tokens: the same to train and to score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.models.auto.tokenization_auto import get_tokenizer_config


def load_model(
    name: str, dtype: torch.dtype = torch.float32
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A causal language model, or an adapter on one, and its tokenizer.

    Weights come from safetensors alone, and no code that comes with the model is run. Padding gets
    a token of its own: with eos as padding, an eos to be learned would be masked.

    Raises
    ------
    ValueError
        When there is no such model, or it has no safetensors or no eos token.
    """
    folder = Path(name)
    if _is_path(name) and not any(
        (folder / file).is_file() for file in ("config.json", "adapter_config.json")
    ):
        raise ValueError(f"model {name}: there is no config.json and no adapter_config.json there")
    try:
        tokenizer = _load_tokenizer(name)
        model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise ValueError(f"model {name}: cannot be loaded: {error}") from None
    if tokenizer.eos_token_id is None:
        raise ValueError(f"model {name}: its tokenizer has no eos token, so no text could ever end")
    if tokenizer.pad_token_id in (None, tokenizer.eos_token_id):
        tokenizer.add_special_tokens({"pad_token": "<|pad|>"})
        if len(tokenizer) > model.get_input_embeddings().num_embeddings:
            model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    tokenizer.padding_side = "left"
    return model, tokenizer


def encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of plain texts: no special token is added, and none is read out of a text."""
    if not texts:
        return []
    ids: list[list[int]] = tokenizer(
        list(texts), add_special_tokens=False, split_special_tokens=True
    )["input_ids"]
    return ids


def encode_prompts(
    tokenizer: PreTrainedTokenizerBase, prompts: Sequence[str], *, chat: bool = False
) -> list[list[int]]:
    """Token ids of prompts: as they stand, or as a user's turn in the model's chat template.

    Raises
    ------
    ValueError
        When ``chat`` is asked for and the tokenizer has no template.
    """
    if not chat:
        return encode(tokenizer, prompts)
    if not tokenizer.chat_template:
        raise ValueError(f"{tokenizer.name_or_path} has no chat template; train and score without")
    turns = [[{"role": "user", "content": prompt}] for prompt in prompts]
    ids: list[list[int]] = tokenizer.apply_chat_template(
        turns, add_generation_prompt=True, return_dict=False
    )
    return ids


def offsets(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Where each token of ``encode`` ends in its text, in characters."""
    found = tokenizer(
        list(texts),
        add_special_tokens=False,
        split_special_tokens=True,
        return_offsets_mapping=True,
    )["offset_mapping"]
    return [[end for _, end in text] for text in found]


def _load_tokenizer(name: str) -> PreTrainedTokenizerBase:
    """The tokenizer as its file describes it.

    For a Qwen2 model `AutoTokenizer` puts Qwen2's own splitting of words in the place of any other,
    and so changes the tokens of a tokenizer that says it is of no special class.
    """
    declared = get_tokenizer_config(name).get("tokenizer_class")
    plain = declared in ("TokenizersBackend", "PreTrainedTokenizerFast")
    return (PreTrainedTokenizerFast if plain else AutoTokenizer).from_pretrained(name)


def _is_path(name: str) -> bool:
    """Whether a folder is meant: a hub name has one slash at most, and no folder before it."""
    path = Path(name)
    return (
        path.exists()
        or name.startswith((".", "/", "~"))
        or name.count("/") > 1
        or (path.parent != Path() and path.parent.is_dir())
    )
