"""Texts as token ids: the same for training and scoring."""

from __future__ import annotations

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase


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
