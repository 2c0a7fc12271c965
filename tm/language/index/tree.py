"""The nodes below a node of a syntax tree, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from tm.language import syntax as s
from tm.language.source import SourceRange


def parts(node: s.Node, skip: tuple[str, ...] = ()) -> Iterator[s.Node]:
    """Yield the nodes directly below a node in the order of its fields, without some fields."""
    for field in fields(node):
        if field.name != "location" and field.name not in skip:
            yield from _nodes(getattr(node, field.name))


def _nodes(value: object) -> Iterator[s.Node]:
    if isinstance(value, s.Node):
        yield value
    elif isinstance(value, tuple) and not isinstance(value, SourceRange):
        for item in value:
            yield from _nodes(item)
