"""The formatter: one way to indent and space a ``.tm`` file; its lines and comments stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tm.language import syntax as s
from tm.language.parser import KEYWORDS, parse
from tm.language.source import Source

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
_OPENS_OPERAND = _OPERATORS | frozenset(["(", "[", ",", ":", "{", ".."])
_CONTINUES = (_OPERATORS | {",", "and", "or", "not", "in"}) - {"*"}
"""A line goes on in the next if it ends with one of these, or the next begins with one."""
_SET_APART = ("proc", "main", "style")
"""Declarations with a blank line before them."""


class _Token(NamedTuple):
    """A token; ``begins`` says that a statement begins with it."""

    kind: str
    text: str
    begins: bool = False


def format_text(text: str, name: str = "machine.tm") -> str:
    """Format a source.

    Indentation, spaces within a line and blank lines are set, two spaces stand between statements
    of one line, comments after code are lined up; line breaks stay where they are. Formatting twice
    changes nothing, and the table stays the same.

    Raises
    ------
    SourceError
        When the source cannot be parsed.
    """
    source = Source(name, text)
    file = parse(source)
    begins = {n.span.start for block in _blocks(file) for n in block.statements}
    lines = [_shape(line) for line in _lines(source.text, begins)]
    return "\n".join(_lined_up(_laid_out(lines))) + "\n"


def _blocks(file: s.File) -> Iterator[s.Block]:
    """Every block of a file."""
    todo = [*file.mains, *(p.body for p in file.procs)]
    while todo:
        block = todo.pop()
        yield block
        for node in block.statements:
            if isinstance(node, s.If):
                todo += [b for _, b in node.branches]
                todo += [node.otherwise] if node.otherwise else []
            elif isinstance(node, s.While | s.Loop | s.Keep | s.StepBlock):
                todo.append(node.body)


def _lines(text: str, begins: set[int]) -> list[list[_Token]]:
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
        if kind == "line":
            lines.append([])
        elif kind != "space":
            lines[-1].append(_Token(kind, match.group(), at in begins))
        at = match.end()
    return lines


def _shape(tokens: list[_Token]) -> list[_Token]:
    """Comments begin with ``# `` and end without spaces."""
    return [
        t._replace(text=re.sub(r"^#(?=[^ #!])", "# ", t.text).rstrip())
        if t.kind == "comment"
        else t
        for t in tokens
    ]


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


_LITERAL = r"""(?: "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)' )"""
_CODE_AND_COMMENT = re.compile(
    rf"""(\s* (?: {_LITERAL} | [^"'\#\s] ) (?: {_LITERAL} | [^"'\#] )*?) \s* (\#.*)""", re.VERBOSE
)


def _lined_up(lines: list[str]) -> list[str]:
    """Comments after code, on lines that follow each other, begin in one column."""
    out = list(lines)
    group: list[tuple[int, str, str]] = []
    for index, line in enumerate([*lines, ""]):
        if match := _CODE_AND_COMMENT.fullmatch(line):
            group.append((index, match[1], match[2]))
            continue
        width = max((len(code) for _, code, _ in group), default=0)
        for at, code, comment in group:
            out[at] = f"{code:{width}}  {comment}"
        group = []
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
    if right.kind == "comment" or (right.begins and left.text != "{"):
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
