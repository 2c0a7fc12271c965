"""Rule 2, *fetched*: every fetched pair occurs earlier in the text, under the same key."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity, first_of_each_kind
from tm.speech import Template, UtteranceKind
from tm.table import Table

ABSENT_VALUE = "none"
"""Value to fetch for a key that no earlier step gives."""


class Fetched(PerRunRule):
    """A fetched value is the latest one that the text gives for its key.

    **Checks.** A fetched pair must equal the latest earlier solve of its key; for a key that occurs
    nowhere before, the value must be ``none`` (error). The prompt is not a source: what a step
    fetches from it must have been read. A result must not restate a fetched value (error): the
    ablation *without Memory Fetcher* drops fetched pairs, and the value would remain in the text. A
    key that is solved again with another value is reported as a note.

    **Why it matters.** A fetch is a lookup: find the key, copy the value. A model can learn that
    for any length. A value without a source in the text can only be invented.

    **Failing example.** ``t b`` was never solved::

        add a: x a = 4 ; s a = 4 -> add b
        add b: t b = 4 x b = 5 ; s b = 9 -> end

    **Repair.** Read or solve a pair under the very key that later steps fetch. If a value changes,
    give each version a key of its own, with a pass, a round or a place in it. Let a result contain
    only what is new.

    **Exemption.** None.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(sample)

    def findings(self) -> Iterator[Finding]:
        yield from self.collected
        yield from first_of_each_kind(_restated(self.evidence.table))


def _check_run(sample: Sample) -> Iterator[Finding]:
    memory: dict[str, str] = {}
    solved: set[str] = set()
    for step in sample.decoded.walk(sample.depth):
        location = (step.name, step.label, sample.case.name)
        for kind, name, key, value, _ in step.emissions:
            if value is None:
                continue
            latest = memory.get(key, ABSENT_VALUE)
            if kind is UtteranceKind.FETCH and value != latest:
                reason = f"its latest value is {latest}" if key in memory else "it was never solved"
                message = f"fetches {key} = {value}, but {reason}; read or solve the key first"
                yield Finding("fetched", Severity.ERROR, *location, message, f"source of {name}")
            if kind is UtteranceKind.SOLVE:
                if key in solved and value != latest:
                    message = (
                        f"solves {key} again ({latest}, then {value}); put a pass, a round or a "
                        "place into its key"
                    )
                    yield Finding("fetched", Severity.NOTE, *location, message, f"again {name}")
                solved.add(key)
                memory[key] = value


def _restated(table: Table) -> Iterator[Finding]:
    """Yield results that contain the value of a fetch of the same step, among other text."""
    operands: dict[str, set[tuple[str, str]]] = {}
    for u in table.utterances:
        if u.kind is UtteranceKind.FETCH:
            operands.setdefault(u.step, set()).update(_quoted(u.value or ()))
    for u in table.utterances:
        if u.kind is not UtteranceKind.SOLVE:
            continue
        text = u.value or u.key
        quoted = _quoted(text)
        restated = {quoted[source] for source in quoted.keys() & operands.get(u.step, set())}
        if restated and len(text) > 1:
            message = (
                f"`{u.name}` restates {{{min(restated)}}}, a fetched value; solve the new value "
                "alone"
            )
            yield Finding("fetched", Severity.ERROR, u.step, "", "", message, f"restated {u.name}")


def _quoted(text: Template) -> dict[tuple[str, str], str]:
    """Return the placeholders of a text by what they quote: a tape and a capture, or a register.

    A tape quotes the same by its own name and by that of a proc's parameter.
    """
    return {
        (
            str(piece.tape) if piece.tape >= 0 else piece.placeholder,
            piece.capture,
        ): piece.placeholder
        for piece in text
        if piece.placeholder
    }
