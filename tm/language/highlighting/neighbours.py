"""Which terminals of the grammar can stand side by side in a source."""

from __future__ import annotations

from functools import cache

from lark.grammar import NonTerminal, Terminal

from tm.language.parsing.parser import language_parser


@cache
def neighbours(terminal: str, *, before: bool) -> frozenset[str]:
    """Return the terminals that can directly precede a terminal, or follow it."""
    result: set[str] = set()
    seen: set[str] = set()
    pending = [terminal]
    while pending:  # a neighbour of a rule is one of its outermost item
        wanted = pending.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        for rule in language_parser().rules:
            items = rule.expansion if before else rule.expansion[::-1]
            for index, item in enumerate(items):
                if item.name != wanted:
                    continue
                if index:
                    result |= _edge(items[index - 1].name, before, set())
                else:
                    pending.append(rule.origin.name)
    return frozenset(result)


def _edge(name: str, last: bool, seen: set[str]) -> set[str]:
    """Return the terminals that an item can end with, or begin with."""
    expansions = [r.expansion for r in language_parser().rules if r.origin.name == name]
    if not expansions:
        return {name}
    if name in seen:
        return set()
    seen.add(name)
    return set().union(*(_edge(e[-1 if last else 0].name, last, seen) for e in expansions if e))


def declaration_keywords() -> set[str]:
    """Return the terminals that begin a declaration."""
    rules = language_parser().rules
    forms = {rule.expansion[0].name for rule in rules if rule.origin.name == "declaration"}
    return {
        rule.expansion[0].name
        for rule in rules
        if rule.origin.name in forms and isinstance(rule.expansion[0], Terminal)
    }


def operand_keywords() -> set[str]:
    """Return the terminals next to an operand in an expression."""
    operands = _reachable("expr")
    operators = set()
    for rule in language_parser().rules:
        if rule.origin.name not in operands:
            continue
        for index, item in enumerate(rule.expansion):
            left = rule.expansion[index - 1] if index else None
            right = rule.expansion[index + 1] if index + 1 < len(rule.expansion) else None
            is_prefix = left is None and isinstance(right, NonTerminal)
            if isinstance(item, Terminal) and (isinstance(left, NonTerminal) or is_prefix):
                operators.add(item.name)
    return operators


def _reachable(start: str) -> set[str]:
    """Return a nonterminal and all that occur in its expansions, without blocks."""
    reached: set[str] = set()
    pending = [start]
    while pending:
        name = pending.pop()
        if name in reached or name == "block":
            continue
        reached.add(name)
        pending += [
            item.name
            for rule in language_parser().rules
            if rule.origin.name == name
            for item in rule.expansion
            if isinstance(item, NonTerminal)
        ]
    return reached
