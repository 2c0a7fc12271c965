"""Sources of fetched pairs: an earlier solve in the text, or a fact in the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.text import Part, Role, Span, Text

CharRange = tuple[int, int]
"""Characters ``start:end`` of a text or a prompt."""


class KeyValue(NamedTuple):
    """A fetched or solved pair of a text.

    Attributes
    ----------
    key
        Characters of its key.
    value
        Span of its value.
    """

    key: CharRange
    value: Span


class OperandSource(NamedTuple):
    """The place that a fetched pair was copied from.

    Attributes
    ----------
    in_prompt
        Whether it lies in the prompt; otherwise it lies in the text itself.
    key, value
        Characters of the key and the value there.
    """

    in_prompt: bool
    key: CharRange
    value: CharRange


def fetches(
    text: Text, facts: Mapping[str, OperandSource]
) -> Iterator[tuple[KeyValue, OperandSource]]:
    """Yield every fetched pair with its source: the latest earlier solve of its key, or the fact.

    Pairs without a source are left out, and so are pairs in a style that does not write keys.

    Parameters
    ----------
    text
        A text with spans.
    facts
        Places of the facts in the prompt; see ``find_facts``.
    """
    sources = dict(facts)
    for pair in _key_values(text):
        key = text.string[slice(*pair.key)]
        if pair.value.role is Role.SOLVE:
            sources[key] = OperandSource(False, pair.key, pair.value[:2])
        elif key in sources:
            yield pair, sources[key]


class StateOperands(NamedTuple):
    """Operands of an atomic state.

    Attributes
    ----------
    sources
        The place where each operand was last written before the state; those without a place are
        left out.
    copies
        Characters of the values that the state itself fetches; empty in a text without fetches.
    """

    sources: tuple[OperandSource, ...]
    copies: tuple[CharRange, ...]


def state_operands(
    text: Text, full: Text, facts: Mapping[str, OperandSource]
) -> list[StateOperands]:
    """Return the operands of each atomic state of a text, whether or not it fetches them.

    Parameters
    ----------
    text
        A text with spans, of any ablation.
    full
        The text of the same run with fetches, which name the operands.
    facts
        Places of the facts in the prompt; see ``find_facts``.

    Raises
    ------
    ValueError
        If the two texts have other states.
    """
    if list(text.spans.labels) != list(full.spans.labels):
        raise ValueError("the operands of a text require one of the same run with all its states")
    keys = _keys_of_fetches(full)
    copies: dict[int, list[CharRange]] = {}
    solves: dict[int, list[tuple[str, OperandSource]]] = {}
    for pair in _key_values(text):
        if pair.value.role is Role.FETCH:
            copies.setdefault(pair.value.state, []).append(pair.value[:2])
        else:
            source = OperandSource(False, pair.key, pair.value[:2])
            key = text.string[slice(*pair.key)]
            solves.setdefault(pair.value.state, []).append((key, source))
    known = dict(facts)
    operands = []
    for state in range(len(text.spans.labels)):
        places = tuple(known[key] for key in keys.get(state, ()) if key in known)
        operands.append(StateOperands(places, tuple(copies.get(state, ()))))
        known |= dict(solves.get(state, ()))
    return operands


def _keys_of_fetches(text: Text) -> dict[int, list[str]]:
    """Return the keys that each atomic state fetches, each once."""
    keys: dict[int, list[str]] = {}
    for pair in _key_values(text):
        if pair.value.role is Role.FETCH:
            key = text.string[slice(*pair.key)]
            if key not in (own := keys.setdefault(pair.value.state, [])):
                own.append(key)
    return keys


def find_facts(prompt: str, facts: Mapping[str, str]) -> dict[str, OperandSource]:
    """Return the place of ``KEY = VALUE`` in a prompt for each fact that the prompt states."""
    places = {}
    for key, value in facts.items():
        pattern = rf"(?<!\S)({re.escape(key)}) = ({re.escape(value)})(?![\w-])"
        if match := re.search(pattern, prompt):
            places[key] = OperandSource(True, match.span(1), match.span(2))
    return places


def _key_values(text: Text) -> Iterator[KeyValue]:
    """Yield the fetched and solved pairs of a text; pairs with an empty value have no span."""
    key = None
    for span in text.spans:
        if span.part is Part.KEY:
            key = (span.start, span.end)
        elif span.part is Part.VALUE and key is not None:
            yield KeyValue(key, span)
            key = None
        elif span.role not in (Role.FETCH, Role.SOLVE):
            key = None
