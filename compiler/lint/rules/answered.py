"""Rule 5, *answered*: the answer in the text is the one on the tape, and it is correct."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity
from compiler.steps import DecodedRun
from tm.speech import RECENT_KINDS, recent_at

MAX_TOKENS_AT_ONCE = 16
"""Longest answer, in tokens, that earlier steps need not assemble."""

MAX_SYMBOLS_PER_PART = 8
"""Longest part of an answer, in symbols, that one step may solve."""

ITEM_SYMBOL = re.compile(r"[^ ,()]")
"""A symbol of an answer that does not separate the items of a list."""

LAST_ITEMS = re.compile(r"(?:[^ ,()]+[ ,()]+)?([^ ,()]+)$")
"""The last item of a list as far as it is written, with the one before it or alone."""


class Answered(PerRunRule):
    """A run accepts and gives one answer: the word on the tape ``out``, correct and well-formed.

    **Checks.** The run must accept and give exactly one answer. The answer must equal the word on
    the tape ``out``, have the form that the task asks for, and be correct by the independent
    source, if there is one. Quotes of what was written must spell it: each consists of a symbol of
    the answer and the three or four before it, or in a list its item and at most the one before,
    and the last symbols of all quotes, joined in order, must be the answer, its end or its
    beginning; what separates the items of a list need not be quoted. An answer of more than 16
    tokens must be assembled: earlier steps solve it in parts of at most 8 symbols, or quote its
    symbols (errors). The length needs a vocabulary; without one, a note says that this part was not
    checked.

    **Why it matters.** The answer is what is scored. A long answer that appears at once requires
    the model to copy or compute many values without intermediate steps. A model copies it from
    quotes by looking for the symbols that it wrote last, which a wrong quote does not contain.

    **Failing example.** The machine writes ``21`` on ``out``, but its text ends in::

        answer: 021

    **Repair.** Answer with ``answer "{out.all}"`` after writing the word on ``out``. Build a long
    answer in a loop of steps that each solve one symbol under a key of its own (``ans a = 4``), or
    call ``write_symbol`` or ``write_listed`` of ``std.writing`` for each symbol.

    **Exemption.** Steps that the task lists in ``coarse`` may solve parts of any length; all other
    checks apply to every task.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(self.evidence, sample)

    def findings(self) -> Iterator[Finding]:
        yield from self.collected
        if self.evidence.vocabulary is None:
            message = (
                "no vocabulary was given: whether steps assemble answers of more than "
                f"{MAX_TOKENS_AT_ONCE} tokens is not checked"
            )
            yield Finding("answered", Severity.NOTE, "", "", "", message)


def _check_run(evidence: Evidence, sample: Sample) -> Iterator[Finding]:
    answers = sample.decoded.answers

    def finding(message: str, code: str) -> Finding:
        return Finding("answered", Severity.ERROR, "", "", sample.case.name, message, code)

    if sample.outcome != "accept":
        yield finding(f"the run must accept; it ends in {sample.outcome}", "outcome")
        return
    if len(answers) != 1:
        yield finding(f"the run must give one answer; it gives {len(answers)}", "count")
        return
    (answer,) = answers
    if sample.out is None:
        yield finding("the machine must have a tape `out` that holds its answer", "tape")
    elif answer != sample.out:
        yield finding(f"the answer is `{answer}`, but the tape `out` holds `{sample.out}`", "said")
    if fault := evidence.subject.form_fault(answer):
        yield finding(f"the answer `{answer}` does not have the requested form: {fault}", "form")
    if sample.case.answer is not None and answer != sample.case.answer:
        yield finding(f"the answer is `{answer}`; `{sample.case.answer}` is correct", "right")
    if fault := _fault_of_quotes(answer, sample):
        yield finding(fault, "quote")
    if evidence.vocabulary is not None:
        count = len(evidence.vocabulary.tokenize(answer).ids)
        if count > MAX_TOKENS_AT_ONCE and not _is_assembled(answer, sample.decoded, evidence):
            message = (
                f"an answer of {count} tokens appears at once; solve it in earlier steps, one "
                "keyed or quoted symbol each"
            )
            yield finding(message, "assembled")


def _fault_of_quotes(answer: str, sample: Sample) -> str:
    """Return what is wrong with the first quote of a run that does not fit, or an empty string."""
    quotes = [quote for step in sample.decoded.walk(sample.depth) for quote in step.quotes]
    if not quotes:
        return ""
    every = range(1, len(answer) + 1)
    of_items = [match.end() for match in ITEM_SYMBOL.finditer(answer)]
    faults = [
        _fault_of_part(answer, every, len(every) - len(quotes), quotes),
        _fault_of_part(answer, of_items, len(of_items) - len(quotes), quotes),
        _fault_of_part(answer, of_items, 0, quotes),
    ]
    return faults[0] if all(faults) else ""


def _fault_of_part(answer: str, ends: Sequence[int], first: int, quotes: Sequence[str]) -> str:
    """Return what is wrong with the first quote that does not fit.

    Parameters
    ----------
    ends
        End of each symbol in the answer that can be quoted.
    first
        Index of the first one that is.
    """
    symbols = "".join(answer[end - 1] for end in ends)
    if not 0 <= first <= len(ends) - len(quotes):
        return f"{len(quotes)} symbols are quoted, of which the answer has {len(ends)}"
    for index, quote in enumerate(quotes, first):
        expected = [recent_at(symbols, index, *kind) for kind in RECENT_KINDS]
        if items := LAST_ITEMS.search(answer, 0, ends[index]):
            expected += [items[0], items[1]]
        if quote not in expected:
            return (
                f"a step quotes {quote!r} where the answer has {expected[0]!r}; quote each "
                "symbol once, by `write_symbol` or `write_listed` of `std.writing`"
            )
    return ""


def _is_assembled(answer: str, run: DecodedRun, evidence: Evidence) -> bool:
    """Return whether short values, solved in the order of the steps, spell the answer.

    Punctuation between the values is skipped. A step may provide one part, of at most
    ``MAX_SYMBOLS_PER_PART`` symbols unless it is coarse.
    """
    # Bit i of a number is offset i of the answer; some choice of parts spells all before `reached`.
    skipped = sum(1 << i for i, c in enumerate(answer) if not c.isalnum() and c != "-")
    occurrences: dict[str, int] = {}
    reached = 1
    for step in run.walk(evidence.depth):
        limit = len(answer) if step.name in evidence.subject.coarse else MAX_SYMBOLS_PER_PART
        while (after := reached | (reached & skipped) << 1) != reached:
            reached = after
        offsets = reached & ~skipped
        for value in {e.value for e in step.results if e.value and len(e.value) <= limit}:
            if value not in occurrences:
                places = (i for i in range(len(answer)) if answer.startswith(value, i))
                occurrences[value] = sum(1 << i for i in places)
            reached |= (offsets & occurrences[value]) << len(value)
    return bool(reached >> len(answer) & 1)
