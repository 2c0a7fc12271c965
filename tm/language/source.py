"""Source text: reading it safely, and places in it."""

from __future__ import annotations

import bisect
import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tm.table import Place

MAX_BYTES = 1_000_000
"""The largest source: a thousand times the longest shipped machine."""


class Source:
    """A text under the name that messages show; line ends are LF, a byte order mark is gone."""

    def __init__(self, name: str, text: str, path: Path | None = None) -> None:
        self.name = name
        self.path = path
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, from 1, without its end."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else None]

    def span(self, start: int, end: int) -> SourceRange:
        return SourceRange(self, start, end)


class SourceRange(NamedTuple):
    """A stretch of a source, as offsets; ``end`` is exclusive."""

    source: Source
    start: int
    end: int

    @property
    def place(self) -> Place:
        return Place(self.source.name, *self.source.position(self.start))

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


def read(path: Path, name: str) -> Source:
    """Read a source file.

    Raises
    ------
    SourceError
        When it cannot be read, is over ``MAX_BYTES`` or is not UTF-8.
    """
    from tm.language.diagnostics import Diagnostic, SourceError

    def refuse(code: str, message: str, help: str = "") -> SourceError:
        return SourceError([Diagnostic(code, message, Source(name, "").span(0, 0), help)])

    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise refuse("TM001", f"cannot read this file: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise refuse(
            "TM002",
            f"a source may hold {MAX_BYTES:,} bytes; this one holds more",
            "long tables are built from programs, not written out",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(
            "TM001", f"not UTF-8 text: byte {data[error.start]:#04x} in line {line}"
        ) from None
    return Source(name, text, path)


LEXEMES = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<symbol>'(?:[^'\\\n]|\\['\\])')
    | (?P<bracket>[{}()\[\]])""",
    re.VERBOSE,
)
"""Comments, strings and symbols: what stands inside them is no code."""


def name_of(character: str) -> str:
    """A character by code point and Unicode name: ``U+200B ZERO WIDTH SPACE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"
