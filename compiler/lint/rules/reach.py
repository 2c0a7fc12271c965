"""Rule 9: how far back a fetch must look grows little with the length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import Finding, Severity
from compiler.sources import fetches, find_facts
from compiler.vocabulary import Vocabulary

GROWTH = 4

Distance = tuple[int, str, str, str]
"""Tokens, and the step, label and instance in which a fetch looks so far back."""


@dataclass(slots=True)
class _Looks:
    """How far the fetches of one range look back."""

    count: int = 0
    total: int = 0
    most: Distance | None = None
    near: Distance | None = None
    """The most of steps that are not listed as far."""


class Reach(Rule):
    """The distance in tokens from a fetch to its source, by range; at most 4 times the first's.

    The source is the latest earlier solve, else the fact in the prompt. Steps that are listed as
    far are exempt.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.looks = {where: _Looks() for where in evidence.subject.ranges}

    def observe(self, sample: Sample) -> None:
        if sample.vocabulary is None or not sample.compared:
            return
        looks, far = self.looks[sample.where], self.evidence.subject.far
        for found in _distances(sample.vocabulary, sample):
            looks.count += 1
            looks.total += found[0]
            looks.most = max(looks.most or found, found)
            if found[1] not in far:
                looks.near = max(looks.near or found, found)

    def findings(self) -> Iterator[Finding]:
        if self.evidence.vocabulary is None:
            message = "no vocabulary was given: the rule is unchecked"
            yield Finding("reach", Severity.NOTE, "", "", "", message)
        first: int | None = None
        for where, looks in self.looks.items():
            if looks.most is None:
                continue
            most, step, label, instance = looks.most
            mean = looks.total / looks.count
            message = f"a fetch looks back {mean:.0f} tokens on average, at most {most}, in {where}"
            yield Finding("reach", Severity.NOTE, step, label, instance, message)
            if looks.near is None:
                continue
            most, step, label, instance = looks.near
            first = most if first is None else first
            if most > GROWTH * first:
                message = (
                    f"a fetch looks back {most} tokens in {where}, {first} in "
                    f"{self.evidence.subject.ranges[0]}: restate what is needed in a keyed "
                    "working row, or list the step as far"
                )
                yield Finding("reach", Severity.WARNING, step, label, instance, message, "growth")


def _distances(vocabulary: Vocabulary, sample: Sample) -> Iterator[Distance]:
    prompt = sample.case.prompt or ""
    asked, facts = vocabulary.tokenize(prompt), find_facts(prompt, sample.case.facts)
    for (_, value), source in fetches(sample.text, facts):
        if source.in_prompt:
            there = asked.count_before(source.value[0]) - len(asked.ids)
        else:
            there = sample.tokens.count_before(source.value[0])
        distance = sample.tokens.count_before(value.start) - there
        yield distance, value.step, value.label, sample.case.name
