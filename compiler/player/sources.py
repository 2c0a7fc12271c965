"""Sources of a machine, found by the names in the places of its states."""

from __future__ import annotations

from pathlib import Path

from tm.language.modules import library_folder
from tm.support.files import read_bytes

LIBRARY = "std"
"""Folder of the standard library in the names of sources."""

MAX_SOURCE_BYTES = 2**20
"""Bytes of a source that is shown; longer ones are omitted."""


def source_name(file: str) -> str:
    """Return the name of a source without its folder, unless it is in the standard library."""
    path = Path(file)
    return file if path.parts[:1] == (LIBRARY,) else path.name


def source_lines(file: str) -> list[str]:
    """Return the lines of a source; none if it is no ``.tm`` file or cannot be read."""
    path = Path(file)
    if path.suffix != ".tm":
        return []
    library = library_folder() / path.name
    if path.parts[:1] == (LIBRARY,) and library.is_file():
        path = library
    try:
        content = read_bytes(path, MAX_SOURCE_BYTES)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return []
    return text.replace("\r\n", "\n").split("\n") if len(content) <= MAX_SOURCE_BYTES else []
