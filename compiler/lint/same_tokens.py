"""Rule 7: an operand is cut into the same tokens wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from compiler.lint.evidence import Sample
from compiler.lint.rule import EachRun
from compiler.lint.subject import Finding, Severity
from compiler.lint.vocabulary import Tokens, Vocabulary
from compiler.text import Part, Role, Text


class Pair(NamedTuple):
    """Where in a text a pair stands; ``key`` and ``value`` are (start, end) in characters."""

    role: Role
    step: str
    label: str
    key: tuple[int, int]
    value: tuple[int, int]


class SameTokens(EachRun):
    """A key and its value have the same token ids at their source, where fetched and where solved.

    The source is the latest earlier solve, else the fact ``KEY = VALUE`` in the prompt.
    """

    def in_one(self, sample: Sample) -> Iterator[Finding]:
        return _in_one(sample.vocabulary, sample) if sample.vocabulary else iter(())

    def findings(self) -> Iterator[Finding]:
        yield from self.found
        if self.evidence.vocabulary is None:
            message = "no vocabulary was given: the rule is unchecked"
            yield Finding("same_tokens", Severity.NOTE, "", "", "", message)


def _in_one(vocabulary: Vocabulary, sample: Sample) -> Iterator[Finding]:
    sources: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
    if sample.case.prompt is not None:
        tokens = vocabulary.cut(sample.case.prompt)
        for key, value in sample.case.facts.items():
            fact = find_fact(sample.case.prompt, key, value)
            if fact is None:
                message = f"no fact `{key} = {value}` stands in the prompt"
                at = ("", "", sample.case.name)
                yield Finding("same_tokens", Severity.ERROR, *at, message, "fact")
            else:
                sources[key] = _ids(tokens, *fact)
    string = sample.text.string
    for pair in pairs(sample.text):
        key, value = string[slice(*pair.key)], string[slice(*pair.value)]
        here = _ids(sample.tokens, pair.key, pair.value)
        source = sources.get(key)
        if pair.role is Role.SOLVE:
            sources[key] = here
        elif source is not None:
            for what, said, ids, there in zip(
                ("key", "value"), (key, value), here, source, strict=True
            ):
                if ids != there:
                    message = (
                        f"{what} {said!r} is {len(ids)} tokens {ids} here and {len(there)} {there} "
                        "at its source: put a space before every letter, digit group and sign"
                    )
                    at = (pair.step, pair.label, sample.case.name)
                    yield Finding("same_tokens", Severity.ERROR, *at, message, what)


def find_fact(prompt: str, key: str, value: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where a prompt says ``KEY = VALUE``: the characters of the key and of the value."""
    match = re.search(rf"(?<!\S)({re.escape(key)}) = ({re.escape(value)})(?![\w-])", prompt)
    return (match.span(1), match.span(2)) if match else None


def pairs(text: Text) -> Iterator[Pair]:
    """The fetched and solved pairs of a text; a pair with an empty value has no place."""
    key = None
    for span in text.spans:
        if span.part is Part.KEY:
            key = (span.start, span.end)
        elif span.part is Part.VALUE and key is not None:
            yield Pair(span.role, span.step, span.label, key, (span.start, span.end))
            key = None
        elif span.role not in (Role.FETCH, Role.SOLVE):
            key = None


def _ids(
    tokens: Tokens, key: tuple[int, int], value: tuple[int, int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tokens.within(*key), tokens.within(*value)
