"""The terminals of the grammar, each with the class of token that highlighters show it as."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import NamedTuple

from lark.lexer import TerminalDef

from tm.language.highlighting.neighbours import (
    declaration_keywords,
    neighbours,
    operand_keywords,
)
from tm.language.parsing.keywords import KEYWORDS
from tm.language.parsing.parser import keyword, language_parser


class TokenClass(Enum):
    """The kind of a token, for colours."""

    COMMENT = "comment"
    SPACE = "space"
    STRING = "string"
    PLACEHOLDER = "placeholder"
    SYMBOL = "symbol"
    NUMBER = "number"
    NAME = "name"
    BLANK = "blank"
    DECLARATION = "declaration"
    KEYWORD = "keyword"
    WORD_OPERATOR = "word operator"
    OPERATOR = "operator"
    PUNCTUATION = "punctuation"


class HighlightRule(NamedTuple):
    """Terminals that follow each other, and what to show them as.

    Attributes
    ----------
    parts
        The regular expression of each terminal, and its class.
    separator
        The regular expression of the space between two parts.
    """

    parts: tuple[tuple[str, TokenClass], ...]
    separator: str = ""

    @property
    def token_class(self) -> TokenClass:
        """The class of the last part."""
        return self.parts[-1][1]


PLACEHOLDER_IN_STRING = r'\{[^{}"\n]*\}'
"""A placeholder within a string."""
ESCAPE_IN_STRING = r"\{\{|\}\}|\\[^\n]"
"""A brace or another character that is escaped within a string."""

_NAMED = {c.name: c for c in TokenClass}
_MARKS = frozenset((TokenClass.OPERATOR, TokenClass.PUNCTUATION))
_BRACKETS_AND_MARKS = frozenset("(){}[].,:")
_AFTER_NAMES = {"COLON": r"\s*:(?!=)", "DOT": r"\s*\.(?!\.)", "STRING": r'\s*"'}
"""Terminals before which a keyword is a name: wordings and the names of values may be keywords."""


@cache
def terminal_classes() -> dict[str, TokenClass]:
    """Return the class of each terminal of the grammar."""
    declarations, word_operators = declaration_keywords(), operand_keywords()
    classes = {}
    for terminal in language_terminals().values():
        name = terminal.name
        if keyword(terminal):
            classes[name] = TokenClass.KEYWORD
            if name in declarations:
                classes[name] = TokenClass.DECLARATION
            elif name in word_operators:
                classes[name] = TokenClass.WORD_OPERATOR
        elif name in _NAMED:
            classes[name] = _NAMED[name]
        elif terminal.pattern.value in _BRACKETS_AND_MARKS:
            classes[name] = TokenClass.PUNCTUATION
        else:
            classes[name] = TokenClass.OPERATOR
    return classes


@cache
def highlight_rules() -> tuple[HighlightRule, ...]:
    """Return rules for all terminals, in the order in which a highlighter must try them."""
    classes, terminals = terminal_classes(), language_terminals()
    patterns = {name: terminal.pattern.to_regexp() for name, terminal in terminals.items()}
    words = {n: keyword(t) for n, t in terminals.items() if keyword(t)}
    hard = {name: word for name, word in words.items() if word in KEYWORDS}

    def phrase(*names: str, separator: str) -> HighlightRule:
        return HighlightRule(tuple((patterns[n], classes[n]) for n in names), separator)

    # A block begins like a placeholder, and head contracts may be keywords.
    rules = [
        phrase("ASSIGN", "PLACEHOLDER", separator=r"\s*"),
        phrase("NAME", "AT", "NAME", separator=" "),
    ]
    for terminal in sorted(terminals.values(), key=_order):
        name = terminal.name
        pattern = _keyword_pattern(name, patterns, hard) if name in words else patterns[name]
        if name != "PLACEHOLDER":
            rules.append(HighlightRule(((pattern, classes[name]),)))
    return tuple(rules)


def _order(terminal: TerminalDef) -> tuple[int, int]:
    """Return the key by which terminals are sorted, as Lark sorts them."""
    return -terminal.priority, -len(terminal.pattern.value)


def _keyword_pattern(name: str, patterns: dict[str, str], hard: dict[str, str]) -> str:
    """Return the pattern of a keyword, with conditions on its neighbours.

    Parameters
    ----------
    patterns
        The pattern of every terminal.
    hard
        The words of the terminals whose words cannot be names.
    """
    before, after = neighbours(name, before=True), neighbours(name, before=False)
    impossible = [form for other, form in _AFTER_NAMES.items() if other not in after]
    behind = ""
    if name not in hard:  # its word can be a name, unless what stands around it excludes that
        marks = [n for n, c in terminal_classes().items() if c in _MARKS]
        possible = "|".join(patterns[n] for n in marks if n in after)
        others = "|".join(patterns[n] for n in marks if n not in after)
        impossible.append(rf"\s*(?!{possible})(?:{others})" if possible else rf"\s*(?:{others})")
        words = _words_without(hard, after)
        impossible.append(rf"\s+(?:{'|'.join(words)})\b")
        if before <= set(hard):
            behind = "|".join(rf"(?<=\b{word} )" for word in sorted(hard[n] for n in before))
            behind = f"(?:{behind})"
        else:
            behind = "".join(rf"(?<!\b{word} )" for word in _words_without(hard, before))
            literals = [language_terminals()[n].pattern for n in marks if n not in before]
            texts = [re.escape(p.value) for p in literals if p.type == "str"]
            behind += "".join(f"(?<!{text})(?<!{text} )" for text in texts)
    return f"{behind}{patterns[name]}" + (f"(?!{'|'.join(impossible)})" if impossible else "")


def _words_without(words: dict[str, str], possible: frozenset[str]) -> list[str]:
    """Return the words of which no terminal is possible."""
    return sorted(set(words.values()) - {word for n, word in words.items() if n in possible})


def language_terminals() -> dict[str, TerminalDef]:
    """Return the terminals of the grammar by name."""
    return {terminal.name: terminal for terminal in language_parser().terminals}
