"""The formatter: one way to indent and space a ``.tm`` file; its lines and comments stay."""

from __future__ import annotations

import re
from typing import NamedTuple

from tm.parse import KEYWORDS, parse
from tm.source import Source

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
_HOLE = re.compile(r"\{[^{}\"\n]*\}")

_COMPARISONS = frozenset(["==", "!=", "<=", ">=", "<", ">"])
_OPERATORS = _COMPARISONS | {":=", "=", "->", "|", "+", "-", "*", "/", "%"}
_OPENS_OPERAND = (_OPERATORS - {"->"}) | frozenset(["(", "[", ",", "{", ".."])
_CONTINUES = (_OPERATORS | {",", "and", "or", "not", "in"}) - {"*"}
"""A line goes on in the next if it ends with one of these, or the next begins with one."""
_SET_APART = ("proc", "main", "style")
"""Declarations with a blank line before them."""


class _Token(NamedTuple):
    kind: str
    text: str


def format_text(text: str, name: str = "machine.tm") -> str:
    """Format a source.

    Indentation, spaces within a line and blank lines are set; line breaks between statements stay
    where they are. Formatting twice changes nothing, and the table stays the same.

    Raises
    ------
    SourceError
        When the source cannot be parsed.
    """
    source = Source(name, text)
    parse(source)
    lines = [_shape(line) for line in _lines(source.text)]
    return "\n".join(_laid_out(_joined(lines))) + "\n"


def _lines(text: str) -> list[list[_Token]]:
    """The tokens of every line, without spaces."""
    lines: list[list[_Token]] = [[]]
    at = 0
    while at < len(text):
        previous = lines[-1][-1].text if lines[-1] else ""
        match = _HOLE.match(text, at) if previous == "=" else None
        kind = "hole"
        if match is None:
            match = _TOKEN.match(text, at)
            assert match is not None, "a source that parses has only these tokens"
            kind = str(match.lastgroup)
        at = match.end()
        if kind == "line":
            lines.append([])
        elif kind != "space":
            lines[-1].append(_Token(kind, match.group()))
    return lines


def _shape(tokens: list[_Token]) -> list[_Token]:
    """Comments begin with ``# `` and end without spaces."""
    return [
        _Token(t.kind, re.sub(r"^#(?=[^ #!])", "# ", t.text).rstrip()) if t.kind == "comment" else t
        for t in tokens
    ]


def _joined(lines: list[list[_Token]]) -> list[list[_Token]]:
    """``else`` and ``elsif`` stand on the line of the brace before them."""
    joined: list[list[_Token]] = []
    for tokens in lines:
        after_brace = joined and joined[-1] and joined[-1][-1].text == "}"
        if after_brace and tokens and tokens[0].text in ("else", "elsif"):
            joined[-1] = joined[-1] + tokens
        else:
            joined.append(tokens)
    return joined


def _laid_out(lines: list[list[_Token]]) -> list[str]:
    out: list[str] = []
    depth = brackets = 0
    goes_on = False
    for tokens in lines:
        if not tokens:
            if out and out[-1] and not out[-1].endswith("{"):
                out.append("")
            continue
        first = tokens[0].text
        if depth == 0 and first in _SET_APART:
            _set_apart(out)
        if first == "}" and out and not out[-1]:
            out.pop()
        closing = next((i for i, t in enumerate(tokens) if t.text != "}"), len(tokens))
        hangs = brackets > 0 or goes_on or (first in _CONTINUES and tokens[0].kind != "comment")
        level = max(0, depth - closing) + (1 if hangs and not closing else 0)
        out.append(INDENT * level + _spaced(tokens))
        code = [t for t in tokens if t.kind not in ("comment", "string", "symbol", "hole")]
        for token in code:
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        significant = [t for t in tokens if t.kind != "comment"]
        if significant:
            goes_on = significant[-1].text in _CONTINUES
    while out and not out[-1]:
        out.pop()
    return out


def _set_apart(out: list[str]) -> None:
    """A blank line before a declaration and the comment right above it."""
    at = len(out)
    while at and out[at - 1].startswith("#"):
        at -= 1
    if at and out[at - 1]:
        out.insert(at, "")


def _spaced(tokens: list[_Token]) -> str:
    """The tokens of a line with the spaces that belong between them."""
    text = ""
    for index, token in enumerate(tokens):
        if index:
            before = tokens[index - 2] if index > 1 else None
            text += _space(before, tokens[index - 1], token)
        text += token.text
    return text


def _space(before: _Token | None, left: _Token, right: _Token) -> str:
    """The space between two tokens; ``before`` stands left of both."""
    if right.kind == "comment":
        return "  "
    if right.text in (",", ")", "]", ":", ".", "..") and right.kind == "mark":
        return ""
    if left.text in ("(", "[", ".", "..") and left.kind == "mark":
        return ""
    if left.text == "-" and left.kind == "mark" and _is_unary(before):
        return ""
    if right.text == "(" and left.kind == "name" and left.text not in KEYWORDS:
        return ""
    return " "


def _is_unary(before: _Token | None) -> bool:
    """Whether a minus after this token is a sign."""
    if before is None:
        return True
    if before.kind == "name":
        return before.text in KEYWORDS
    return before.kind == "mark" and before.text in _OPENS_OPERAND
