"""Rule 8: labels and keys are made of signs that the shortest range exhausts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.subject import Finding, Severity

Signs = dict[tuple[str, int], dict[str, tuple[str, str]]]


def labels_in_range(evidence: Evidence) -> Iterator[Finding]:
    """Every sign in a label or key of a longer range also stands there in the first range.

    A sign is a letter or a whole number, told apart by its place in the label (or in the keys of
    one emission). A counter that grows past the first range is so found: give it a random first
    value, or letters. Of steps that are listed as unseen it is no more than noted.
    """
    known: Signs = defaultdict(dict)
    for sample in evidence.samples(evidence.subject.ranges[0]):
        _collect(sample, evidence.depth, known)
    for where, samples in evidence.longer():
        found: Signs = defaultdict(dict)
        for sample in samples:
            _collect(sample, evidence.depth, found)
        noted: set[str] = set()
        for (what, place), signs in found.items():
            new = sorted(signs.keys() - known[what, place].keys())
            if new:
                step, _, _ = what.partition(".")
                at = (step, *signs[new[0]])
                message = (
                    f"{', '.join(new[:5])}{' …' * (len(new) > 5)} in `{what}` of {where} never "
                    f"stand there in {evidence.subject.ranges[0]}: begin at a random letter"
                )
                owned = step in evidence.subject.unseen
                if owned and step in noted:
                    continue
                noted.add(step)
                severity = Severity.NOTE if owned else Severity.ERROR
                yield Finding("labels_in_range", severity, *at, message, where)


def _collect(sample: Sample, depth: int, into: Signs) -> None:
    for step in sample.story.walk(depth):
        named = [(step.name, step.label)]
        named += [(f"{step.name}.{e.name}", e.key) for e in step.said if e.value is not None]
        for what, text in named:
            for place, sign in enumerate(re.findall(r"[0-9]+|[^0-9\s]", text)):
                into[what, place].setdefault(sign, (step.label, sample.case.name))
