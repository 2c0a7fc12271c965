"""Rule 4, *linear*: steps follow one another, and each has a label of its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity
from compiler.text import PARTS, ROLES, Part, Role
from tm.speech import UtteranceKind


class Linear(PerRunRule):
    """Steps nest properly, the announced step comes next, and no label occurs twice.

    **Checks.** Every step that opens must close, inner steps before outer ones, and no pair may
    come before the first step. The step named after ``->`` must be the one that comes next. No two
    steps of a run may have the same name and label, and no part of a label or a key may be empty or
    a space (errors).

    **Why it matters.** A model that writes the next step looks its label up to find where it is.
    If a label occurs twice, the lookup has two targets, and the model may continue from the wrong
    one.

    **Failing example.** Both steps have the label ``again``::

        add again: x a = 4 ; s a = 4 -> add again
        add again: x b = 5 ; s b = 9 -> end

    **Repair.** Put what distinguishes the steps into the label: a key, a pass, a round. Close every
    step on each path, also before ``break`` and ``return``. Give a tape of names one name more than
    the longest range needs. Write ``{t.next_word}``, not ``{t.next}``, where spaces separate names.

    **Exemption.** None.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.labelled = {
            u.step for u in evidence.table.utterances if u.kind is UtteranceKind.OPEN and u.key
        }

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        for fault in sample.decoded.faults:
            yield Finding("linear", Severity.ERROR, "", "", sample.case.name, fault, "nesting")
        yield from _repeated_labels(sample)
        yield from self._empty_names(sample)
        yield from _wrong_announcements(sample)

    def _empty_names(self, sample: Sample) -> Iterator[Finding]:
        for step in sample.decoded.walk(sample.depth):
            names = [("label", step.label)] if step.name in self.labelled else []
            names += [("key", e.key) for e in step.emissions if e.value is not None]
            for kind, name in names:
                if not name or " ".join(name.split()) != name:
                    message = (
                        f"a part of the {kind} {name!r} is empty or a space; the tape that it is "
                        "read from may have too few names, or its names are words: write "
                        "{t.next_word} instead of {t.next}"
                    )
                    location = (step.name, step.label, sample.case.name)
                    yield Finding("linear", Severity.ERROR, *location, message, f"empty {kind}")


def _repeated_labels(sample: Sample) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for step in sample.decoded.walk(sample.depth):
        heading = (step.name, step.label)
        if heading in seen:
            message = f"`{step.name} {step.label}` opens twice; make the labels differ"
            yield Finding("linear", Severity.ERROR, *heading, sample.case.name, message, "twice")
        seen.add(heading)


def _wrong_announcements(sample: Sample) -> Iterator[Finding]:
    spans = sample.text.spans
    announced: str | None = None
    for index in np.flatnonzero(spans.part == PARTS.index(Part.LABEL)).tolist():
        label = sample.text.string[spans.start[index] : spans.end[index]]
        if spans.role[index] == ROLES.index(Role.NEXT):
            announced = label
        elif announced is not None:
            if label != announced:
                message = f"the text announces `{announced}` but continues with `{label}`"
                heading = (spans[index].step, label)
                yield Finding("linear", Severity.ERROR, *heading, sample.case.name, message, "next")
            announced = None
