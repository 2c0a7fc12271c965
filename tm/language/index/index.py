"""The index of one source: the symbol at an offset, and the names that can be used there."""

from __future__ import annotations

from tm.language.index.declarations import Declarations
from tm.language.index.symbols import Occurrence, Symbol, SymbolKey
from tm.language.index.walker import Walker
from tm.language.modules import Module


class Index:
    """The names of one module.

    Attributes
    ----------
    occurrences
        Every name that is resolved, in the order of the source.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.declarations = Declarations(module)
        walker = Walker(module, self.declarations)
        walker.walk()
        self.occurrences = sorted(walker.occurrences, key=lambda o: o.location[1:])
        self._scopes = walker.scopes

    def at(self, offset: int) -> Occurrence | None:
        """Return the shortest occurrence at an offset; the end of a name belongs to it."""
        touching = [o for o in self.occurrences if o.location.start <= offset <= o.location.end]
        return min(touching, key=lambda o: o.location.end - o.location.start, default=None)

    def visible(self, offset: int) -> list[Symbol]:
        """Return the tapes, registers and texts that can be used at an offset, inner ones last."""
        names: dict[str, Symbol] = {}
        for scope in self._scopes:
            if scope.location.start < offset < scope.location.end:
                names |= {symbol.name: symbol for start, symbol in scope.symbols if start <= offset}
        return list(names.values())

    def named(self, key: SymbolKey) -> list[Occurrence]:
        """Return the occurrences of a symbol."""
        return [o for o in self.occurrences if o.symbol.key == key]
