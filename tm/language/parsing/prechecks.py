"""Checks of the raw text before the grammar sees it: characters and brackets."""

from __future__ import annotations

import re
import unicodedata

from tm.language.diagnostics import Reporter
from tm.language.parsing.keywords import DECLARATIONS
from tm.language.source import LEXEMES, Source, character_name

MAX_BRACKET_DEPTH = 50
"""Number of brackets that may be open at a time."""
MAX_ERRORS = 20
"""Number of syntax errors after which a run stops looking for more."""

DECLARATION_START = re.compile(
    rf"""^(?=(?:{"|".join(DECLARATIONS)})\b(?:\s+[A-Za-z"]|\s*\{{))""", re.MULTILINE
)
"""A declaration in the first column: syntax errors do not spread over it."""

_CLOSERS = {"(": ")", "[": "]", "{": "}"}


def check_characters(source: Source, report: Reporter) -> None:
    """Report invisible characters, and any but ASCII outside of comments and strings.

    Spaces other than the plain one are allowed in comments.
    """
    text = source.text
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return
    free_ranges = [
        (m.start(), m.end(), m.lastgroup)
        for m in LEXEMES.finditer(text)
        if m.lastgroup in ("comment", "string")
    ]
    index = 0
    for offset, character in enumerate(text):
        if character in "\n\t" or " " <= character <= "~":
            continue
        while index < len(free_ranges) and free_ranges[index][1] <= offset:
            index += 1
        is_free = index < len(free_ranges) and free_ranges[index][0] <= offset
        category = unicodedata.category(character)
        if is_free and category[0] in "LMNPS":
            continue
        if is_free and category == "Zs" and free_ranges[index][2] == "comment":
            continue  # a space of another width, such as the one that Japanese keyboards write
        help = ""
        if character in "‘’‚‛“”„":
            help = "use the straight quotes ' and \""
        elif category == "Zs":
            help = "replace it with a plain space"
        elif category in ("Cf", "Cc"):
            help = "delete this invisible character"
        report.error(
            "TM003",
            f"{character_name(character)} is not allowed here",
            source.location(offset, offset + 1),
            help,
        )
        if len(report.diagnostics) >= MAX_ERRORS:
            return


def check_brackets(source: Source, report: Reporter) -> str:
    """Report brackets without a partner; return the text with their declarations blanked out.

    Only if there is such a bracket do the first columns matter, to find its declaration.
    """
    text = source.text
    trial = Reporter()
    _check_declaration(source, trial, 0, len(text))
    if not trial.diagnostics:
        return text
    bounds = [*(m.start() for m in DECLARATION_START.finditer(text)), len(text)]
    for start, end in zip([0, *bounds], bounds, strict=False):
        count = len(report.diagnostics)
        _check_declaration(source, report, start, end)
        if len(report.diagnostics) > count:
            text = blank_out(text, start, end)
    return text


def blank_out(text: str, start: int, end: int) -> str:
    """Return the text with a range replaced by spaces; line ends and offsets stay."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _check_declaration(source: Source, report: Reporter, start: int, end: int) -> None:
    """Report the first bracket without a partner in the text of one declaration."""
    stack: list[int] = []
    suspect: int | None = None
    text = source.text
    for match in LEXEMES.finditer(text, start, end):
        if match.lastgroup != "bracket":
            continue
        offset, bracket = match.start(), match.group()
        location = source.location(offset, offset + 1)
        if bracket in _CLOSERS:
            stack.append(offset)
            if len(stack) > MAX_BRACKET_DEPTH:
                report.error(
                    "TM004",
                    f"more than {MAX_BRACKET_DEPTH} brackets are open here",
                    location,
                    "move the inner part into a proc",
                )
                return
        elif not stack or _CLOSERS[text[stack[-1]]] != bracket:
            notes = (
                [(source.location(stack[-1], stack[-1] + 1), "this bracket is open")]
                if stack
                else []
            )
            report.error("TM005", f"`{bracket}` has no matching bracket", location, notes=notes)
            return
        else:
            opener = stack.pop()
            # A brace left of the line of its opener was probably meant to close an outer block.
            if (
                suspect is None
                and bracket == "}"
                and _indent(source, offset) < _indent(source, opener)
            ):
                suspect = opener
    if stack:
        opener = suspect if suspect is not None else stack[-1]
        noun = "block" if text[opener] == "{" else "bracket"
        report.error(
            "TM005",
            f"this {noun} is never closed",
            source.location(opener, opener + 1),
            f"add the missing `{_CLOSERS[text[opener]]}`",
        )


def _indent(source: Source, offset: int) -> int:
    line = source.line(source.position(offset)[0])
    return len(line) - len(line.lstrip())
