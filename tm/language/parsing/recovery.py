"""Parsing of sources with errors, for editors: every declaration up to its first fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from typing import Any

from lark import Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.parsing.builder import Builder
from tm.language.parsing.parser import language_parser
from tm.language.parsing.prechecks import DECLARATION_START
from tm.language.source import LEXEMES, Source

MAX_ATTEMPTS = 60
"""Number of tokens that are taken from the end of a faulty declaration until the rest parses."""

_CLOSERS = {"{": "}", "(": ")", "[": "]"}
_TOKEN = re.compile(rf"(?:{LEXEMES.pattern})|\w+|[^\w\s]", re.VERBOSE)


def parse_leniently(source: Source, cursor: int | None = None) -> s.File:
    """Parse what can be parsed of a source.

    A declaration with a fault is kept up to the last complete statement before the fault. It may be
    followed by brackets that the source does not have, so the ends of its blocks are not exact.

    Parameters
    ----------
    cursor
        An offset; the declaration around it is read up to there. None if there is no cursor.
    """
    builder = Builder(source, Reporter())
    parts = []
    for start, end in declaration_ranges(source.text):
        limit = cursor if cursor is not None and start <= cursor < end else end
        tree = _parse_declaration(source.text, start, limit)
        if tree is not None:
            parts.append(builder.file(tree))
    merged: dict[str, list[Any]] = {}
    for part in parts:
        for field in _kinds(part):
            merged.setdefault(field, []).extend(getattr(part, field))
    location = source.location(0, len(source.text))
    return s.File(location, **{name: tuple(nodes) for name, nodes in merged.items()})


def declaration_ranges(text: str) -> list[tuple[int, int]]:
    """Return the ranges of declarations in the first column, each with what follows it."""
    starts = [m.start() for m in DECLARATION_START.finditer(text)]
    bounds = [0, *starts, len(text) + 1]
    return [(a, b) for a, b in pairwise(bounds) if a < b]


def state_at(text: str, offset: int) -> InteractiveParser:
    """Return the parser after the declaration around an offset is read up to there.

    If that part has a fault, it is read up to the last complete statement before the fault; the
    line of the offset follows if that is possible.
    """
    start, _ = next(r for r in reversed(declaration_ranges(text)) if r[0] <= offset)
    parser, fault = _read(text[start:offset])
    if fault is None:
        return parser
    for cut in _cuts(text[start : start + fault]):
        part = text[start : start + cut]
        if _complete(part) is not None:
            line = text[text.rfind("\n", 0, offset) + 1 : offset]
            parser, fault = _read(f"{part}\n{line}")
            return parser if fault is None else _read(part)[0]
    return _read("")[0]


def _kinds(file: s.File) -> list[str]:
    return [field.name for field in fields(file) if field.name != "location"]


def _read(text: str) -> tuple[InteractiveParser, int | None]:
    """Return the parser after a text, and the offset of the first fault or None."""
    parser = language_parser().parse_interactive(text)
    try:
        parser.exhaust_lexer()
    except UnexpectedInput as error:
        return parser, _offset(error, len(text))
    return parser, None


def _parse_declaration(text: str, start: int, end: int) -> Tree[Token] | None:
    """Return the parse tree of a range, or of its longest part that can be completed."""
    padding = " " * start  # keeps the offsets
    try:
        return language_parser().parse(padding + text[start:end])
    except UnexpectedInput as error:
        fault = _offset(error, end)
    for cut in _cuts(text[start:fault]):
        tree = _complete((padding + text[start : start + cut]).ljust(end))
        if tree is not None:
            return tree
    return None


def _cuts(text: str) -> Iterator[int]:
    """Yield the end of a text, then the starts of its last tokens backwards."""
    yield len(text)
    starts = [m.start() for m in _TOKEN.finditer(text) if m.lastgroup != "comment"]
    yield from reversed(starts[-MAX_ATTEMPTS:])


def _complete(text: str) -> Tree[Token] | None:
    """Return the parse tree of a text whose open brackets are closed at its end, or None.

    If that is not enough, an empty block is added, as for the head of a loop.
    """
    open_brackets: list[str] = []
    for match in LEXEMES.finditer(text):
        if match.lastgroup == "bracket":
            if match.group() in _CLOSERS:
                open_brackets.append(_CLOSERS[match.group()])
            elif open_brackets:
                open_brackets.pop()
    closers = "".join(reversed(open_brackets))
    inner = closers[: len(closers) - len(closers.lstrip(")]"))]
    for ending in (closers, f"{inner}{{}}{closers[len(inner) :]}"):
        try:
            return language_parser().parse(text + ending)
        except UnexpectedInput:
            continue
    return None


def _offset(error: UnexpectedInput, end: int) -> int:
    """Return the offset of a fault; ``end`` is that of the text."""
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return end
    return min(error.pos_in_stream, end)  # type: ignore[call-overload, no-any-return]
