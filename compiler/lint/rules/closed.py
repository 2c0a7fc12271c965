"""Rule 1, *closed*: a step's results and successor follow from its label and fetched pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import TINY, Finding, Severity, first_of_each_kind
from compiler.steps import Emission, steps_with_next
from tm.speech import UtteranceKind
from tm.table import Place, Table

MIN_SHARED_INPUTS = 200
"""Inputs of a step that must occur in several instances, or the sampled check proves little."""

StepInput = tuple[object, ...]
"""The label and the fetched pairs of a step."""

StepResult = tuple[tuple[Emission, ...], str]
"""The pairs and verdicts that a step solves, and the name and label of the step after it."""


@dataclass(slots=True)
class _StepRecord:
    """The inputs and results observed so far for the steps of one name.

    Attributes
    ----------
    results
        For each input its first result, and the number of the instance that it occurred in.
    shared
        Inputs that occurred in several instances.
    newest
        Number of the instance in which a new input last occurred.
    """

    results: dict[StepInput, tuple[StepResult, int]] = field(default_factory=dict)
    shared: set[StepInput] = field(default_factory=set)
    newest: int = 0


class Closed(Rule):
    """The results and the successor of a step depend only on its label and its fetched pairs.

    **Checks.** In the runs of tiny instances, where steps soon recur, two steps with the same name,
    label and fetched pairs must solve the same pairs and verdicts and be followed by the same step
    (error). In the table, no place of the program may open a step with the same label and the same
    fetches in two different states (warning): such states differ in a register that the text does
    not show, or in the call that the machine will return to. If too few inputs recur in the tiny
    instances, the sampled check proves little, and a warning reports it.

    **Why it matters.** A model knows nothing but the text. If the text does not determine the next
    result, the model must guess it, or must count over the whole text, which fails at new lengths.

    **Failing example.** The running sum is a register that is never fetched::

        place b: bit b = 0 ; sum c = 0 -> place c
        place b: bit b = 0 ; sum c = 1 -> place c

    **Repair.** Fetch every value that a result or a branch depends on (``sum b = 0``), or make it
    part of the label. If the step lies in a proc, make the place of call part of the label.

    **Exemption.** None.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.records: dict[str, _StepRecord] = defaultdict(_StepRecord)
        self.tiny_count = 0
        self.collected: list[Finding] = []

    def observe(self, sample: Sample) -> None:
        if sample.range_name == TINY:
            self.tiny_count += 1
            findings = [*self.collected, *self._ambiguous(sample)]
            self.collected = [*first_of_each_kind(findings)]

    def findings(self) -> Iterator[Finding]:
        yield from self.collected
        yield from self._too_few_recur()
        yield from first_of_each_kind(_hidden(self.evidence.table))

    def _ambiguous(self, sample: Sample) -> Iterator[Finding]:
        for step, following in steps_with_next(sample.decoded, sample.depth):
            record = self.records[step.name]
            inputs = (step.label, *step.fetched)
            result = (tuple(step.solved), following)
            if inputs not in record.results:
                record.results[inputs] = (result, sample.number)
                record.newest = sample.number
                continue
            earlier, first_number = record.results[inputs]
            if first_number != sample.number:
                record.shared.add(inputs)
            if earlier != result:
                fetched = " ".join(f"{e.key} = {e.value}" for e in step.fetched) or "nothing"
                message = (
                    f"fetching {fetched}, it continues `{_as_text(earlier)}` in one run and "
                    f"`{_as_text(result)}` in another; fetch the value that makes the difference"
                )
                location = (step.name, step.label, sample.case.name)
                yield Finding("closed", Severity.ERROR, *location, message, "ambiguous")

    def _too_few_recur(self) -> Iterator[Finding]:
        for name, record in sorted(self.records.items()):
            exhausted = record.newest < self.tiny_count // 2
            if len(record.shared) < MIN_SHARED_INPUTS and not exhausted:
                message = (
                    f"only {len(record.shared)} inputs of the step occur in several of "
                    f"{self.tiny_count} tiny instances; make `tiny` draw smaller instances"
                )
                yield Finding("closed", Severity.WARNING, name, "", "", message, "few")


def _as_text(result: StepResult) -> str:
    solved, following = result
    pairs = [e.key if e.value is None else f"{e.key} = {e.value}" for e in solved]
    return " ; ".join(pairs) + f" -> {following}"


def _hidden(table: Table) -> Iterator[Finding]:
    """Yield openings with equal words in different states: the text hides a part of the state."""
    seen: dict[tuple[Place, int, frozenset[int]], int] = {}
    for state in range(len(table.states)):
        for opening, fetched in _openings(table, state).items():
            place = table.states[state].place
            other = seen.setdefault((place, opening, frozenset(fetched)), state)
            step = table.utterances[opening].step
            if other != state:
                label = "".join(
                    p.text or f"{{{p.placeholder}}}" for p in table.utterances[opening].key
                )
                message = (
                    f"states `{table.state_names[other]}` and `{table.state_names[state]}` "
                    f"({place}) open it with the same words; put the register that differs "
                    "(or the place of call) into its label, or fetch it"
                )
                yield Finding("closed", Severity.WARNING, step, label, "", message, "hidden")


def _openings(table: Table, state: int) -> dict[int, set[int]]:
    """Return the openings that may come first in a state, each with the fetches of its step."""
    openings: dict[int, set[int]] = {}
    for index in table.states[state].actions:
        action = table.actions[index]
        for position, utterance in enumerate(action.utterances):
            if table.utterances[utterance].kind is UtteranceKind.OPEN:
                fetched = openings.setdefault(utterance, set())
                fetched |= _fetches(table, action.utterances[position + 1 :], action.next)
                break
    return openings


def _fetches(table: Table, utterances: tuple[int, ...], state: int) -> set[int]:
    """Return the fetches on all paths from here to the first result or the close of the step."""
    fetched: set[int] = set()
    todo = [(utterances, state)]
    seen = set()
    while todo:
        utterances, state = todo.pop()
        for utterance in utterances:
            if table.utterances[utterance].kind is not UtteranceKind.FETCH:
                break
            fetched.add(utterance)
        else:
            if state >= 0 and state not in seen:
                seen.add(state)
                actions = [table.actions[a] for a in table.states[state].actions]
                todo += [(action.utterances, action.next) for action in actions]
    return fetched
