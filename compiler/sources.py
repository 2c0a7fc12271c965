"""Where what a text fetches was last said: by an earlier solve, or as a fact of the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.text import Part, Role, Span, Text

CharRange = tuple[int, int]
"""Characters ``start:end``."""


class KeyValue(NamedTuple):
    """A pair that a text says, fetched or solved; ``value`` is the span of its value."""

    key: CharRange
    value: Span


class OperandSource(NamedTuple):
    """Where a pair stood before: in the text itself, or in the prompt."""

    in_prompt: bool
    key: CharRange
    value: CharRange


def fetches(
    text: Text, facts: Mapping[str, OperandSource]
) -> Iterator[tuple[KeyValue, OperandSource]]:
    """Every fetched pair, and its source: the latest earlier solve of its key, else the fact.

    What was never said has no source, and is left out, as are pairs of a style that says no keys.

    Parameters
    ----------
    facts
        See ``find_facts``.
    """
    sources = dict(facts)
    for pair in _key_values(text):
        key = text.string[slice(*pair.key)]
        if pair.value.role is Role.SOLVE:
            sources[key] = OperandSource(False, pair.key, pair.value[:2])
        elif key in sources:
            yield pair, sources[key]


def find_facts(prompt: str, facts: Mapping[str, str]) -> dict[str, OperandSource]:
    """Where a prompt says ``KEY = VALUE``, by key; facts that it does not say are left out."""
    found = {}
    for key, value in facts.items():
        pattern = rf"(?<!\S)({re.escape(key)}) = ({re.escape(value)})(?![\w-])"
        if match := re.search(pattern, prompt):
            found[key] = OperandSource(True, match.span(1), match.span(2))
    return found


def _key_values(text: Text) -> Iterator[KeyValue]:
    """The fetched and solved pairs of a text; a pair with an empty value has no place."""
    key = None
    for span in text.spans:
        if span.part is Part.KEY:
            key = (span.start, span.end)
        elif span.part is Part.VALUE and key is not None:
            yield KeyValue(key, span)
            key = None
        elif span.role not in (Role.FETCH, Role.SOLVE):
            key = None
