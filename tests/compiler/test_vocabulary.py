from __future__ import annotations

from pathlib import Path

import pytest

from compiler.vocabulary import Tokens, Vocabulary
from tests.support.models.vocabularies import qwen


def test_a_folder_without_a_tokenizer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no tokenizer\.json"):
        Vocabulary(tmp_path)


def test_a_file_that_is_not_a_tokenizer_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(ValueError, match="is not a tokenizer"):
        Vocabulary(tmp_path)


def test_tokens_are_found_by_characters() -> None:
    tokens = Tokens(ids=(7, 8, 9), starts=(0, 2, 5), ends=(2, 5, 6))
    assert tokens.within(1, 5) == (7, 8)
    assert tokens.within(2, 5) == (8,)
    assert [tokens.count_before(offset) for offset in (0, 2, 3, 6)] == [0, 1, 2, 3]


def test_tokens_cover_the_text_and_are_counted() -> None:
    vocabulary, text = qwen(), "add 1 2: x = 45 -> end"
    tokens = vocabulary.tokenize(text)
    assert "".join(text[i:j] for i, j in zip(tokens.starts, tokens.ends, strict=True)) == text
    assert vocabulary.count_tokens([text, ""]) == [len(tokens.ids), 0]
