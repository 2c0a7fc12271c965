"""Diagnostics of the checker in the form of the protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types

from tm.language.diagnostics import SourceError
from tm.language.index.declarations import imported_modules
from tm.language.source import Source, SourceRange
from tmtail.lsp.positions import to_range
from tmtail.lsp.session import Session, path_of


def to_diagnostics(
    session: Session, uri: str, diagnostics: list[dict[str, Any]]
) -> list[types.Diagnostic]:
    """Return the diagnostics of a document; those of a file that it imports are at the import."""
    return [_diagnostic(session, path_of(uri), data) for data in diagnostics]


def _diagnostic(session: Session, path: Path, data: dict[str, Any]) -> types.Diagnostic:
    message = data["message"] + (f"\nhelp: {data['help']}" if data["help"] else "")
    related = [(note["message"], _location(session, note["range"])) for note in data["notes"]]
    location = _location(session, data["range"])
    if location is not None and data["range"]["path"] != str(path):
        message = f"{Path(data['range']['path']).name}: {message}"
        related.insert(0, ("the fault is here", location))
        location = _import_of(session, path, Path(data["range"]["path"]))
    if location is None:
        location = session.source(path).location(0, 0)
    information = [
        types.DiagnosticRelatedInformation(converted, text)
        for text, place in related
        if place is not None and (converted := session.location(place)) is not None
    ]
    severity = types.DiagnosticSeverity.Error
    tags = None
    if data["warning"]:
        severity = types.DiagnosticSeverity.Warning
        if data["code"] in ("TM080", "TM081"):  # unused and unreachable code
            tags = [types.DiagnosticTag.Unnecessary]
    return types.Diagnostic(
        range=to_range(session.codec, location),
        message=message,
        severity=severity,
        code=data["code"],
        source="tmtail",
        tags=tags,
        related_information=information or None,
    )


def _location(session: Session, data: dict[str, Any]) -> SourceRange | None:
    """Return the source range of plain data, or None if it is in no file that can be read."""
    if data["path"] is None:
        return None
    try:
        source: Source = session.source(Path(data["path"]))
    except SourceError:
        return None
    size = len(source.text)
    return source.location(min(data["start"], size), min(data["end"], size))


def _import_of(session: Session, path: Path, imported: Path) -> SourceRange | None:
    """Return the import through which a document gets a file."""
    module = session.project.module(path)
    for node, other in module.imports:
        if any(m.source.path == imported for m in imported_modules(other)):
            return node.location
    return module.file.imports[0].location if module.file.imports else None
