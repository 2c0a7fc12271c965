"""The symbols of a document as a tree."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types
from pygls.workspace import PositionCodec

from tm.language import syntax as s
from tm.language.source import SourceRange
from tm.language.traversal import parts
from tmtail.lsp.positions import to_range

Kind = types.SymbolKind


class Outline:
    """Builds the symbols of one file."""

    def __init__(self, codec: PositionCodec) -> None:
        self.codec = codec

    def symbols(self, file: s.File) -> list[types.DocumentSymbol]:
        """Return the declarations of a file in the order of its source."""
        symbols = [
            *(self.symbol(d, d.name, Kind.Class, "class") for d in file.classes),
            *(self.symbol(d, d.name, Kind.Enum, "enum") for d in file.enums),
            *(self.symbol(d, t, Kind.Variable, "tape") for d in file.tapes for t in d.tapes),
            *(self.symbol(d, d.name, Kind.Namespace, "group") for d in file.groups),
            *(self.symbol(d, d.name, Kind.Function, "proc") for d in file.procs),
            *(self.symbol(d, d.name, Kind.Interface, "style") for d in file.styles),
            *(self.symbol(block, None, Kind.Function, "") for block in file.mains),
            *self.states(file),
        ]
        return sorted(symbols, key=lambda x: (x.range.start.line, x.range.start.character))

    def states(self, file: s.File) -> Iterator[types.DocumentSymbol]:
        rules = {rule.state.name: rule for rule in reversed(file.rules)}
        for rule in rules.values():
            yield self.symbol(rule, rule.state, Kind.Object, "state")

    def symbol(
        self, node: s.Node, ident: s.Ident | None, kind: Kind, detail: str
    ) -> types.DocumentSymbol:
        """Return the symbol of a declaration with its steps; without a name it is ``main``."""
        selection = node.location if ident is None else ident.location
        return types.DocumentSymbol(
            name="main" if ident is None else ident.name,
            kind=kind,
            detail=detail,
            range=to_range(self.codec, _around(node.location, selection)),
            selection_range=to_range(self.codec, selection),
            children=list(self.steps(node)),
        )

    def steps(self, node: s.Node) -> Iterator[types.DocumentSymbol]:
        """Yield the steps below a node; steps within them are their children."""
        for part in parts(node):
            if isinstance(part, s.StepBlock):
                yield self.symbol(part, part.name, Kind.Event, "step")
            else:
                yield from self.steps(part)


def _around(outer: SourceRange, inner: SourceRange) -> SourceRange:
    """Return the smallest range around both, as the protocol demands."""
    return outer._replace(start=min(outer.start, inner.start), end=max(outer.end, inner.end))
