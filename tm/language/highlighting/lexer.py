"""A Pygments lexer for ``.tm`` sources, for the docs site and for any tool that uses Pygments."""

from __future__ import annotations

from typing import Any

from pygments.lexer import RegexLexer, bygroups
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from tm.language.highlighting.terminals import (
    ESCAPE_IN_STRING,
    PLACEHOLDER_IN_STRING,
    TokenClass,
    highlight_rules,
)

TOKEN_TYPES: dict[TokenClass, _TokenType] = {
    TokenClass.COMMENT: Comment.Single,
    TokenClass.SPACE: Whitespace,
    TokenClass.STRING: String.Double,
    TokenClass.PLACEHOLDER: String.Interpol,
    TokenClass.SYMBOL: String.Char,
    TokenClass.NUMBER: Number.Integer,
    TokenClass.NAME: Name,
    TokenClass.BLANK: Keyword.Constant,
    TokenClass.DECLARATION: Keyword.Declaration,
    TokenClass.KEYWORD: Keyword,
    TokenClass.WORD_OPERATOR: Operator.Word,
    TokenClass.OPERATOR: Operator,
    TokenClass.PUNCTUATION: Punctuation,
}


def _rules() -> list[tuple[Any, ...]]:
    """Return the rules of Pygments for the terminals of the grammar."""
    rules: list[tuple[Any, ...]] = []
    for rule in highlight_rules():
        token_types = [TOKEN_TYPES[token_class] for _, token_class in rule.parts]
        pattern = f"({rule.separator})".join(f"({pattern})" for pattern, _ in rule.parts)
        if rule.token_class is TokenClass.STRING:
            rules.append((r'"', token_types[0], "string"))
        elif rule.separator:
            types = [t for token_type in token_types for t in (Whitespace, token_type)]
            rules.append((pattern, bygroups(*types[1:])))  # type: ignore[no-untyped-call]
        else:
            if rule.token_class is TokenClass.NAME:
                rules.append((rf"{pattern}(?=\()", Name.Function))
            rules.append((pattern, token_types[0]))
    return rules


class TuringMachineLexer(RegexLexer):
    """The tokens of the grammar; placeholders in strings are interpolations."""

    name = "Turing machine"
    aliases = ("tm",)
    filenames = ("*.tm",)

    tokens = {  # noqa: RUF012 (the attribute that Pygments reads)
        "root": _rules(),
        "string": [
            (ESCAPE_IN_STRING, String.Escape),
            (PLACEHOLDER_IN_STRING, String.Interpol),
            (r'[^"\\{}\n]+', String.Double),
            (r'"', String.Double, "#pop"),
        ],
    }
