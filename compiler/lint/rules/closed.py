"""Rule 1, *closed*: a step's results and successor follow from its label and fetched pairs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from compiler.lint.equivalence import class_after, equivalent_states
from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import TINY, Finding, Severity, first_of_each_kind
from compiler.steps import Emission, Step
from tm.speech import READ, UtteranceKind
from tm.table import Place, Table
from tm.trees import Tree

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

    **Checks.** In the sampled runs, and above all in those of tiny instances, where steps soon
    recur, two steps with the same name, label and fetched pairs must solve the same pairs and
    verdicts and be followed by the same step (error). What a read step reads from the prompt counts
    as fetched, and only the last symbol of a quote of the answer as solved. In the table, no
    place of the program may open a step with the same label and the same fetches in two different
    states (warning): such states differ in a register that the text does not show, or in the call
    that the machine will return to. States that continue alike for equal cells, as with a register
    that nothing depends on, are accepted. If too few inputs recur in the tiny instances, the
    sampled check proves little, and a warning reports it.

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
        is_tiny = sample.range_name == TINY
        self.tiny_count += is_tiny
        if is_tiny or sample.compared:
            findings = [*self.collected, *self._ambiguous(sample)]
            self.collected = [*first_of_each_kind(findings)]

    def findings(self) -> Iterator[Finding]:
        yield from self.collected
        yield from self._too_few_recur()
        yield from first_of_each_kind(_hidden(self.evidence.table))

    def _ambiguous(self, sample: Sample) -> Iterator[Finding]:
        is_tiny = sample.range_name == TINY
        for step, following in sample.steps:
            record = self.records[step.name]
            inputs = _inputs(step)
            result = (tuple(step.results), following)
            if inputs not in record.results:
                record.results[inputs] = (result, sample.number)
                record.newest = sample.number if is_tiny else record.newest
                continue
            earlier, first_number = record.results[inputs]
            if is_tiny and first_number != sample.number:
                record.shared.add(inputs)
            if earlier != result:
                fetched = (
                    " ".join(f"{e.key} = {e.value}" for e in step.fetched if e.value) or "nothing"
                )
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


def _inputs(step: Step) -> StepInput:
    """Return what must determine a step; for a read step also what it reads from the prompt."""
    if step.name != READ:
        return (step.label, *step.fetched)
    pairs = [e for e in step.fetched if e.value is not None]
    return (step.label, *pairs, *step.solved[:1])


def _as_text(result: StepResult) -> str:
    solved, following = result
    pairs = [e.key if e.value is None else f"{e.key} = {e.value}" for e in solved]
    return " ; ".join(pairs) + f" -> {following}"


def _hidden(table: Table) -> Iterator[Finding]:
    """Yield openings with equal words in different states: the text hides a part of the state.

    Two states hide nothing if they continue alike after the opening whenever the cells under their
    heads are the same.
    """
    classes = equivalent_states(table)
    seen: dict[tuple[Place, int, frozenset[int]], list[tuple[int, list[_Leaf]]]] = defaultdict(list)
    for state in range(len(table.states)):
        place = table.states[state].place
        for opening, opening_leaves in _openings(table, classes, state).items():
            fetched = frozenset().union(*(leaf.fetched for leaf in opening_leaves))
            others = seen[place, opening, fetched]
            for other, leaves_of_other in others:
                if classes[other] != classes[state] and _conflict(opening_leaves, leaves_of_other):
                    yield _hidden_finding(table, opening, other, state)
                    break
            else:
                others.append((state, opening_leaves))


class _Leaf(NamedTuple):
    """A transition that opens a step.

    Attributes
    ----------
    reads
        The symbols that lead to it, for each tape that was read.
    fetched
        The fetches of the step on all paths.
    following
        The utterances after the opening in the transition, and the class of the next state.
    """

    reads: Mapping[int, frozenset[int]]
    fetched: frozenset[int]
    following: tuple[tuple[int, ...], int]


def _conflict(some: list[_Leaf], others: list[_Leaf]) -> bool:
    """Return whether equal cells under the heads can be followed by different continuations."""
    return any(
        one.following != other.following
        and all(one.reads[tape] & other.reads[tape] for tape in one.reads.keys() & other.reads)
        for one in some
        for other in others
    )


def _hidden_finding(table: Table, opening: int, first: int, second: int) -> Finding:
    label = "".join(p.text or f"{{{p.placeholder}}}" for p in table.utterances[opening].key)
    one, other = (_registers(table.states[state].name) for state in (first, second))
    differing = [
        f"`{name}` is {one[name]} in one and {other[name]} in the other"
        for name in one.keys() & other.keys()
        if one[name] != other[name]
    ]
    difference = "; ".join(sorted(differing)) or "they return to different calls"
    message = (
        f"states `{table.state_names[first]}` and `{table.state_names[second]}` "
        f"({table.states[first].place}) open it with the same words, but {difference}; put the "
        "register (or the place of call) into its label, or fetch it"
    )
    step = table.utterances[opening].step
    return Finding("closed", Severity.WARNING, step, label, "", message, "hidden")


def _registers(name: str) -> dict[str, str]:
    """Return the registers that the name of a state lists, such as ``add:14 s=3 r=lt``."""
    return dict(re.findall(r" (\w+)=(\S+|' ')", name))


def _openings(table: Table, classes: tuple[int, ...], state: int) -> dict[int, list[_Leaf]]:
    """Return the openings that may come first in a state, each with its transitions."""
    openings: dict[int, list[_Leaf]] = {}
    for index, reads in _leaves_with_reads(table.states[state].tree, {}):
        action = table.actions[index]
        for position, utterance in enumerate(action.utterances):
            if table.utterances[utterance].kind is UtteranceKind.OPEN:
                rest = action.utterances[position + 1 :]
                fetched = frozenset(_fetches(table, rest, action.next))
                following = (rest, class_after(classes, action.next))
                openings.setdefault(utterance, []).append(_Leaf(reads, fetched, following))
                break
    return openings


def _leaves_with_reads(
    tree: Tree, reads: Mapping[int, frozenset[int]]
) -> Iterator[tuple[int, Mapping[int, frozenset[int]]]]:
    """Yield the actions of a decision tree, each with the symbols that lead to it by tape."""
    if isinstance(tree, int):
        if tree >= 0:
            yield tree, reads
        return
    for symbols, subtree in tree.cases:
        read = reads.get(tree.tape, symbols) & symbols
        yield from _leaves_with_reads(subtree, {**reads, tree.tape: read})


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
