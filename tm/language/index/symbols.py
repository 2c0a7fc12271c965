"""Named things of a program, and the places where they are named."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from tm.language import syntax as s
from tm.language.source import SourceRange
from tm.support.files import without_links


class SymbolKind(Enum):
    """The kind of thing that a name refers to; the value is the word that people read."""

    FILE = "file"
    CLASS = "class"
    ENUM = "enum"
    MEMBER = "member"
    TAPE = "tape"
    GROUP = "group"
    REGISTER = "register"
    TEXT = "text"
    PROC = "proc"
    STEP = "step"
    EMISSION = "value"
    STYLE = "style"
    STATE = "state"
    CONTRACT = "head contract"
    CAPTURE = "capture"


BUILT_IN = frozenset((SymbolKind.CONTRACT, SymbolKind.CAPTURE))
"""Kinds of name that belong to the language and are declared nowhere."""


class SymbolKey(NamedTuple):
    """Identifies a symbol across parses of its file."""

    kind: SymbolKind
    file: str
    offset: int
    name: str


@dataclass(frozen=True, eq=False)
class Symbol:
    """A named thing.

    Attributes
    ----------
    location
        The name where it is declared.
    node
        The declaration; None if the language declares it.
    container
        The proc or step that it belongs to, or the empty string.
    """

    kind: SymbolKind
    name: str
    location: SourceRange
    node: s.Node | None = None
    container: str = ""

    @property
    def path(self) -> Path | None:
        """The file that declares it; None for a text in memory."""
        return self.location.source.path

    @property
    def key(self) -> SymbolKey:
        if self.kind in BUILT_IN:
            return SymbolKey(self.kind, "", 0, self.name)
        source = self.location.source
        file = str(without_links(source.path)) if source.path else source.name
        return SymbolKey(self.kind, file, self.location.start, self.name)


class Occurrence(NamedTuple):
    """A place where a symbol is named."""

    location: SourceRange
    symbol: Symbol
    is_declaration: bool


class Scope(NamedTuple):
    """Names that can be used in a range of a source, each from an offset on."""

    location: SourceRange
    symbols: list[tuple[int, Symbol]]
