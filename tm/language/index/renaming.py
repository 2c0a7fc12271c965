"""Which symbols can be renamed, and to what."""

from __future__ import annotations

import re

from tm.language.index.symbols import BUILT_IN, Symbol, SymbolKind
from tm.language.modules import library_folder
from tm.language.parsing.keywords import KEYWORDS
from tm.language.syntax import ClassName

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def check_renamable(symbol: Symbol) -> None:
    """Raise ``ValueError`` if a symbol cannot be renamed."""
    name = f"`{symbol.name}`"
    if symbol.kind in BUILT_IN:
        raise ValueError(f"{name} is a {symbol.kind.value} of the language")
    if symbol.kind is SymbolKind.FILE:
        raise ValueError(f"{name} is a file: rename it on the disk, then its imports")
    if symbol.path is not None and symbol.path.resolve().is_relative_to(library_folder()):
        raise ValueError(f"{name} belongs to the standard library")
    if symbol.kind is SymbolKind.MEMBER and isinstance(symbol.node, ClassName):
        raise ValueError(f"{name} has no declaration: declare an enum with this member first")
    if symbol.kind is SymbolKind.EMISSION and symbol.location.start == symbol.location.end:
        raise ValueError(f"{name} takes its name from its text: write a name before the text first")


def check_new_name(name: str) -> None:
    """Raise ``ValueError`` if a word cannot be a name."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"`{name}` is not a name; names are letters, digits and `_` after a first letter"
        )
    if name in KEYWORDS or name == "text":
        raise ValueError(f"`{name}` is a keyword and cannot be a name")
