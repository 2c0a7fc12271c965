"""Alignment of tokens with the characters of a prompt and its reference."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from compiler.sources import CharRange
from evaluation.models.tokens import encode, encode_chats, token_ends
from evaluation.problems.prefaces import NO_PREFACE, Preface

Int64Array = NDArray[np.int64]


class TokenizedText(NamedTuple):
    """A prompt and a reference as tokens.

    Attributes
    ----------
    tokens
        Tokens of the prompt, as the model receives it, and of the reference.
    prompt_start
        Index of the prompt's first token, since a chat template puts tokens before it; None if the
        template changes the prompt's tokens.
    prompt_ends, text_ends
        int64[tokens]: end of each token in the characters of the prompt, and of the reference.
    """

    tokens: list[int]
    prompt_start: int | None
    prompt_ends: Int64Array
    text_ends: Int64Array

    @property
    def text_start(self) -> int:
        """Index of the reference's first token."""
        return len(self.tokens) - len(self.text_ends)

    def prompt_tokens(self, characters: CharRange) -> tuple[int, int] | None:
        """Return the range of tokens that holds some characters of the prompt, if it is known."""
        if self.prompt_start is None:
            return None
        return _token_range(self.prompt_ends, characters, self.prompt_start)

    def text_tokens(self, characters: CharRange) -> tuple[int, int]:
        """Return the range of tokens that holds some characters of the reference."""
        return _token_range(self.text_ends, characters, self.text_start)

    def spans_of_tokens(self, starts: Int64Array) -> Int64Array:
        """Return int64[tokens]: the span of each token of the reference.

        A token that spans a border between two spans belongs to the span of its last character.

        Parameters
        ----------
        starts
            int64[spans]: first character of each span.
        """
        last = np.maximum(self.text_ends - 1, 0)
        spans: Int64Array = np.searchsorted(starts, last, side="right") - 1
        return spans


def tokenize_text(
    tokenizer: PreTrainedTokenizerBase,
    prompt: str,
    text: str,
    *,
    chat: bool = False,
    preface: Preface = NO_PREFACE,
) -> TokenizedText:
    """Return a prompt after its preface and its reference as tokens, aligned with characters."""
    if chat:
        (turn,) = encode_chats(tokenizer, [preface.messages(prompt)])
    else:
        (turn,) = encode(tokenizer, [preface.text(prompt)])
    prompt_ids, text_ids = encode(tokenizer, [prompt, text])
    starts = range(len(turn) - 1, -1, -1)  # the last one, since examples may repeat the prompt
    matches = (i for i in starts if turn[i : i + len(prompt_ids)] == prompt_ids)
    prompt_ends, text_ends = map(np.array, token_ends(tokenizer, [prompt, text]))
    return TokenizedText(turn + text_ids, next(matches, None), prompt_ends, text_ends)


def _token_range(ends: Int64Array, characters: CharRange, first: int) -> tuple[int, int]:
    bounds = (characters[0], characters[1] - 1)
    start, last = np.searchsorted(ends, bounds, side="right").tolist()
    return first + start, first + last + 1
