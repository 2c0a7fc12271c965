"""Walks over syntax trees."""

from __future__ import annotations

from collections.abc import Iterator

from tm.language import syntax as s
from tm.language.source import SourceRange


def parts(node: s.Node, skip: tuple[str, ...] = ()) -> Iterator[s.Node]:
    """Yield the nodes directly below a node in the order of its fields, without some fields."""
    for name in _field_names(node):
        if name not in skip:
            yield from _nodes(getattr(node, name))


def walk(node: s.Node, *opaque: type[s.Node]) -> Iterator[s.Node]:
    """Yield a node and all nodes below it in the order of the source.

    What lies within a node of an ``opaque`` class is left out.
    """
    pending = [node]
    while pending:
        part = pending.pop()
        yield part
        if not isinstance(part, opaque):
            pending += reversed(list(parts(part)))


def calls(node: s.Node) -> Iterator[s.Call]:
    """Yield every call in a part of the tree."""
    return (part for part in walk(node) if isinstance(part, s.Call))


_MOVERS = (s.Call, s.Neighbour)


def moves_heads(node: s.Node) -> bool:
    """Return whether the evaluation of an expression moves heads: for a call or a neighbour."""
    return any(isinstance(part, _MOVERS) for part in walk(node))


def is_same(a: object, b: object) -> bool:
    """Return whether two syntax trees are equal but for their source ranges."""
    if isinstance(a, s.Node):
        names = _field_names(a)
        return type(a) is type(b) and all(is_same(getattr(a, n), getattr(b, n)) for n in names)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(is_same, a, b))
    return a == b


def _field_names(node: s.Node) -> Iterator[str]:
    """Yield the fields of a node, without its source ranges."""
    return (name for name in node.__match_args__ if not name.endswith("location"))


def _nodes(value: object) -> Iterator[s.Node]:
    if isinstance(value, s.Node):
        yield value
    elif isinstance(value, tuple) and not isinstance(value, SourceRange):
        for item in value:
            yield from _nodes(item)
