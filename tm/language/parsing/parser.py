"""The parser: source text to syntax tree, with as many errors in one run as possible."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import TerminalDef

from tm.language.diagnostics import Reporter
from tm.language.parsing.builder import Builder
from tm.language.parsing.explanations import explain
from tm.language.parsing.prechecks import (
    DECLARATION_START,
    MAX_ERRORS,
    blank_out,
    check_brackets,
    check_characters,
)
from tm.language.source import Source
from tm.language.syntax import File

_WORD = re.compile(r"[a-z]+(?![a-z]*[\[*+])")


def parse(source: Source) -> File:
    """Parse a source.

    Raises
    ------
    SourceError
        With all syntax errors, at most one a declaration.
    """
    report = Reporter()
    check_characters(source, report)
    report.raise_errors()
    text = check_brackets(source, report)
    tree = _parse_declarations(text, source, report)
    report.raise_errors()
    file = Builder(source, report).file(tree)
    report.raise_errors()
    return file


@cache
def language_parser() -> Lark:
    """Return the LALR parser of the grammar; Lark's own cache is a pickle, so it stays off."""
    grammar = files("tm.language.parsing").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, propagate_positions=True)


def keyword(terminal: TerminalDef) -> str:
    """Return the word of a terminal that is a keyword, else the empty string."""
    match = _WORD.match(terminal.pattern.value)
    return match.group() if match else ""


def _parse_declarations(text: str, source: Source, report: Reporter) -> Tree[Token]:
    """Parse; after an error blank out its declaration and parse again, to find the next one."""
    bounds = [0, *(m.start() for m in DECLARATION_START.finditer(text)), len(text)]
    while True:
        try:
            return language_parser().parse(text)
        except UnexpectedInput as error:
            offset = min(error.pos_in_stream, len(text))  # type: ignore[call-overload]
            if isinstance(error, UnexpectedToken) and error.token.type == "$END":
                offset = len(text.rstrip())
            report.add(explain(error, source, offset))
            # At the start of a declaration the error lies in the one before, which is incomplete.
            inside = offset - 1 if offset in bounds and offset and text[:offset].strip() else offset
            start = max(b for b in bounds if b <= inside)
            end = min((b for b in bounds if b > inside), default=len(text))
            if not text[start:end].strip() or len(report.diagnostics) >= MAX_ERRORS:
                return Tree("start", [])
            text = blank_out(text, start, end)
