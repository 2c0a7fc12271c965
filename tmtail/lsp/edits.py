"""Changes of sources that a client asks for: formatting, renaming, and completions with imports."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lsprotocol import types

from tm.language.diagnostics import SourceError
from tm.language.formatter import format_text
from tm.language.index.completion import Candidate, complete, import_offset
from tm.language.index.descriptions import describe
from tm.language.index.renaming import check_new_name, check_renamable
from tm.language.index.symbols import Occurrence, Symbol, SymbolKind
from tm.support.files import without_links
from tmtail.lsp.positions import to_position, to_range
from tmtail.lsp.session import Session, path_of

_ITEM_KINDS = {
    SymbolKind.TAPE: types.CompletionItemKind.Variable,
    SymbolKind.REGISTER: types.CompletionItemKind.Variable,
    SymbolKind.TEXT: types.CompletionItemKind.Variable,
    SymbolKind.GROUP: types.CompletionItemKind.Module,
    SymbolKind.PROC: types.CompletionItemKind.Function,
    SymbolKind.CLASS: types.CompletionItemKind.Class,
    SymbolKind.ENUM: types.CompletionItemKind.Enum,
    SymbolKind.MEMBER: types.CompletionItemKind.EnumMember,
    SymbolKind.STEP: types.CompletionItemKind.Event,
    SymbolKind.EMISSION: types.CompletionItemKind.Field,
    SymbolKind.CONTRACT: types.CompletionItemKind.Constant,
    SymbolKind.CAPTURE: types.CompletionItemKind.Property,
    SymbolKind.STATE: types.CompletionItemKind.Value,
}

_UNCHECKED_KINDS = frozenset((SymbolKind.STEP, SymbolKind.STATE, SymbolKind.STYLE))
"""Kinds of which two with one name are no error, so that a new name could merge them."""


def format_document(session: Session, uri: str) -> list[types.TextEdit] | None:
    """Return the edit that formats a document; None if it has syntax errors or is formatted."""
    path = path_of(uri)
    text = session.project.buffers.get(path, "")
    try:
        formatted = format_text(text, str(path))
    except SourceError:
        return None
    if "\r\n" in text:
        formatted = formatted.replace("\n", "\r\n")
    if formatted == text:
        return None
    end = types.Position(text.count("\n") + 1, 0)
    return [types.TextEdit(types.Range(types.Position(0, 0), end), formatted)]


def completions(session: Session, uri: str, position: types.Position) -> list[types.CompletionItem]:
    """Return what can be written at a position."""
    path = path_of(uri)
    offset = session.offset(uri, position)
    candidates = complete(session.project, path, offset)
    return [_item(session, path, rank, x) for rank, x in enumerate(candidates)]


def _item(session: Session, path: Path, rank: int, candidate: Candidate) -> types.CompletionItem:
    item = types.CompletionItem(candidate.text, sort_text=f"{rank:04}")
    item.kind = types.CompletionItemKind.Keyword
    if candidate.kind is not None:
        item.kind = _ITEM_KINDS.get(candidate.kind, types.CompletionItemKind.Text)
    if candidate.symbol is not None:
        description = describe(candidate.symbol)
        item.detail = description.code
        item.documentation = types.MarkupContent(types.MarkupKind.Markdown, description.text)
    if candidate.import_:
        item.label_details = types.CompletionItemLabelDetails(description=candidate.import_)
        file = session.project.module(path).file
        source = file.location.source
        place = to_position(session.codec, source, import_offset(file))
        edit = types.TextEdit(types.Range(place, place), f"{candidate.import_}\n")
        item.additional_text_edits = [edit]
    return item


def renamable(session: Session, uri: str, position: types.Position) -> Occurrence | None:
    """Return the name at a position; raise ``ValueError`` if it cannot be renamed."""
    index = session.index(uri)
    occurrence = None if index is None else index.at(session.offset(uri, position))
    if occurrence is not None:
        check_renamable(occurrence.symbol)
    return occurrence


async def rename(
    session: Session, uri: str, position: types.Position, new_name: str
) -> types.WorkspaceEdit | None:
    """Return the edits that rename the symbol at a position, in all files that name it.

    Raises
    ------
    ValueError
        If it cannot be renamed, or if a file would have errors that it does not have now.
    """
    occurrence = renamable(session, uri, position)
    if occurrence is None:
        return None
    check_new_name(new_name)
    symbol = occurrence.symbol
    by_file: dict[Path, list[Occurrence]] = {}
    for other in session.project.occurrences(symbol.key):
        path = other.location.source.path
        if path is not None and other.location.text == symbol.name:
            by_file.setdefault(without_links(path), []).append(other)
    _check_new(session, symbol, new_name, by_file)
    buffers = dict(session.project.buffers)
    for path, occurrences in by_file.items():
        text = session.source(path).text
        for other in sorted(set(occurrences), key=lambda o: -o.location.start):
            text = text[: other.location.start] + new_name + text[other.location.end :]
        buffers[path] = text
    for path in by_file:
        before = await session.rename_checker.check(path, session.project.buffers)
        after = await session.rename_checker.check(path, buffers)
        faults = Counter(d["code"] for d in before or () if not d["warning"])
        for diagnostic in after or ():
            if not diagnostic["warning"] and not faults[diagnostic["code"]]:
                raise ValueError(f"`{new_name}` cannot be used: {diagnostic['message']}")
    changes = {
        session.uris.get(path, path.as_uri()): [
            types.TextEdit(to_range(session.codec, o.location), new_name) for o in occurrences
        ]
        for path, occurrences in by_file.items()
    }
    return types.WorkspaceEdit(changes=changes)


def _check_new(
    session: Session, symbol: Symbol, new_name: str, by_file: dict[Path, list[Occurrence]]
) -> None:
    """Raise ``ValueError`` if the files already have something of this kind and name."""
    if symbol.kind not in _UNCHECKED_KINDS:
        return
    for path in by_file:
        for other in session.project.index(path).occurrences:
            if other.symbol.kind is symbol.kind and other.symbol.name == new_name:
                raise ValueError(f"`{new_name}` is already a {symbol.kind.value}")
