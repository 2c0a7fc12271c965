"""The Pygments lexer gives every token of the language the class that the grammar gives it."""

from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Error, Name, String, _TokenType, is_token_subtype

from tests.support.tokens import SOURCES, parser_classes
from tm.language.highlighting.lexer import TOKEN_TYPES, TuringMachineLexer
from tm.language.highlighting.terminals import TokenClass, terminal_classes
from tm.language.parsing.keywords import DECLARATIONS, KEYWORDS
from tm.language.parsing.parser import keyword, language_parser


def fits(token_type: _TokenType, token_class: TokenClass) -> bool:
    """Return whether a type of Pygments is that of a class, or of a part of such a token."""
    if token_class is TokenClass.STRING:
        return token_type in (String.Double, String.Escape, String.Interpol)
    if token_class is TokenClass.NAME:
        return token_type in (Name, Name.Function)
    return token_type is TOKEN_TYPES[token_class]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_token_has_the_class_that_the_parser_gives_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = parser_classes(text)
    for offset, token_type, value in TuringMachineLexer().get_tokens_unprocessed(text):
        for index in range(offset, offset + len(value)):
            line = text.count("\n", 0, index) + 1
            assert fits(token_type, expected[index]), (line, value, token_type, expected[index])


def test_every_terminal_has_a_class() -> None:
    classes = terminal_classes()
    assert set(classes) == {terminal.name for terminal in language_parser().terminals}
    words = {name.lower() for name, c in classes.items() if c is TokenClass.DECLARATION}
    assert words == set(DECLARATIONS)
    operators = {name for name, c in classes.items() if c is TokenClass.WORD_OPERATOR}
    assert operators == {"AND", "OR", "NOT", "IN"}


@pytest.mark.parametrize("word", sorted(KEYWORDS))
def test_every_keyword_is_one(word: str) -> None:
    assert word in map(keyword, language_parser().terminals)
    [first, second] = [
        token_type
        for token_type, value in TuringMachineLexer().get_tokens(f"{word} {word}s")
        if value.strip()
    ]
    assert first in {TOKEN_TYPES[c] for c in TokenClass} - {Name}
    assert second is Name


def test_half_typed_strings_end_with_their_line() -> None:
    tokens = list(TuringMachineLexer().get_tokens('answer "{t\nmain { }'))
    kinds = {value: token_type for token_type, value in tokens}
    assert is_token_subtype(kinds["{"], Error) or kinds["{"] is not String.Double
    assert kinds["main"] is TOKEN_TYPES[TokenClass.DECLARATION]


def test_pygments_finds_the_lexer() -> None:
    assert isinstance(get_lexer_by_name("tm"), TuringMachineLexer)
    assert isinstance(get_lexer_for_filename("machine.tm"), TuringMachineLexer)
