"""Rule 4: one step after the other, each with a label of its own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.subject import Finding, Severity, once
from compiler.text import Part, Role


def linear(evidence: Evidence) -> Iterator[Finding]:
    """Openings and closes nest; the label said by ``next`` opens next; no label comes twice."""
    yield from once(f for s in evidence.all_samples() for f in _in_one(s, evidence.depth))


def _in_one(sample: Sample, depth: int) -> Iterator[Finding]:
    for fault in sample.story.faults:
        yield Finding("linear", Severity.ERROR, "", "", sample.case.name, fault, "nesting")
    seen: set[tuple[str, str]] = set()
    for step in sample.story.walk(depth):
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
