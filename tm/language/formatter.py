"""The formatter: one indentation and spacing for ``.tm`` files; line breaks and comments stay."""

from __future__ import annotations

import re
from typing import NamedTuple

from tm.language import syntax as s
from tm.language.parsing.keywords import KEYWORDS
from tm.language.parsing.parser import parse
from tm.language.source import Source
from tm.language.traversal import is_same, walk

INDENT = "    "

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<symbol>'(?:[^'\\\n]|\\['\\])')
    | (?P<name>[A-Za-z][A-Za-z0-9_]*|_)
    | (?P<number>[0-9]+)
    | (?P<mark>:=|==|!=|<=|>=|->|\.\.|[-+*/%<>=:,.|(){}\[\]])
    | (?P<line>\n)
    | (?P<space>[ \t]+)""",
    re.VERBOSE,
)
_PLACEHOLDER = re.compile(r"\{[^{}\"\n]*\}")

_COMPARISONS = frozenset(["==", "!=", "<=", ">=", "<", ">"])
_OPERATORS = _COMPARISONS | {":=", "=", "->", "|", "+", "-", "*", "/", "%"}
_OPENS_OPERAND = _OPERATORS | frozenset(["(", "[", ",", ":", "{", ".."])
_CONTINUES = (_OPERATORS | {",", "and", "or", "not", "in"}) - {"*"}
"""Tokens that continue a statement on the next line, at the end of a line or the start of it."""
_PRECEDED_BY_BLANK_LINE = ("proc", "main", "style")
"""Keywords of the declarations that have a blank line before them."""


class _Token(NamedTuple):
    """A token of a line.

    Attributes
    ----------
    kind
        The name of its group in ``_TOKEN``, or ``placeholder``.
    starts_statement
        Whether a statement begins with it.
    """

    kind: str
    text: str
    starts_statement: bool = False


def format_text(text: str, name: str = "machine.tm") -> str:
    """Return a source with normal indentation and spacing.

    Statements of one line are separated by two spaces, comments after code are aligned, and line
    breaks stay. Formatting is idempotent and does not change the table.

    Parameters
    ----------
    name
        The name of the source in error messages.

    Raises
    ------
    SourceError
        If the source cannot be parsed.
    RuntimeError
        If the result would be another program, which is a fault of the formatter.
    """
    source = Source(name, text)
    file = parse(source)
    blocks = (node for node in walk(file) if isinstance(node, s.Block))
    braces = (block for block in blocks if block.location.text[0] == "{")
    starts = {statement.location.start for block in braces for statement in block.statements}
    lines = [_normalise_comments(line) for line in _lines(source.text, starts)]
    formatted = "\n".join(_align_comments(_indent(lines))) + "\n"
    if not is_same(parse(Source(name, formatted)), file):
        raise RuntimeError(f"{name}: internal error: formatting changes the program; report this")
    return formatted


def _lines(text: str, statement_starts: set[int]) -> list[list[_Token]]:
    """Return the tokens of every line, without spaces."""
    lines: list[list[_Token]] = [[]]
    offset = 0
    previous = ""
    while offset < len(text):
        match = _PLACEHOLDER.match(text, offset) if previous == "=" else None
        kind = "placeholder"
        if match is None:
            match = _TOKEN.match(text, offset)
            assert match is not None, "a source that parses consists of these tokens"
            kind = str(match.lastgroup)
        if kind == "line":
            lines.append([])
        elif kind != "space":
            lines[-1].append(_Token(kind, match.group(), offset in statement_starts))
            previous = previous if kind == "comment" else match.group()
        offset = match.end()
    return lines


def _normalise_comments(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens with comments that begin with ``# `` and have no trailing spaces."""
    return [
        t._replace(text=re.sub(r"^#(?=[^ #!])", "# ", t.text).rstrip())
        if t.kind == "comment"
        else t
        for t in tokens
    ]


def _indent(lines: list[list[_Token]]) -> list[str]:
    """Return the lines with indentation, spaces between tokens and blank lines."""
    out: list[str] = []
    depth = open_brackets = 0
    is_continued = False
    for tokens in lines:
        if not tokens:
            if out and out[-1] and not out[-1].endswith("{"):
                out.append("")
            continue
        first = tokens[0].text
        if depth == 0 and first in _PRECEDED_BY_BLANK_LINE:
            _insert_blank_line(out)
        if first == "}" and out and not out[-1]:
            out.pop()
        closers = next((i for i, t in enumerate(tokens) if t.text != "}"), len(tokens))
        continues = (
            open_brackets > 0
            or is_continued
            or (first in _CONTINUES and tokens[0].kind != "comment")
        )
        level = max(0, depth - closers) + (1 if continues and not closers else 0)
        out.append(INDENT * level + _joined(tokens))
        code = [t for t in tokens if t.kind not in ("comment", "string", "symbol", "placeholder")]
        for token in code:
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            open_brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        significant = [t for t in tokens if t.kind != "comment"]
        if significant:
            is_continued = significant[-1].text in _CONTINUES
    while out and not out[-1]:
        out.pop()
    return out


_LITERAL = r"""(?: "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)' )"""
_CODE_AND_COMMENT = re.compile(
    rf"""(\s* (?: {_LITERAL} | [^"'\#\s] ) (?: {_LITERAL} | [^"'\#] )*?) \s* (\#.*)""", re.VERBOSE
)


def _align_comments(lines: list[str]) -> list[str]:
    """Return the lines with comments after code aligned within each run of such lines."""
    out = list(lines)
    group: list[tuple[int, str, str]] = []
    for index, line in enumerate([*lines, ""]):
        if match := _CODE_AND_COMMENT.fullmatch(line):
            group.append((index, match[1], match[2]))
            continue
        width = max((len(code) for _, code, _ in group), default=0)
        for row, code, comment in group:
            out[row] = f"{code:{width}}  {comment}"
        group = []
    return out


def _insert_blank_line(out: list[str]) -> None:
    """Insert a blank line before the next declaration and the comment directly above it."""
    row = len(out)
    while row and out[row - 1].startswith("#"):
        row -= 1
    if row and out[row - 1]:
        out.insert(row, "")


def _joined(tokens: list[_Token]) -> str:
    """Return the tokens of a line, separated by spaces where they belong."""
    text = ""
    for index, token in enumerate(tokens):
        if index:
            before = tokens[index - 2] if index > 1 else None
            text += _space(before, tokens[index - 1], token)
        text += token.text
    return text


def _space(before: _Token | None, left: _Token, right: _Token) -> str:
    """Return the space between two tokens; ``before`` is the token left of both."""
    if right.kind == "comment" or (right.starts_statement and left.text != "{"):
        return "  "
    if right.text in (",", ")", "]", ":", ".", "..") and right.kind == "mark":
        return ""
    if left.text in ("(", "[", ".", "..") and left.kind == "mark":
        return ""
    if left.text == "-" and left.kind == "mark" and _is_unary(before):
        return ""
    if right.text == "(" and left.kind == "name" and left.text not in KEYWORDS - {"each"}:
        return ""
    return " "


def _is_unary(before: _Token | None) -> bool:
    """Return whether a minus after this token is a sign."""
    if before is None:
        return True
    if before.kind == "name":
        return before.text in KEYWORDS | {"until"}
    return before.kind == "mark" and before.text in _OPENS_OPERAND
