"""Rule 8: labels and keys are made of signs that the shortest range exhausts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import TINY, Finding, Severity

Signs = dict[tuple[str, int], dict[str, tuple[str, str]]]


class LabelsInRange(Rule):
    """Every sign in a label or key of a longer range also stands there in the first range.

    A sign is a letter or a whole number, told apart by its place in the label (or in the keys of
    one emission). A counter that grows past the first range is so found: give it a random first
    value, or letters. What the sampled runs of the first range do not show is sought in many more.
    Of steps that are listed as unseen it is no more than noted.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.signs: dict[str, Signs] = {
            where: defaultdict(dict) for where in evidence.subject.ranges
        }

    def observe(self, sample: Sample) -> None:
        if sample.where != TINY:
            _collect(sample, self.signs[sample.where])

    def findings(self) -> Iterator[Finding]:
        first, *longer = self.evidence.subject.ranges
        unseen = self.evidence.subject.unseen
        if any(_step(what) not in unseen for where in longer for what, *_ in self._new(where)):
            for sample in self.evidence.many_short():
                _collect(sample, self.signs[first])
        for where in longer:
            noted: set[str] = set()
            for what, new, signs in self._new(where):
                step = _step(what)
                owned = step in unseen
                if owned and step in noted:
                    continue
                noted.add(step)
                message = (
                    f"{', '.join(new[:5])}{' …' * (len(new) > 5)} in `{what}` of {where} never "
                    f"stand there in {first}: begin at a random letter"
                )
                at = (step, *signs[new[0]])
                severity = Severity.NOTE if owned else Severity.ERROR
                yield Finding("labels_in_range", severity, *at, message, where)

    def _new(self, where: str) -> Iterator[tuple[str, list[str], dict[str, tuple[str, str]]]]:
        """What has signs in a range that the first one does not show, which, and all of its."""
        known = self.signs[self.evidence.subject.ranges[0]]
        for (what, place), signs in self.signs[where].items():
            new = sorted(signs.keys() - known[what, place].keys())
            if new:
                yield what, new, signs


def _step(what: str) -> str:
    return what.partition(".")[0]


def _collect(sample: Sample, into: Signs) -> None:
    for step in sample.decoded.walk(sample.depth):
        named = [(step.name, step.label)]
        named += [(f"{step.name}.{e.name}", e.key) for e in step.emissions if e.value is not None]
        for what, text in named:
            for place, sign in enumerate(re.findall(r"[0-9]+|[^0-9\s]", text)):
                into[what, place].setdefault(sign, (step.label, sample.case.name))
