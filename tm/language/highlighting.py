"""A Pygments lexer for ``.tm`` sources, for the docs site and for any tool that uses Pygments."""

from __future__ import annotations

from pygments.lexer import RegexLexer, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from tm.language.parsing.keywords import DECLARATIONS, KEYWORDS


class TuringMachineLexer(RegexLexer):
    """The tokens of ``parsing/grammar.lark``; placeholders in strings are interpolations."""

    name = "Turing machine"
    aliases = ("tm",)
    filenames = ("*.tm",)

    tokens = {  # noqa: RUF012 (the attribute that Pygments reads)
        "root": [
            (r"[ \t\r\n]+", Whitespace),
            (r"#[^\n]*", Comment.Single),
            (words(sorted(DECLARATIONS), suffix=r"\b"), Keyword.Declaration),
            (words(["and", "in", "not", "or"], suffix=r"\b"), Operator.Word),
            (words(sorted(KEYWORDS), suffix=r"\b"), Keyword),
            (r"'(?:[^'\\\n]|\\['\\])'", String.Char),
            (r'"', String.Double, "string"),
            (r"_(?![A-Za-z0-9_])", Keyword.Constant),
            (r"[0-9]+", Number.Integer),
            (r"\{[A-Za-z_][\w.]*(?:\|\w+)?\}", String.Interpol),
            (r":=|->|\.\.|==|!=|<=|>=|[<>=+\-*/%|]", Operator),
            (r"[.,:(){}\[\]]", Punctuation),
            (r"[A-Za-z][A-Za-z0-9_]*(?=\()", Name.Function),
            (r"[A-Za-z][A-Za-z0-9_]*", Name),
        ],
        "string": [
            (r"\{\{|\}\}", String.Escape),
            (r"\{[^{}\"\n]*\}", String.Interpol),
            (r"\\[^\n]", String.Escape),
            (r'[^"\\{}\n]+', String.Double),
            (r'"', String.Double, "#pop"),
        ],
    }
