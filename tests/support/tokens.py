"""Classes of the characters of a source, as the grammar and the highlighters see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import onigurumacffi

from tm.language.highlighting.terminals import TokenClass, terminal_classes
from tm.language.parsing.parser import language_parser

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for folder in ("tm", "tasks", "tests", "tmtail", "benchmarks", "docs")
    for path in sorted((ROOT / folder).rglob("*.tm"))
]
"""Every source of the repository."""


def parser_classes(text: str) -> list[TokenClass]:
    """Return the class of each character, from the tokens that the parser reads."""
    classes = [TokenClass.SPACE] * len(text)
    by_name = terminal_classes()
    interactive = language_parser().parse_interactive(text)
    previous = 0
    for token in [*interactive.iter_parse(), None]:
        start = token.start_pos or 0 if token else len(text)
        for comment in re.finditer(r"#[^\n]*", text[previous:start]):
            first, last = previous + comment.start(), previous + comment.end()
            classes[first:last] = [TokenClass.COMMENT] * (last - first)
        if token:
            previous = token.end_pos or 0
            classes[start:previous] = [by_name[token.type]] * (previous - start)
    return classes


class Match(NamedTuple):
    """A match of a pattern: capture groups as ranges."""

    rule: dict[str, Any]
    spans: tuple[tuple[int, int], ...]


def textmate_scopes(grammar: dict[str, Any], text: str) -> list[str]:
    """Return the innermost scope of each character; an empty string where no rule matches.

    Like VS Code, it looks line by line for the pattern that matches first, and of those that match
    at one place takes the first in the list, with the regular expressions of Oniguruma.
    """
    scopes: list[str] = []
    for line in text.split("\n"):
        scopes += [*_line_scopes(grammar["patterns"], line + "\n"), ""][: len(line) + 1]
    return scopes[:-1]


def _line_scopes(patterns: list[dict[str, Any]], line: str) -> list[str]:
    scopes = [""] * len(line)
    offset = 0
    while match := _first(patterns, line, offset):
        rule, (start, end) = match.rule, match.spans[0]
        if "begin" in rule:
            closing = _closing(rule, line, end)
            scopes[start:closing] = [rule["name"]] * (closing - start)
            for inner in _inside(rule["patterns"], line, end, closing):
                scopes[slice(*inner.spans[0])] = [inner.rule["name"]] * (
                    inner.spans[0][1] - inner.spans[0][0]
                )
            end = closing
        elif "captures" in rule:
            for group, capture in rule["captures"].items():
                first, last = match.spans[int(group)]
                scopes[first:last] = [capture["name"]] * (last - first)
        else:
            scopes[start:end] = [rule["name"]] * (end - start)
        offset = max(end, offset + 1)
    return scopes


def _first(patterns: list[dict[str, Any]], line: str, offset: int) -> Match | None:
    """Return the earliest match of any pattern; of several at one place that of the first."""
    best: Match | None = None
    for rule in patterns:
        found = _compiled(rule.get("begin") or rule["match"]).search(line, offset)
        if found is not None and (best is None or found.start() < best.spans[0][0]):
            groups = 1 + len(rule.get("captures", ()))
            best = Match(rule, tuple(found.span(i) for i in range(groups)))
    return best


def _inside(patterns: list[dict[str, Any]], line: str, start: int, end: int) -> Iterator[Match]:
    while (match := _first(patterns, line, start)) and match.spans[0][1] <= end:
        yield match
        start = match.spans[0][1]


def _closing(rule: dict[str, Any], line: str, offset: int) -> int:
    """Return the end of a range: the end of its end pattern, outside of inner patterns."""
    while True:
        end = _compiled(rule["end"]).search(line, offset)
        inner = _first(rule["patterns"], line, offset)
        if end is None:
            return len(line)
        if inner is None or end.start() <= inner.spans[0][0]:
            return int(end.end())
        offset = inner.spans[0][1]


_patterns: dict[str, Any] = {}


def _compiled(pattern: str) -> Any:
    if pattern not in _patterns:
        _patterns[pattern] = onigurumacffi.compile(pattern)
    return _patterns[pattern]
