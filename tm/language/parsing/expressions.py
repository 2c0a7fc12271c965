"""Nodes of names, classes, domains, expressions, conditions and templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.parsing.hints import READ_HINT
from tm.language.parsing.keywords import KEYWORDS
from tm.language.parsing.templates import parse_template
from tm.language.source import Source, SourceRange
from tm.table import BLANK

MAX_TREE_DEPTH = 200
"""Levels of a syntax tree: nested blocks, long chains of one operator."""
MAX_NUMBER = 9_999
_MAX_NUMBER_DIGITS = 4

DIRECTIONS = {"next": 1, "previous": -1}
"""The neighbours of the cell under a head, each with the direction in which it lies."""

Parsed = Tree[Token] | Token | None
"""A child of a parse tree; None for an optional part that is absent."""


class TreeTooDeep(Exception):  # noqa: N818
    """The syntax tree has more than ``MAX_TREE_DEPTH`` levels."""

    def __init__(self, location: SourceRange) -> None:
        self.location = location


class ExpressionBuilder:
    """Builds nodes from Lark's parse trees; the rule ``x`` of the grammar is built by ``on_x``.

    Faults of literals, names and templates go to ``report``.
    """

    def __init__(self, source: Source, report: Reporter) -> None:
        self.source = source
        self.report = report
        self.depth = 0

    def location(self, node: Tree[Token] | Token) -> SourceRange:
        if isinstance(node, Token):
            return self.source.location(node.start_pos or 0, node.end_pos or 0)
        return self.source.location(
            getattr(node.meta, "start_pos", 0), getattr(node.meta, "end_pos", 0)
        )

    def node(self, tree: Parsed) -> Any:
        """Return the syntax node of a parse tree."""
        if not isinstance(tree, Tree):
            raise TypeError(f"not a tree: {tree!r}")
        self.depth += 1
        if self.depth > MAX_TREE_DEPTH:
            raise TreeTooDeep(self.location(tree))
        method: Callable[[Tree[Token], SourceRange], Any] = getattr(self, "on_" + str(tree.data))
        node = method(tree, self.location(tree))
        self.depth -= 1
        return node

    def optional(self, tree: Parsed) -> Any:
        return None if tree is None else self.node(tree)

    def ident(self, token: Token) -> s.Ident:
        name = str(token)
        if name in KEYWORDS or name == "text":
            self.report.error(
                "TM009",
                f"`{name}` is a keyword and cannot be a name",
                self.location(token),
                f"choose another name, such as `{name}1`",
            )
        return s.Ident(self.location(token), name)

    def idents(self, tree: Parsed) -> tuple[s.Ident, ...]:
        return tuple(self.ident(t) for t in tokens(tree, "NAME"))

    def unchecked_ident(self, token: Token) -> s.Ident:
        """Return a name that may be a keyword: ``start`` is also a head contract."""
        return s.Ident(self.location(token), str(token))

    def template(self, token: Token) -> s.TemplateNode:
        """Return the template of a string token."""
        text, start = str(token)[1:-1], (token.start_pos or 0) + 1
        return parse_template(self.source, self.report, text, start, self.location(token))

    # -------------------------------------------------------------- classes and domains

    def on_class_union(self, tree: Tree[Token], location: SourceRange) -> s.ClassOp:
        left, operator, right = parts(tree)
        return s.ClassOp(location, str(operator), self.node(left), self.node(right))

    on_class_difference = on_class_union

    def on_class_range(self, tree: Tree[Token], location: SourceRange) -> s.ClassRange:
        first_token, _, last_token = parts(tree)
        first = _symbol(first_token)
        last = first if last_token is None else _symbol(last_token)
        if first > last:
            self.report.error(
                "TM007",
                f"the range '{first}'..'{last}' is empty",
                location,
                f"write '{last}'..'{first}'",
            )
        return s.ClassRange(location, first, last)

    def on_class_blank(self, tree: Tree[Token], location: SourceRange) -> s.ClassBlank:
        return s.ClassBlank(location)

    def on_class_name(self, tree: Tree[Token], location: SourceRange) -> s.ClassName:
        return s.ClassName(location, str(parts(tree)[0]))

    def on_class_domain(self, tree: Tree[Token], location: SourceRange) -> Any:
        return self.node(parts(tree)[0])

    def on_range_domain(self, tree: Tree[Token], location: SourceRange) -> s.RangeDomain:
        first, last = trees(tree)
        return self.range_domain(first, last, location)

    def range_domain(
        self, first_tree: Tree[Token], last_tree: Tree[Token], location: SourceRange
    ) -> s.RangeDomain:
        """Return the range between two integers; report an empty one."""
        first, last = self.integer(first_tree), self.integer(last_tree)
        if first > last:
            self.report.error(
                "TM007", f"the range {first}..{last} is empty", location, f"write {last}..{first}"
            )
        return s.RangeDomain(location, first, last)

    def integer(self, tree: Tree[Token]) -> int:
        minus, number = parts(tree)
        value = self.number(number)
        return value if minus is None else -value

    def number(self, token: Token) -> int:
        if len(token) > _MAX_NUMBER_DIGITS:  # the length comes first: conversion may be slow
            self.report.error(
                "TM008",
                f"a number may be at most {MAX_NUMBER:,}",
                self.location(token),
                "store larger numbers on tapes, digit by digit",
            )
            return 0
        return int(token)

    # -------------------------------------------------------------- expressions

    def on_name(self, tree: Tree[Token], location: SourceRange) -> s.NameNode:
        return s.NameNode(location, str(parts(tree)[0]))

    def on_neighbour(self, tree: Tree[Token], location: SourceRange) -> s.Neighbour:
        tape, _, side = parts(tree)
        if side not in DIRECTIONS:
            self.report.error(
                "TM051", f"`.{side}` does not name a cell", self.location(side), READ_HINT
            )
        return s.Neighbour(location, self.ident(tape), DIRECTIONS.get(str(side), 1))

    def on_symbol(self, tree: Tree[Token], location: SourceRange) -> s.Symbol:
        return s.Symbol(location, _symbol(parts(tree)[0]))

    def on_blank(self, tree: Tree[Token], location: SourceRange) -> s.Symbol:
        return s.Symbol(location, BLANK)

    def on_number(self, tree: Tree[Token], location: SourceRange) -> s.Number:
        return s.Number(location, self.number(parts(tree)[0]))

    def on_binary(self, tree: Tree[Token], location: SourceRange) -> s.Binary:
        left, operator, right = parts(tree)
        return s.Binary(location, str(operator), self.node(left), self.node(right))

    def on_negate(self, tree: Tree[Token], location: SourceRange) -> s.Negate:
        return s.Negate(location, self.node(parts(tree)[1]))

    def on_grouped(self, tree: Tree[Token], location: SourceRange) -> Any:
        return self.node(parts(tree)[1])

    def on_call(self, tree: Tree[Token], location: SourceRange) -> s.Call:
        name = tokens(tree, "NAME")[0]
        return s.Call(location, self.ident(name), tuple(self.node(t) for t in trees(tree)))

    def on_text_arg(self, tree: Tree[Token], location: SourceRange) -> s.TemplateNode:
        return self.template(parts(tree)[0])

    # -------------------------------------------------------------- conditions

    def on_member(self, tree: Tree[Token], location: SourceRange) -> s.In:
        return s.In(location, self.node(parts(tree)[0]), self.node(parts(tree)[-1]), False)

    def on_not_member(self, tree: Tree[Token], location: SourceRange) -> s.In:
        return s.In(location, self.node(parts(tree)[0]), self.node(parts(tree)[-1]), True)

    def on_in_word(self, tree: Tree[Token], location: SourceRange) -> s.In:
        return s.In(location, self.node(parts(tree)[0]), None, False)

    def on_not_in_word(self, tree: Tree[Token], location: SourceRange) -> s.In:
        return s.In(location, self.node(parts(tree)[0]), None, True)

    def on_compare(self, tree: Tree[Token], location: SourceRange) -> s.Compare:
        left, operator, right = parts(tree)
        return s.Compare(location, str(operator), self.node(left), self.node(right))

    def on_marked(self, tree: Tree[Token], location: SourceRange) -> s.Marked:
        return s.Marked(location, self.ident(parts(tree)[1]))

    def on_negation(self, tree: Tree[Token], location: SourceRange) -> s.Not:
        return s.Not(location, self.node(parts(tree)[1]))

    def on_either(self, tree: Tree[Token], location: SourceRange) -> s.Logic:
        left, operator, right = parts(tree)
        return s.Logic(location, str(operator), self.node(left), self.node(right))

    on_both = on_either


def _symbol(token: Token) -> str:
    return str(token)[1:-1].replace("\\'", "'").replace("\\\\", "\\")


def parts(tree: Tree[Token]) -> list[Any]:
    """Return all children of a tree: trees, tokens, and None for absent optional parts."""
    return list(tree.children)


def tokens(tree: Parsed, kind: str) -> list[Token]:
    """Return the tokens of one kind among the children."""
    children = tree.children if isinstance(tree, Tree) else []
    return [t for t in children if isinstance(t, Token) and t.type == kind]


def trees(tree: Parsed) -> list[Tree[Token]]:
    """Return the trees among the children."""
    children = tree.children if isinstance(tree, Tree) else []
    return [t for t in children if isinstance(t, Tree)]
