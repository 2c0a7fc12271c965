"""Rule 5: the answer said is the answer written, and the right one."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity
from compiler.steps import DecodedRun

TOKENS = 16
SYMBOLS = 8


class Answered(PerRunRule):
    """A run accepts and says once what stands on the tape ``out``: the right answer, well-formed.

    An answer of more than 16 tokens has been assembled before, a keyed value of at most 8 symbols a
    step, or of any number in a step that is listed as coarse.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(self.evidence, sample)

    def findings(self) -> Iterator[Finding]:
        yield from self.found
        if self.evidence.vocabulary is None:
            message = (
                f"no vocabulary was given: how answers of over {TOKENS} tokens arise is unchecked"
            )
            yield Finding("answered", Severity.NOTE, "", "", "", message)


def _check_run(evidence: Evidence, sample: Sample) -> Iterator[Finding]:
    answers = sample.decoded.answers

    def finding(message: str, what: str) -> Finding:
        return Finding("answered", Severity.ERROR, "", "", sample.case.name, message, what)

    if sample.outcome != "accept":
        yield finding(f"the run ends in {sample.outcome}", "outcome")
        return
    if len(answers) != 1:
        yield finding(f"an answer is said {len(answers)} times: it must be once", "count")
        return
    (answer,) = answers
    if sample.out is None:
        yield finding("the machine has no tape `out` to hold its answer", "tape")
    elif answer != sample.out:
        yield finding(f"it says `{answer}`, but `{sample.out}` stands on the tape `out`", "said")
    if not evidence.subject.is_well_formed(answer):
        yield finding(f"it says `{answer}`, which has not the form that is asked for", "form")
    if sample.case.answer is not None and answer != sample.case.answer:
        yield finding(f"it says `{answer}`, but `{sample.case.answer}` is right", "right")
    if evidence.vocabulary is not None:
        count = len(evidence.vocabulary.tokenize(answer).ids)
        if count > TOKENS and not _assembled(answer, sample.decoded, evidence):
            message = (
                f"an answer of {count} tokens comes in one piece: let earlier steps solve it, a "
                "keyed symbol each"
            )
            yield finding(message, "assembled")


def _assembled(answer: str, decoded: DecodedRun, evidence: Evidence) -> bool:
    """Whether values of at most ``SYMBOLS`` symbols, solved one a step, spell the answer in
    order.
    """
    reached = {0}
    for step in decoded.walk(evidence.depth):
        most = len(answer) if step.name in evidence.subject.coarse else SYMBOLS
        values = {e.value for e in step.solved if e.value and len(e.value) <= most}
        for at in sorted(reached):
            while at < len(answer) and not answer[at].isalnum() and answer[at] != "-":
                at += 1
                reached.add(at)
            reached |= {at + len(v) for v in values if answer.startswith(v, at)}
    return len(answer) in reached
