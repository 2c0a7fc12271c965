"""The sources that an editor works on: open buffers, and the files around them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tm.language import syntax as s
from tm.language.diagnostics import Reporter, SourceError
from tm.language.index.index import Index
from tm.language.index.symbols import Occurrence, SymbolKey
from tm.language.modules import Files, Module, library_folder, parse_file
from tm.language.parsing.recovery import parse_leniently
from tm.language.reading import MAX_SOURCE_BYTES, read_source
from tm.language.source import Source
from tm.support.files import without_links

MAX_FILES_SEARCHED = 2_000
"""Number of sources in the folders of a project that are searched for references."""

_FOREIGN_FOLDERS = frozenset(("node_modules", "site-packages", "__pycache__", "build", "dist"))


class Project:
    """Sources by path; the text of an open buffer replaces that of its file.

    Attributes
    ----------
    buffers
        The texts of open files, by resolved path.
    roots
        The folders that are searched for references.
    """

    def __init__(self, roots: Iterable[Path] = ()) -> None:
        self.buffers: dict[Path, str] = {}
        self.roots = list(roots)
        self._sources: dict[Path, tuple[str, Source, s.File]] = {}

    def read(self, path: Path, name: str, link: Path | None = None) -> Source:
        """Return the source of a path, from its buffer if it is open."""
        text = self.buffers.get(without_links(path))
        if text is None or len(text) > MAX_SOURCE_BYTES:
            return read_source(path, name, link)
        return Source(name, text, path, link=link)

    def exists(self, path: Path) -> bool:
        return without_links(path) in self.buffers or path.is_file()

    def module(self, path: Path) -> Module:
        """Return the module of a path; what cannot be parsed or imported is left out.

        Raises
        ------
        SourceError
            If the file cannot be read.
        """
        return parse_file(
            path, str(path), Reporter(), Files(self._read_once, self._parsed, self.exists)
        )[0]

    def index(self, path: Path) -> Index:
        """Return the index of a path; see ``module``."""
        return Index(self.module(path))

    def index_before(self, path: Path, cursor: int) -> Index:
        """Return the index of a path in which the declaration at a cursor ends there."""

        def parse_before(source: Source) -> s.File:
            if source.path == path:
                return parse_leniently(source, cursor)
            return self._parsed(source)

        files = Files(self._read_once, parse_before, self.exists)
        return Index(parse_file(path, str(path), Reporter(), files)[0])

    def occurrences(self, key: SymbolKey) -> Iterator[Occurrence]:
        """Yield every occurrence of a symbol in the project and the standard library."""
        for path in self.paths():
            try:
                yield from self.index(path).named(key)
            except SourceError:
                continue

    def paths(self) -> list[Path]:
        """Return the sources of the project and the library."""
        paths = dict.fromkeys(self.buffers)
        folders = [*self.roots, *(path.parent for path in self.buffers), library_folder()]
        for folder in dict.fromkeys(folders):
            recursive = folder in self.roots
            paths |= dict.fromkeys(_sources_below(without_links(folder), recursive))
        return list(paths)[:MAX_FILES_SEARCHED]

    def _read_once(self, path: Path, name: str, link: Path | None) -> Source:
        """Return the source of a path, the same object as long as its text is the same."""
        source = self.read(path, name, link)
        known = self._sources.get(without_links(path))
        if known is not None and known[0] == source.text:
            return known[1]
        self._sources[without_links(path)] = (source.text, source, parse_leniently(source))
        return source

    def _parsed(self, source: Source) -> s.File:
        assert source.path is not None, "sources of a project are read from files"
        return self._sources[without_links(source.path)][2]


def _sources_below(folder: Path, recursive: bool) -> Iterator[Path]:
    """Yield the sources in a folder, hidden and installed ones excepted."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in sorted(folders)
            if recursive and not name.startswith(".") and name not in _FOREIGN_FOLDERS
        ]
        yield from (Path(parent, name) for name in sorted(names) if name.endswith(".tm"))
