"""Offsets of sources as positions of the protocol, and back."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path
from pygls.workspace import PositionCodec

from tm.language.source import Source, SourceRange


def to_position(codec: PositionCodec, source: Source, offset: int) -> types.Position:
    """Return the position of an offset; columns are counted in the units of the client."""
    row, column = source.position(min(offset, len(source.text)))
    units = codec.client_num_units(source.line(row)[: column - 1])
    return types.Position(row - 1, units)


def to_range(codec: PositionCodec, location: SourceRange) -> types.Range:
    """Return the range of a location."""
    source = location.source
    return types.Range(
        to_position(codec, source, location.start), to_position(codec, source, location.end)
    )


def to_offset(codec: PositionCodec, source: Source, position: types.Position) -> int:
    """Return the offset of a position; beyond the end of a line or of the source it is that end."""
    lines = source.text.split("\n")
    if position.line >= len(lines):
        return len(source.text)
    line, column = lines[position.line], 0
    while column < len(line) and codec.client_num_units(line[: column + 1]) <= position.character:
        column += 1
    return sum(len(text) + 1 for text in lines[: position.line]) + column


def to_uri(path: Path) -> str:
    """Return the address of a file."""
    return from_fs_path(str(path)) or path.as_uri()


def to_location(codec: PositionCodec, location: SourceRange) -> types.Location | None:
    """Return a location with the address of its file, or None if it is in no file."""
    path = location.source.path
    if path is None:
        return None
    return types.Location(to_uri(path.absolute()), to_range(codec, location))
