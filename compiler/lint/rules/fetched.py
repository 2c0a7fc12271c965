"""Rule 2: whatever is fetched was said before, under the same key."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity, once
from tm.speech import Utterance, UtteranceKind
from tm.table import Table

NONE = "none"
"""The value of a key that nothing was said for."""


class Fetched(PerRunRule):
    """A fetched pair is the latest earlier solve of its key, else the prompt's fact, else ``none``.

    A key solved twice with different values is noted: better, what changes carries a version. On
    the table, a result must not restate what was fetched: without it, the text would still hold it.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(sample)

    def findings(self) -> Iterator[Finding]:
        yield from self.found
        yield from once(_restated(self.evidence.table))


def _check_run(sample: Sample) -> Iterator[Finding]:
    memory = dict(sample.case.facts)
    solved: set[str] = set()
    for step in sample.decoded.walk(sample.depth):
        where = (step.name, step.label, sample.case.name)
        for said in step.emissions:
            if said.value is None:
                continue
            known = memory.get(said.key, NONE)
            if said.kind is UtteranceKind.FETCH and said.value != known:
                last = f"was last said to be {known}" if said.key in memory else "was never said"
                message = f"fetches {said.key} = {said.value}, but {said.key} {last}"
                yield Finding("fetched", Severity.ERROR, *where, message, f"source of {said.name}")
            if said.kind is UtteranceKind.SOLVE:
                if said.key in solved and said.value != known:
                    message = (
                        f"{said.key} is solved anew ({known}, then {said.value}): let its key "
                        "carry a pass, a round or a place"
                    )
                    yield Finding("fetched", Severity.NOTE, *where, message, f"again {said.name}")
                solved.add(said.key)
                memory[said.key] = said.value


def _restated(table: Table) -> Iterator[Finding]:
    """Results with a hole, among others, that a fetch of the same step has for its value."""
    operands: dict[str, set[tuple[str, int, str]]] = {}
    for u in table.utterances:
        if u.kind is UtteranceKind.FETCH:
            operands.setdefault(u.step, set()).update(_holes(u, key=False))
    for u in table.utterances:
        if u.kind is not UtteranceKind.SOLVE:
            continue
        said = _holes(u, key=u.value is None)
        both = {hole for hole, *_ in said & operands.get(u.step, set())}
        if both and len(u.value or u.key) > 1:
            message = f"`{u.name}` restates {{{min(both)}}}, a fetched value: say the result alone"
            yield Finding("fetched", Severity.ERROR, u.step, "", "", message, f"restated {u.name}")


def _holes(u: Utterance, *, key: bool) -> set[tuple[str, int, str]]:
    return {
        (p.placeholder, p.tape, p.capture)
        for p in (u.key if key else u.value or ())
        if p.placeholder
    }
