"""The terminals of the grammar, each with the class of token that highlighters show it as."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import NamedTuple

from lark import Lark
from lark.grammar import NonTerminal, Terminal
from lark.lexer import TerminalDef

from tm.language.parsing.parser import language_parser


class TokenClass(Enum):
    """What a token is to a reader."""

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
_BRACKETS_AND_MARKS = frozenset("(){}[].,:")
_AFTER_NAMES = {"COLON": r"\s*:(?!=)", "DOT": r"\s*\.(?!\.)", "STRING": r'\s*"'}
"""Terminals before which a keyword is a name: wordings and the names of values may be keywords."""


@cache
def terminal_classes() -> dict[str, TokenClass]:
    """Return the class of each terminal of the grammar."""
    grammar = language_parser()
    declarations, word_operators = _declaration_keywords(grammar), _word_operators(grammar)
    classes = {}
    for terminal in grammar.terminals:
        name = terminal.name
        if is_keyword(terminal):
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
    grammar, classes = language_parser(), terminal_classes()
    patterns = {t.name: t.pattern.to_regexp() for t in grammar.terminals}

    def phrase(*names: str, separator: str) -> HighlightRule:
        return HighlightRule(tuple((patterns[n], classes[n]) for n in names), separator)

    # A block begins like a placeholder, and head contracts may be keywords.
    rules = [
        phrase("ASSIGN", "PLACEHOLDER", separator=r"\s*"),
        phrase("NAME", "AT", "NAME", separator=" "),
    ]
    before = {name: _preceding(grammar, name) for name in _AFTER_NAMES}
    for terminal in sorted(grammar.terminals, key=_order):
        name, pattern = terminal.name, patterns[terminal.name]
        if is_keyword(terminal):
            names = [form for after, form in _AFTER_NAMES.items() if name not in before[after]]
            pattern += f"(?!{'|'.join(names)})" if names else ""
        if name != "PLACEHOLDER":
            rules.append(HighlightRule(((pattern, classes[name]),)))
    return tuple(rules)


def is_keyword(terminal: TerminalDef) -> bool:
    """Return whether a terminal is a fixed word."""
    return re.match(r"[a-z]+(?![a-z]*[\[*+])", terminal.pattern.value) is not None


def _order(terminal: TerminalDef) -> tuple[int, int]:
    """Return the key by which terminals are sorted, as Lark sorts them."""
    return -terminal.priority, -len(terminal.pattern.value)


def _declaration_keywords(grammar: Lark) -> set[str]:
    """Return the terminals that begin a declaration."""
    forms = {rule.expansion[0].name for rule in grammar.rules if rule.origin.name == "declaration"}
    return {
        rule.expansion[0].name
        for rule in grammar.rules
        if rule.origin.name in forms and isinstance(rule.expansion[0], Terminal)
    }


def _word_operators(grammar: Lark) -> set[str]:
    """Return the keywords that stand beside an operand in an expression or a condition."""
    operands = _reachable(grammar, {"expr", "condition"})
    operators = set()
    for rule in grammar.rules:
        if rule.origin.name not in operands:
            continue
        for index, item in enumerate(rule.expansion):
            left = rule.expansion[index - 1] if index else None
            right = rule.expansion[index + 1] if index + 1 < len(rule.expansion) else None
            is_prefix = left is None and isinstance(right, NonTerminal)
            if isinstance(item, Terminal) and (isinstance(left, NonTerminal) or is_prefix):
                operators.add(item.name)
    return operators


def _reachable(grammar: Lark, names: set[str]) -> set[str]:
    """Return these nonterminals and all that occur in their expansions, without blocks."""
    reached, pending = set(), list(names)
    while pending:
        name = pending.pop()
        if name in reached or name == "block":
            continue
        reached.add(name)
        pending += [
            item.name
            for rule in grammar.rules
            if rule.origin.name == name
            for item in rule.expansion
            if isinstance(item, NonTerminal)
        ]
    return reached


def _preceding(grammar: Lark, terminal: str) -> set[str]:
    """Return the terminals that can directly precede a terminal in a source."""
    before: set[str] = set()
    seen: set[str] = set()
    pending = [terminal]
    while pending:  # what can precede the first item of a rule can precede the rule
        wanted = pending.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        for rule in grammar.rules:
            for index, item in enumerate(rule.expansion):
                if item.name != wanted:
                    continue
                if index:
                    before |= _last(grammar, rule.expansion[index - 1].name, set())
                else:
                    pending.append(rule.origin.name)
    return before


def _last(grammar: Lark, name: str, seen: set[str]) -> set[str]:
    """Return the terminals that an item can end with."""
    expansions = [rule.expansion for rule in grammar.rules if rule.origin.name == name]
    if not expansions:
        return {name}
    if name in seen:
        return set()
    seen.add(name)
    return set().union(*(_last(grammar, e[-1].name, seen) for e in expansions if e))
