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
    return f"{code_point(character)} {unicodedata.name(character, 'control character')}"
