"""Rule 9: how far back a fetch must look grows little with the length."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.same_tokens import find_fact, pairs
from compiler.lint.subject import Finding, Severity
from compiler.lint.vocabulary import Vocabulary
from compiler.text import Role

GROWTH = 4


def reach(evidence: Evidence) -> Iterator[Finding]:
    """The distance in tokens from a fetch to its source, by range; at most 4 times the first's.

    The source is the latest earlier solve, else the fact in the prompt. Steps that are listed as
    far are exempt.
    """
    if evidence.vocabulary is None:
        message = "no vocabulary was given: the rule is unchecked"
        yield Finding("reach", Severity.NOTE, "", "", "", message)
        return
    first: int | None = None
    for where, samples in evidence.everything():
        found = [d for s in samples for d in _distances(evidence.vocabulary, s)]
        if not found:
            continue
        most, step, label, instance = max(found)
        mean = sum(distance for distance, *_ in found) / len(found)
        message = f"a fetch looks back {mean:.0f} tokens on average, at most {most}, in {where}"
        yield Finding("reach", Severity.NOTE, step, label, instance, message)
        near = [d for d in found if d[1] not in evidence.subject.far]
        if not near:
            continue
        most, step, label, instance = max(near)
        first = most if first is None else first
        if most > GROWTH * first:
            message = (
                f"a fetch looks back {most} tokens in {where}, {first} in "
                f"{evidence.subject.ranges[0]}: restate what is needed in a keyed working row, or "
                "list the step as far"
            )
            yield Finding("reach", Severity.WARNING, step, label, instance, message, "growth")


def _distances(vocabulary: Vocabulary, sample: Sample) -> Iterator[tuple[int, str, str, str]]:
    sources: dict[str, int] = {}
    if sample.case.prompt is not None:
        tokens = vocabulary.cut(sample.case.prompt)
        for key, value in sample.case.facts.items():
            if fact := find_fact(sample.case.prompt, key, value):
                sources[key] = tokens.before(fact[1][0]) - len(tokens.ids)
    for pair in pairs(sample.text):
        key = sample.text.string[slice(*pair.key)]
        at = sample.tokens.before(pair.value[0])
        if pair.role is Role.SOLVE:
            sources[key] = at
        elif key in sources:
            yield at - sources[key], pair.step, pair.label, sample.case.name
