"""Syntax errors in words: what was expected, what was found, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from tm.language.diagnostics import Diagnostic
from tm.language.parsing.keywords import DECLARATIONS, KEYWORDS
from tm.language.source import Source

_STATEMENTS = frozenset(
    (
        "LEFT", "RIGHT", "LET", "IF", "WHILE", "LOOP", "BREAK", "RETURN", "ACCEPT", "REJECT",
        "LOCAL", "MARK", "UNMARK", "KEEP", "ASSUME", "STEP", "FETCH", "SOLVE", "ANSWER",
    )
)  # fmt: skip
_OPERATORS = frozenset(("PLUS", "MINUS", "STAR", "SLASH", "PERCENT"))
_GROUPS = (
    (_STATEMENTS, "a statement"),
    (_OPERATORS, "an operator"),
    (frozenset(d.upper() for d in DECLARATIONS), "a declaration"),
)
_TERMINALS = {
    "NAME": "a name", "NUMBER": "a number", "SYMBOL": "a symbol like 'a'", "STRING": "a string",
    "BLANK": "`_`", "PLACEHOLDER": "a placeholder like {t}", "$END": "the end of the file",
    "WRITE": "`:=`", "COMPARE": "a comparison", "ARROW": "`->`", "DOTDOT": "`..`", "ASSIGN": "`=`",
    "COLON": "`:`", "COMMA": "`,`", "DOT": "`.`", "BAR": "`|`", "PLUS": "`+`", "MINUS": "`-`",
    "STAR": "`*`", "SLASH": "`/`", "PERCENT": "`%`", "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`",
    "RSQB": "`]`", "LBRACE": "`{`", "RBRACE": "`}`",
}  # fmt: skip


def explain(error: UnexpectedInput, source: Source, offset: int) -> Diagnostic:
    """Return the diagnostic of a syntax error at an offset."""
    if isinstance(error, UnexpectedCharacters):
        return _explain_character(source, offset)
    if not isinstance(error, UnexpectedToken):
        return Diagnostic("TM006", "syntax error", source.location(offset, offset + 1))
    token = error.token
    expected = set(error.accepts)
    actual = "the end of the file" if token.type == "$END" else f"`{token}`"
    help = ""
    if token.type in ("ASSIGN", "COMPARE") and "WRITE" in expected:
        help = "`t := …` writes a symbol, `r = …` sets a register"
    elif token.type == "ASSIGN" and "COMPARE" in expected:
        help = "write `==` to compare"
    elif token.type == "ELSE" or (token.type == "IF" and "LBRACE" in expected):
        help = "write `elsif` for `else if`"
    elif token.type in ("NUMBER", "STRING") and "SYMBOL" in expected:
        help = "write symbols in single quotes: '0', '0'..'9'"
    elif token.type == "ASSIGN" and "COLON" in expected:
        help = "a register needs a domain: `let r: 0..9 = …`"
    elif str(token) in KEYWORDS and "NAME" in expected:
        help = f"`{token}` is a keyword and cannot be a name"
    return Diagnostic(
        "TM006",
        f"expected {_in_words(expected)}, found {actual}",
        source.location(offset, offset + max(1, len(token))),
        help,
    )


def _in_words(terminals: set[str]) -> str:
    """Return terminals as people call them, sorted, a complete group as one."""

    def names() -> Iterator[str]:
        rest = set(terminals)
        for group, name in _GROUPS:
            if group <= rest:
                rest -= group
                yield name
        for terminal in rest:
            yield _TERMINALS.get(terminal, f"`{terminal.lower()}`")

    *others, last = sorted(names())
    return f"{', '.join(others)} or {last}" if others else last


def _explain_character(source: Source, offset: int) -> Diagnostic:
    text = source.text
    character = text[offset]
    location = source.location(offset, offset + 1)
    if character == '"':
        line_end = text.find("\n", offset)
        location = source.location(offset, line_end if line_end >= 0 else len(text))
        return Diagnostic(
            "TM007", "this string is not closed on its line", location, 'add a closing `"`'
        )
    if character == "'":
        return Diagnostic(
            "TM007",
            "a symbol is one character in single quotes",
            location,
            r"like 'a'; `_` is the blank, '\'' a quote, '\\' a backslash",
        )
    if character == "_":
        return Diagnostic(
            "TM007", "a name begins with a letter", location, "`_` alone is the blank"
        )
    help = "separate statements by spaces or line breaks" if character == ";" else ""
    return Diagnostic("TM006", f"unexpected character `{character}`", location, help)
