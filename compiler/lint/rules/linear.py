"""Rule 4: one step after the other, each with a label of its own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity
from compiler.text import Part, Role


class Linear(PerRunRule):
    """Openings and closes nest; the label said by ``next`` opens next; no label comes twice."""

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(sample)


def _check_run(sample: Sample) -> Iterator[Finding]:
    for fault in sample.decoded.faults:
        yield Finding("linear", Severity.ERROR, "", "", sample.case.name, fault, "nesting")
    seen: set[tuple[str, str]] = set()
    for step in sample.decoded.walk(sample.depth):
        at = (step.name, step.label)
        if at in seen:
            message = f"`{step.name} {step.label}` opens twice: tell the two apart by the label"
            yield Finding("linear", Severity.ERROR, *at, sample.case.name, message, "twice")
        seen.add(at)
    announced: str | None = None
    for span in sample.text.spans:
        said = sample.text.string[span.start : span.end]
        if span.part is Part.LABEL and span.role is Role.NEXT:
            announced = said
        elif span.part is Part.LABEL and announced is not None:
            if said != announced:
                message = f"the text announces `{announced}` and goes on with `{said}`"
                at = (span.step, said)
                yield Finding("linear", Severity.ERROR, *at, sample.case.name, message, "next")
            announced = None
