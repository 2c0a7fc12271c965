"""Completions: the words that can be written at a place in a source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lark import Token
from lark.parsers.lalr_interactive_parser import InteractiveParser

from tm.language import syntax as s
from tm.language.index.index import Index
from tm.language.index.project import Project
from tm.language.index.symbols import Symbol, SymbolKind
from tm.language.modules import library_folder
from tm.language.parsing.expressions import DIRECTIONS
from tm.language.parsing.parser import keyword, language_parser
from tm.language.parsing.recovery import state_at
from tm.language.source import LEXEMES
from tm.speech import CAPTURES
from tm.table import CHECKS

_TAPES = frozenset((SymbolKind.TAPE,))
_TAPE_LISTS = _TAPES | {SymbolKind.GROUP}
_VALUES = frozenset((SymbolKind.TAPE, SymbolKind.REGISTER, SymbolKind.MEMBER, SymbolKind.PROC))
_STATEMENTS = frozenset((SymbolKind.TAPE, SymbolKind.REGISTER, SymbolKind.PROC))
_CLASSES = frozenset((SymbolKind.CLASS,))
_DOMAINS = _CLASSES | {SymbolKind.ENUM, SymbolKind.MEMBER}
_STATES = frozenset((SymbolKind.STATE,))
_NEW: frozenset[SymbolKind] = frozenset()

_GOVERNED = {
    **dict.fromkeys(("MARK", "UNMARK", "MARKED", "LIKE", "WRITE_ON"), _TAPES),
    **dict.fromkeys(("LEFT", "RIGHT", "KEEP", "EACH", "USES"), _TAPE_LISTS),
    "COLON": _DOMAINS,
    "ARROW": _DOMAINS | _TAPES,
    **dict.fromkeys(("WORD", "IN", "LSQB"), _CLASSES),
    **dict.fromkeys(("START", "RULE", "RSQB"), _STATES),
    **dict.fromkeys(
        ("LET", "FOR", "PROC", "CLASS", "ENUM", "TAPE", "GROUP", "STYLE", "FETCH", "SOLVE"), _NEW
    ),
    "AT": frozenset((SymbolKind.CONTRACT,)),
    "STEP": frozenset((SymbolKind.STEP,)),
}
"""Kinds of name after the nearest of these terminals; after others a value follows."""

_TRANSPARENT = frozenset(
    ("NAME", "COMMA", "BAR", "PLUS", "MINUS", "STAR", "SLASH", "PERCENT", "DOTDOT", "SYMBOL")
)
"""Terminals within lists and expressions, which do not decide what kind of name follows."""

_PLACEHOLDER = re.compile(r"(?<!\{)(?:\{\{)*\{([A-Za-z]\w*)?(\.)?([a-z_]*)$")


class Candidate(NamedTuple):
    """Something that can be written.

    Attributes
    ----------
    symbol
        What a name refers to; None for keywords and files.
    import_
        The import that the file needs first, or the empty string.
    """

    text: str
    kind: SymbolKind | None = None
    symbol: Symbol | None = None
    import_: str = ""


def complete(project: Project, path: Path, offset: int) -> list[Candidate]:
    """Return what can be written at an offset of a source, each text once."""
    source = project.read(path, str(path))
    text = source.text
    start = offset - len(re.search(r"\w*$", text[:offset])[0])  # type: ignore[index]
    line_start = text.rfind("\n", 0, start) + 1
    inside = _enclosing_literal(text, line_start, start)
    if inside == "comment":
        return []
    index = project.index_before(path, start)
    if inside == "string":
        before = text[line_start:start]
        if re.search(r'^\s*import\s+"[^"]*$', before):
            return _files(path)
        return _placeholders(index, before, start)
    parser = state_at(text, start)
    accepted: set[str] = parser.accepts()  # type: ignore[no-untyped-call]
    placeholder = re.search(r"=\s*\{([A-Za-z]\w*)?(\.)?$", text[line_start:start])
    if placeholder is not None:
        return _placeholders(index, text[line_start:start], start)
    types = [token.type for token in _tokens(parser)]
    if types[-3:] == ["IMPORT", "NAME", "DOT"]:
        return [Candidate(p.stem) for p in sorted(library_folder().glob("*.tm"))]
    if types == ["IMPORT"]:
        return [Candidate("std")]
    if types[:1] == ["STYLE"]:
        return _wordings(index, parser) if "NAME" in accepted else []
    if types[-2:] == ["NAME", "DOT"]:
        return [Candidate(side, SymbolKind.CAPTURE) for side in DIRECTIONS]
    kinds = _kinds(parser, accepted) if "NAME" in accepted else _NEW
    candidates = _names(index, kinds, start)
    if SymbolKind.PROC in kinds:
        candidates += _not_imported(project, index, path)
    candidates += [Candidate(word) for word in _keywords(accepted)]
    unique = {candidate.text: candidate for candidate in reversed(candidates)}
    return list(reversed(unique.values()))


def _enclosing_literal(text: str, start: int, offset: int) -> str:
    """Return ``comment`` or ``string`` if an offset of a line that starts there is within one."""
    end = text.find("\n", offset)
    line = text[start : end if end >= 0 else None]
    position = start
    for match in LEXEMES.finditer(text, start, start + len(line)):
        if '"' in text[position : min(match.start(), offset)]:
            break
        if match.start() < offset < match.end() and match.lastgroup in ("comment", "string"):
            return str(match.lastgroup)
        if match.lastgroup == "comment" and match.start() < offset:
            return "comment"
        if match.start() >= offset:
            break
        position = match.end()
    return "string" if '"' in text[position:offset] else ""


def _keywords(accepted: Iterable[str]) -> list[str]:
    """Return the keywords among terminals."""
    words = _words()
    return sorted({words[name] for name in accepted if name in words})


@cache
def _words() -> dict[str, str]:
    """Return the word of each terminal that is a keyword."""
    return {t.name: keyword(t) for t in language_parser().terminals if keyword(t)}


def _tokens(parser: InteractiveParser) -> list[Token]:
    """Return the tokens on the parser's stack that are not part of a complete form."""
    return [value for value in parser.parser_state.value_stack if isinstance(value, Token)]


def _kinds(parser: InteractiveParser, accepted: set[str]) -> frozenset[SymbolKind]:
    """Return the kinds of name that can follow."""
    stack = _tokens(parser)
    last = stack[-1].type if stack else ""
    if "RBRACE" in accepted and "LEFT" in accepted:  # a statement can begin
        return _VALUES if last == "RETURN" else _STATEMENTS
    if "PROC" in accepted:  # a declaration can begin
        return _NEW
    for position in range(len(stack) - 1, -1, -1):
        name = stack[position].type
        before = [token.type for token in stack[max(0, position - 2) : position]]
        if name in _TRANSPARENT:
            continue
        if name == "LPAR" and before[-2:-1] == ["PROC"]:
            return _NEW
        if name == "ASSIGN" and "CLASS" in before:
            return _CLASSES
        if name == "ASSIGN" and "ENUM" in before:
            return _NEW
        if name == "ASSIGN" and "GROUP" in before:
            return _TAPES
        return _GOVERNED.get(name, _VALUES)
    return _VALUES


def _names(index: Index, kinds: frozenset[SymbolKind], offset: int) -> list[Candidate]:
    """Return the names of some kinds that can be used at an offset, those of inner scopes first."""
    declarations = index.declarations
    symbols = [*reversed(index.visible(offset))]
    for group in (
        declarations.procs,
        declarations.classes,
        declarations.enums,
        declarations.members,
        declarations.steps,
        declarations.groups,
    ):
        symbols += group.values()
    symbols += [o.symbol for o in index.occurrences if o.symbol.kind is SymbolKind.STATE]
    candidates = [Candidate(x.name, x.kind, x) for x in symbols if x.kind in kinds]
    if SymbolKind.CONTRACT in kinds:
        candidates += [Candidate(name, SymbolKind.CONTRACT) for name in CHECKS if name != "empty"]
    return candidates


def _wordings(index: Index, parser: InteractiveParser) -> list[Candidate]:
    """Return the keys of wordings that a style can have, or the values of the step before a dot."""
    stack, declarations = _tokens(parser), index.declarations
    if stack[-1].type == "DOT":
        pairs = declarations.emissions.items()
        return [Candidate(n, x.kind, x) for (step, n), x in pairs if step in (str(stack[-2]), "")]
    steps = [Candidate(name, x.kind, x) for name, x in declarations.steps.items()]
    return [*steps, *(Candidate(word) for word in ("next", "end", "answer"))]


def _placeholders(index: Index, before: str, offset: int) -> list[Candidate]:
    """Return the completions within a placeholder of a template."""
    match = _PLACEHOLDER.search(before)
    if match is None:
        return []
    symbols = {symbol.name: symbol for symbol in index.visible(offset)}
    if match[2]:
        symbol = symbols.get(match[1] or "")
        is_tape = symbol is None or symbol.kind is SymbolKind.TAPE
        return [Candidate(name, SymbolKind.CAPTURE) for name in CAPTURES if is_tape]
    return [Candidate(x.name, x.kind, x) for x in reversed(symbols.values())]


def _files(path: Path) -> list[Candidate]:
    """Return the sources beside a file and below its folder."""
    folder = path.parent
    paths = sorted(p for p in (*folder.glob("*.tm"), *folder.glob("*/*.tm")) if p != path)
    return [Candidate(p.relative_to(folder).as_posix()) for p in paths]


def _not_imported(project: Project, index: Index, path: Path) -> list[Candidate]:
    """Return the procs of the standard library and of sources beside a file that it lacks."""
    imported = {other.source.path for _, other in index.module.imports}
    candidates = []
    beside = [p for p in sorted(path.parent.glob("*.tm")) if p != path]
    for file in (*sorted(library_folder().glob("*.tm")), *beside):
        if file in imported or path.is_relative_to(library_folder()):
            continue
        module = project.module(file)
        if module.file.mains or module.file.rules:
            continue  # only libraries are imported
        is_library = file.parent == library_folder()
        import_ = f"import std.{file.stem}" if is_library else f'import "{file.name}"'
        for proc in module.file.procs:
            name = proc.name.name
            if name not in index.declarations.procs:
                symbol = Symbol(SymbolKind.PROC, name, proc.name.location, proc)
                candidates.append(Candidate(name, SymbolKind.PROC, symbol, import_))
    return candidates


def import_offset(file: s.File) -> int:
    """Return the offset at which a new import is inserted, at the start of a line."""
    text = file.location.source.text
    if file.imports:
        end = text.find("\n", max(node.location.end for node in file.imports))
        return end + 1 if end >= 0 else len(text)
    offset = 0
    for line in text.splitlines(keepends=True):  # behind the comment at the top
        if not line.startswith("#"):
            break
        offset += len(line)
    return offset
