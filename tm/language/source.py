"""Source texts, and the places and ranges within them."""

from __future__ import annotations

import bisect
import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tm.support.escaping import code_point
from tm.table import Place


class Source:
    """A source text with LF line ends and without a byte order mark.

    Attributes
    ----------
    name
        The name that messages show.
    path
        The file it was read from; None for a text in memory.
    link
        The path by which the file was found, which may lead through links.
    digest
        SHA-256 of the bytes that were read, in hex; empty for a text in memory.
    """

    def __init__(
        self,
        name: str,
        text: str,
        path: Path | None = None,
        *,
        link: Path | None = None,
        digest: str = "",
    ) -> None:
        self.name = name
        self.path = path
        self.link = link or path
        self.digest = digest
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n")

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both counted from 1."""
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return a line, counted from 1, without its line end."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else None]

    def location(self, start: int, end: int) -> SourceRange:
        return SourceRange(self, start, end)


class SourceRange(NamedTuple):
    """A range of a source, as offsets in characters; ``end`` is exclusive."""

    source: Source
    start: int
    end: int

    @property
    def place(self) -> Place:
        """File, line and column where the range starts."""
        return Place(self.source.name, *self.source.position(self.start))

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


LEXEMES = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<symbol>'(?:[^'\\\n]|\\['\\])')
    | (?P<bracket>[{}()\[\]])""",
    re.VERBOSE,
)
"""Comments, strings and symbols, whose content is not code, and the brackets outside of them."""


def character_name(character: str) -> str:
    """Return the code point and the Unicode name of a character: ``U+200B ZERO WIDTH SPACE``."""
    return f"{code_point(character)} {unicodedata.name(character, 'control character')}"
