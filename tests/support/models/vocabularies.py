"""The tokenizer of a real model, for tests that count or compare tokens."""

from __future__ import annotations

import string
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from compiler.vocabulary import Vocabulary


@cache
def qwen() -> Vocabulary:
    """Return the vocabulary of Qwen2.5, or skip the test if its package is not installed."""
    try:
        return Vocabulary.qwen()
    except ModuleNotFoundError as error:
        pytest.skip(str(error))


def joining_vocabulary(file: Path, merges: Iterable[tuple[str, str]]) -> Vocabulary:
    """Return a vocabulary of characters whose further tokens, by merging, may go across words."""
    from tokenizers import Tokenizer, models

    pairs = list(merges)
    tokens = [*string.printable, *map("".join, pairs)]
    vocab = {token: index for index, token in enumerate(tokens)}
    Tokenizer(models.BPE(vocab=vocab, merges=pairs)).save(str(file))
    return Vocabulary(file)
