"""Descriptions of symbols for editors: the declaration and the comment that belongs to it."""

from __future__ import annotations

from typing import NamedTuple

from tm.language import syntax as s
from tm.language.index.symbols import Symbol, SymbolKind
from tm.language.source import SourceRange
from tm.language.traversal import walk
from tm.speech import CAPTURES
from tm.table import CHECKS


class Description(NamedTuple):
    """A declaration as code, and sentences about it."""

    code: str
    text: str


def describe(symbol: Symbol) -> Description:
    """Return what to show about a symbol."""
    code, text = _declaration(symbol), _comment(symbol)
    match symbol.kind:
        case SymbolKind.CONTRACT:
            code, text = f"at {symbol.name}", f"Head contract: {CHECKS[symbol.name]}."
        case SymbolKind.CAPTURE:
            code = f"{{tape.{symbol.name}}}"
            text = f"Captures {CAPTURES[symbol.name]}."
        case SymbolKind.FILE:
            code = f"import {symbol.name}"
        case SymbolKind.STEP:
            text = "\n\n".join(filter(None, (text, _emissions(symbol))))
        case SymbolKind.MEMBER if isinstance(symbol.node, s.EnumDecl):
            text = text or f"Member of the enum `{symbol.container}`."
        case SymbolKind.MEMBER:
            code, text = symbol.name, "Member of a domain."
        case SymbolKind.STATE:
            code = f"state {symbol.name}"
    return Description(code, text)


def signature(proc: s.ProcDecl) -> str:
    """Return the declaration of a proc without its body, on one line."""
    source = proc.location.source
    head = source.location(proc.location.start, proc.body.location.start)
    return _one_line(head)


def _declaration(symbol: Symbol) -> str:
    """Return the declaration of a symbol as its author wrote it, on one line."""
    match symbol.node:
        case s.ProcDecl():
            return signature(symbol.node)
        case s.TapeDecl(symbols=symbols):
            return f"tape {symbol.name}: {_from(symbols, symbol.node)}"
        case s.LocalTape(symbols=None, like=like) if like is not None:
            return f"local tape {symbol.name} like {like.name}"
        case s.LocalTape(symbols=symbols) if symbols is not None:
            return f"local tape {symbol.name}: {_from(symbols, symbol.node)}"
        case s.Param():
            return f"({symbol.kind.value} parameter) {_one_line(symbol.node.location)}"
        case s.Let(domain=domain) if domain is not None:
            return _one_line(symbol.node.location._replace(end=domain.location.end))
        case s.For(first=first, last=last):
            return f"for {symbol.name} in {first}..{last}"
        case s.Wrapper():
            return f"(register of the block) {symbol.name}"
        case s.StepBlock(body=body):
            source = symbol.location.source
            start = symbol.node.location.start
            return _one_line(source.location(start, body.location.start))
        case s.StyleDecl():
            return f"style {symbol.name}"
        case s.PairNode():
            return _one_line(symbol.node.location)
        case s.Node():
            return _one_line(symbol.node.location).partition("{")[0].strip()
    return symbol.name


def _from(first: s.Node, last: s.Node) -> str:
    """Return the source from the start of one node to the end of another, on one line."""
    return _one_line(first.location._replace(end=last.location.end))


def _one_line(location: SourceRange) -> str:
    return " ".join(location.text.split())


def _emissions(symbol: Symbol) -> str:
    """Return what a step fetches and solves, as a list."""
    if not isinstance(symbol.node, s.StepBlock):
        return ""
    lines = dict.fromkeys(
        f"- {node.role} `{pair.name}`"
        for node in walk(symbol.node.body)
        if isinstance(node, s.EmissionStatement)
        for pair in node.pairs
    )
    return "\n".join(lines)


def _comment(symbol: Symbol) -> str:
    """Return the comment above a declaration or behind it; that of a file is its first one."""
    if symbol.node is None:
        return ""
    source = symbol.location.source
    lines = source.text.split("\n")
    if symbol.kind is SymbolKind.FILE:
        return _joined(lines, range(len(lines)))
    if symbol.kind in (SymbolKind.MEMBER, SymbolKind.STATE) or isinstance(symbol.node, s.Param):
        return ""
    row = source.position(symbol.node.location.start)[0] - 1
    last = source.position(symbol.location.end)[0] - 1
    above = _joined(lines, range(row - 1, -1, -1))
    behind = lines[last].partition("#")[2].strip() if "#" in lines[last] else ""
    is_string = lines[last].partition("#")[0].count('"') % 2
    return above or ("" if is_string else behind)


def _joined(lines: list[str], rows: range) -> str:
    """Return the comment lines at the start of a range of rows, in the order of the source."""
    comment = []
    for row in rows:
        line = lines[row].strip()
        if not line.startswith("#"):
            break
        comment.append(line.lstrip("#").strip())
    if rows.step < 0:
        comment.reverse()
    # A line of dashes is a heading of the file, not about what follows it.
    headings = [index for index, line in enumerate(comment) if line.startswith("---")]
    return "\n".join(comment[headings[-1] + 1 if headings else 0 :]).strip()
