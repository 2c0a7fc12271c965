"""The Pygments lexer knows every token of the language."""

from pathlib import Path

import pytest
from pygments.token import Comment, Error, Keyword, Operator, Whitespace, is_token_subtype

from tm.language.highlighting import TuringMachineLexer
from tm.language.parsing.keywords import KEYWORDS

ROOT = Path(__file__).parents[3]
SOURCES = [
    path for folder in ("tm", "tasks", "tests") for path in sorted((ROOT / folder).rglob("*.tm"))
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_source_is_read_whole(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tokens = list(TuringMachineLexer().get_tokens(source))
    assert [value for kind, value in tokens if is_token_subtype(kind, Error)] == []
    assert "".join(value for _, value in tokens).strip() == source.strip()


@pytest.mark.parametrize("word", sorted(KEYWORDS))
def test_every_keyword_is_one(word: str) -> None:
    tokens = TuringMachineLexer().get_tokens(f"{word} {word}s # {word}")
    kinds = [(kind, value) for kind, value in tokens if kind is not Whitespace]
    (first, _), (second, _), (third, _) = kinds
    assert is_token_subtype(first, Keyword) or first is Operator.Word
    assert not is_token_subtype(second, Keyword)
    assert second is not Operator.Word
    assert is_token_subtype(third, Comment)
