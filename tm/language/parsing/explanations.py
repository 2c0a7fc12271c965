"""Syntax errors in words: what was expected, what was found, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from tm.language.diagnostics import Diagnostic
from tm.language.parsing.hints import Fault, hint, unknown_statement
from tm.language.parsing.keywords import DECLARATIONS, KEYWORDS, STATEMENTS
from tm.language.source import Source

_SOFT_STATEMENTS = frozenset(("AT", "BODY", "EACH_BLOCK", "WRITE_ON"))
"""Terminals that begin a statement only in some places."""
_OPERATORS = frozenset(("PLUS", "MINUS", "STAR", "SLASH", "PERCENT"))
_GROUPS = (
    (frozenset(s.upper() for s in STATEMENTS), "a statement"),
    (_OPERATORS, "an operator"),
    (frozenset(d.upper() for d in DECLARATIONS), "a declaration"),
)
_TERMINALS = {
    "NAME": "a name", "NUMBER": "a number", "SYMBOL": "a symbol like 'a'", "STRING": "a string",
    "BLANK": "`_`", "PLACEHOLDER": "a placeholder like {t}", "$END": "the end of the file",
    "WRITE": "`:=`", "COMPARE": "a comparison", "ARROW": "`->`", "DOTDOT": "`..`", "ASSIGN": "`=`",
    "COLON": "`:`", "COMMA": "`,`", "DOT": "`.`", "BAR": "`|`", "PLUS": "`+`", "MINUS": "`-`",
    "STAR": "`*`", "SLASH": "`/`", "PERCENT": "`%`", "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`",
    "EACH_BLOCK": "`each`", "WRITE_ON": "`write`", "RSQB": "`]`", "LBRACE": "`{`", "RBRACE": "`}`",
}  # fmt: skip


def explain(error: UnexpectedInput, source: Source, offset: int) -> Diagnostic:
    """Return the diagnostic of a syntax error at an offset."""
    text = source.text
    if isinstance(error, UnexpectedCharacters):
        return _explain_character(error, source, offset)
    if not isinstance(error, UnexpectedToken):
        return Diagnostic("TM006", "syntax error", source.location(offset, offset + 1))
    token = error.token
    fault = Fault(text[:offset], text[offset:], token.type, frozenset(error.accepts))
    if word := unknown_statement(fault):
        start = fault.before.rindex(word)
        location = source.location(start, start + len(word))
        return Diagnostic("TM006", f"no statement begins with `{word}`", location, hint(fault))
    length = 1 if token.type == "PLACEHOLDER" else len(token)  # a block that is not expected
    actual = "the end of the file" if token.type == "$END" else f"`{token[:length]}`"
    help = hint(fault)
    if not help and str(token) in KEYWORDS and "NAME" in fault.expected:
        help = f"`{token}` is a keyword and cannot be a name"
    return Diagnostic(
        "TM006",
        f"expected {_in_words(set(fault.expected))}, found {actual}",
        source.location(offset, offset + max(1, length)),
        help,
    )


def _in_words(terminals: set[str]) -> str:
    """Return terminals as people call them, sorted, a complete group as one."""

    def names() -> Iterator[str]:
        rest = set(terminals)
        for group, name in _GROUPS:
            if group <= rest:
                rest -= group | (_SOFT_STATEMENTS if name == "a statement" else frozenset())
                yield name
        for terminal in rest:
            yield _TERMINALS.get(terminal, f"`{terminal.lower()}`")

    *others, last = sorted(names())
    return f"{', '.join(others)} or {last}" if others else last


def _explain_character(error: UnexpectedCharacters, source: Source, offset: int) -> Diagnostic:
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
    fault = Fault(text[:offset], text[offset:], "", frozenset(error.allowed or ()))
    return Diagnostic("TM006", f"unexpected character `{character}`", location, hint(fault))
