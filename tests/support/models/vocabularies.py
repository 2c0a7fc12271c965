"""The tokenizer of a real model, for tests that count or compare tokens."""

from __future__ import annotations

import pytest

from compiler.vocabulary import Vocabulary


def qwen() -> Vocabulary:
    """Return the vocabulary of Qwen2.5, or skip the test if its package is not installed."""
    try:
        return Vocabulary.qwen()
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
