"""Texts as token ids, in the same way for training and scoring."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import TemplateError
from transformers import PreTrainedTokenizerBase

from evaluation.problems.prefaces import Message


def encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Return the token ids of plain texts.

    No special token is added, and a special token's name within a text is encoded as plain text.
    """
    if not texts:
        return []
    ids: list[list[int]] = tokenizer(
        list(texts), add_special_tokens=False, split_special_tokens=True
    )["input_ids"]
    return ids


def encode_prompts(
    tokenizer: PreTrainedTokenizerBase, prompts: Sequence[str], *, chat: bool = False
) -> list[list[int]]:
    """Return the token ids of prompts, plain or as a user's turn in the model's chat template.

    Raises
    ------
    ValueError
        If ``chat`` is true and the tokenizer has no chat template.
    """
    if not chat:
        return encode(tokenizer, prompts)
    return encode_chats(tokenizer, [[{"role": "user", "content": text}] for text in prompts])


def encode_chats(
    tokenizer: PreTrainedTokenizerBase, chats: Sequence[Sequence[Message]]
) -> list[list[int]]:
    """Return the token ids of chats that the model answers, in its chat template.

    Raises
    ------
    ValueError
        If the tokenizer has no chat template, or the template refuses a chat.
    """
    if not tokenizer.chat_template:
        raise ValueError(
            f"model {tokenizer.name_or_path}: its tokenizer has no chat template; "
            "train and score it with plain prompts"
        )
    try:
        ids: list[list[int]] = tokenizer.apply_chat_template(
            [list(chat) for chat in chats], add_generation_prompt=True, return_dict=False
        )
    except TemplateError as error:  # templates without a system turn say so
        raise ValueError(
            f"model {tokenizer.name_or_path}: its chat template refuses the turns: {error}"
        ) from None
    return ids


def encode_with_ends(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> tuple[list[list[int]], list[list[int]]]:
    """Return the token ids of plain texts as ``encode`` does, and their ``token_ends``."""
    encoded = tokenizer(
        list(texts),
        add_special_tokens=False,
        split_special_tokens=True,
        return_offsets_mapping=True,
    )
    ends = [[end for _, end in offsets] for offsets in encoded["offset_mapping"]]
    return encoded["input_ids"], ends


def token_ends(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Return the end of each token of ``encode`` in its text, as an offset in characters."""
    offsets = tokenizer(
        list(texts),
        add_special_tokens=False,
        split_special_tokens=True,
        return_offsets_mapping=True,
    )["offset_mapping"]
    return [[end for _, end in text_offsets] for text_offsets in offsets]
