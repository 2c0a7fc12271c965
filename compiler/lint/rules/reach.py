"""Rule 9, *reach*: the distance from a fetch to its source grows little with the length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import Finding, Severity
from compiler.sources import fetches

MAX_GROWTH = 4
"""Largest ratio of a range's longest distance to that of the first range."""

Distance = tuple[int, str, str, str]
"""Number of tokens; step, label and instance of the fetch."""


@dataclass(slots=True)
class _Distances:
    """Distances between fetches and their sources in one range.

    Attributes
    ----------
    count, total
        Number of fetches, and the sum of their distances in tokens.
    longest
        Longest distance of all; None before the first fetch.
    longest_checked
        Longest distance of the steps that are not listed in ``far``; None before the first.
    """

    count: int = 0
    total: int = 0
    longest: Distance | None = None
    longest_checked: Distance | None = None


class Reach(Rule):
    """A fetch looks back at most 4 times as many tokens as in the first range.

    **Checks.** The distance of a fetch is the number of tokens from its source to its value; the
    source is the latest earlier solve of the key. In each range the longest distance may be at most
    4 times the longest one of the first range (warning). A note reports the mean and the longest
    distance of every range. The rule needs a vocabulary; without one, a note says that it was not
    checked.

    **Why it matters.** Attention over distances that training never showed is unreliable. A text
    that looks back a bounded distance can grow without leaving the training range.

    **Failing example.** Every step fetches an operand that was read in the beginning. In S that is
    up to 100 tokens away, in L up to 1,200::

        place z: x z = 4 y z = 4 ; same -> place aa

    **Repair.** Restate what is needed in a working row that moves along: each step solves the pair
    that the next one fetches.

    **Exemption.** Steps that the task lists in ``far`` are not compared; the notes include them.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.distances = {range_name: _Distances() for range_name in evidence.subject.ranges}

    def observe(self, sample: Sample) -> None:
        if sample.vocabulary is None or not sample.compared:
            return
        totals, far = self.distances[sample.range_name], self.evidence.subject.far
        for distance in _distances(sample):
            tokens, step, *_ = distance
            totals.count += 1
            totals.total += tokens
            totals.longest = max(totals.longest or distance, distance)
            if step not in far:
                totals.longest_checked = max(totals.longest_checked or distance, distance)

    def findings(self) -> Iterator[Finding]:
        if self.evidence.vocabulary is None:
            message = "no vocabulary was given: the rule is not checked"
            yield Finding("reach", Severity.NOTE, "", "", "", message)
        first_longest: int | None = None
        for range_name, totals in self.distances.items():
            if totals.longest is None:
                continue
            tokens, *_ = totals.longest
            mean = totals.total / totals.count
            message = (
                f"a fetch looks back {mean:.0f} tokens on average and at most {tokens} in "
                f"{range_name}"
            )
            yield Finding("reach", Severity.NOTE, *totals.longest[1:], message)
            if totals.longest_checked is None:
                continue
            tokens, *_ = totals.longest_checked
            first_longest = tokens if first_longest is None else first_longest
            if tokens > MAX_GROWTH * first_longest:
                message = (
                    f"a fetch looks back {tokens} tokens in {range_name}, {first_longest} in "
                    f"{self.evidence.subject.ranges[0]}; restate the value in a keyed working "
                    "row, or list the step in `far`"
                )
                location = totals.longest_checked[1:]
                yield Finding("reach", Severity.WARNING, *location, message, "growth")


def _distances(sample: Sample) -> Iterator[Distance]:
    for (_, value), source in fetches(sample.text, {}):
        position = sample.tokens.count_before(source.value[0])
        distance = sample.tokens.count_before(value.start) - position
        yield distance, value.step, value.label, sample.case.name
