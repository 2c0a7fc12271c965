"""The open documents of a client, their sources, and the check that follows a change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec

from tm.language.diagnostics import SourceError
from tm.language.index.declarations import imported_modules
from tm.language.index.index import Index
from tm.language.index.project import Project
from tm.language.source import Source, SourceRange
from tm.support.files import without_links
from tmtail.lsp.checker import Checker
from tmtail.lsp.positions import to_location, to_offset, to_uri

DELAY = 0.2
"""Time between the last change of a text and its check, in seconds."""

Publish = Callable[[str, list[dict[str, Any]]], Awaitable[None] | None]
"""Receives the address of a document and its diagnostics as ``tmtail.lsp.worker`` returns them."""


class Session:
    """The documents of the client, as the server knows them.

    Attributes
    ----------
    codec
        Converts columns to the units of the client.
    uris
        The addresses of open documents as the client writes them, by path.
    """

    def __init__(self, publish: Publish) -> None:
        self.project = Project()
        self.codec = PositionCodec()
        self.uris: dict[Path, str] = {}
        self.rename_checker = Checker()
        self._checker = Checker()
        self._publish = publish
        self._unchecked: dict[Path, None] = {}
        self._task: asyncio.Task[None] | None = None

    # -------------------------------------------------------------- documents

    def change(self, uri: str, text: str) -> None:
        """Store the text of a document that was opened or changed, and check it soon."""
        path = path_of(uri)
        self.uris[path] = uri
        self.project.buffers[path] = text
        self._unchecked |= dict.fromkeys([path, *self._importing(path)])
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._check())

    def close(self, uri: str) -> None:
        path = path_of(uri)
        for documents in (self.uris, self.project.buffers, self._unchecked):
            documents.pop(path, None)

    async def stop(self) -> None:
        """End all checks."""
        if self._task is not None:
            self._task.cancel()
        await self._checker.close()
        await self.rename_checker.close()

    def _importing(self, path: Path) -> list[Path]:
        """Return the open documents that import a file."""
        return [other for other in self.uris if other != path and path in self._sources(other)]

    def _sources(self, path: Path) -> set[Path]:
        """Return the files that a document consists of."""
        try:
            modules = imported_modules(self.project.module(path))
        except SourceError:
            return set()
        return {without_links(m.source.path) for m in modules if m.source.path is not None}

    async def _check(self) -> None:
        """Check the documents that changed, unless another change cancels it."""
        await asyncio.sleep(DELAY)
        while self._unchecked:
            path = next(iter(self._unchecked))
            diagnostics = await self._checker.check(path, self.project.buffers)
            if path in self._unchecked:
                del self._unchecked[path]
            if diagnostics is not None and path in self.uris:
                published = self._publish(self.uris[path], diagnostics)
                if published is not None:
                    await published

    # -------------------------------------------------------------- sources

    def source(self, path: Path) -> Source:
        return self.project.read(path, str(path))

    def index(self, uri: str) -> Index | None:
        """Return the index of a document, or None if it cannot be read."""
        try:
            return self.project.index(path_of(uri))
        except SourceError:
            return None

    def offset(self, uri: str, position: types.Position) -> int:
        return to_offset(self.codec, self.source(path_of(uri)), position)

    def location(self, location: SourceRange) -> types.Location | None:
        """Return a location with the address that the client uses."""
        converted = to_location(self.codec, location)
        if converted is not None and location.source.path is not None:
            path = without_links(location.source.path)
            converted.uri = self.uris.get(path, to_uri(path))
        return converted


def path_of(uri: str) -> Path:
    """Return the file of an address; a document without a file is in the current folder."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return without_links(Path(path if path is not None else uri.rpartition(":")[2].lstrip("/")))
