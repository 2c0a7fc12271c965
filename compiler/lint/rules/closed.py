"""Rule 1: what a step solves, and where it goes on, follows from its label and what it fetched.

Otherwise the text cannot tell how to go on, and a model must guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.flow import actions_of
from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import TINY, Finding, Severity, once
from compiler.steps import steps_with_next
from tm.speech import UtteranceKind
from tm.table import Place, Table

SHARED = 200
"""Keys of a step name that several instances share, for the sampled half to mean something."""


@dataclass(slots=True)
class _Known:
    """What is known of one step name: the results of each key, and how the keys came."""

    results: dict[object, tuple[object, int]] = field(default_factory=dict)
    shared: set[object] = field(default_factory=set)
    newest: int = 0


class Closed(Rule):
    """Solved pairs, verdicts and the next label are a function of the label and the fetched pairs.

    Sampled over tiny instances, in which steps soon recur; and on the table: where one place of the
    program opens a step with the same label and fetches in two states, they differ in a register
    that is not said, or in where a proc was called.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.known: dict[str, _Known] = defaultdict(_Known)
        self.count = 0
        self.found: list[Finding] = []

    def observe(self, sample: Sample) -> None:
        if sample.where == TINY:
            self.count += 1
            self.found = [*once([*self.found, *self._ambiguous(sample)])]

    def findings(self) -> Iterator[Finding]:
        yield from self.found
        yield from self._few()
        yield from once(_hidden(self.evidence.table))

    def _ambiguous(self, sample: Sample) -> Iterator[Finding]:
        for step, following in steps_with_next(sample.decoded, sample.depth):
            of_name = self.known[step.name]
            key = (step.label, *step.fetched)
            result = (tuple(step.solved), following)
            if key not in of_name.results:
                of_name.results[key] = (result, sample.number)
                of_name.newest = sample.number
                continue
            before, first = of_name.results[key]
            if first != sample.number:
                of_name.shared.add(key)
            if before != result:
                fetched = " ".join(f"{e.key} = {e.value}" for e in step.fetched) or "nothing"
                message = (
                    f"fetching {fetched}, it says `{_said(before)}` in one run and "
                    f"`{_said(result)}` in another; fetch what makes the difference"
                )
                where = (step.name, step.label, sample.case.name)
                yield Finding("closed", Severity.ERROR, *where, message, "ambiguous")

    def _few(self) -> Iterator[Finding]:
        for name, of_name in sorted(self.known.items()):
            exhausted = of_name.newest < self.count // 2
            if len(of_name.shared) < SHARED and not exhausted:
                message = (
                    f"only {len(of_name.shared)} keys came in several of {self.count} tiny "
                    "instances; make `tiny` smaller"
                )
                yield Finding("closed", Severity.WARNING, name, "", "", message, "few")


def _said(result: object) -> str:
    assert isinstance(result, tuple)
    solved, following = result
    pairs = [e.key if e.value is None else f"{e.key} = {e.value}" for e in solved]
    return " ; ".join(pairs) + f" -> {following}"


def _hidden(table: Table) -> Iterator[Finding]:
    """Openings that read alike and are not: a live register, or a place of call, is unsaid."""
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
                    f"states `{table.states[other].name}` and `{table.states[state].name}` "
                    f"({place}) open it with the same words: a register that is still to be used "
                    "(or where the proc was called) is neither in its label nor fetched"
                )
                yield Finding("closed", Severity.WARNING, step, label, "", message, "hidden")


def _openings(table: Table, state: int) -> dict[int, set[int]]:
    """The openings that a state may say first, each with what its step may fetch before it
    solves.
    """
    found: dict[int, set[int]] = {}
    for index in actions_of(table.states[state].tree):
        action = table.actions[index]
        for at, utterance in enumerate(action.utterances):
            if table.utterances[utterance].kind is UtteranceKind.OPEN:
                fetched = found.setdefault(utterance, set())
                fetched |= _fetches(table, action.utterances[at + 1 :], action.next)
                break
    return found


def _fetches(table: Table, says: tuple[int, ...], state: int) -> set[int]:
    """The fetches on all paths from here to the first result, or the step's close."""
    fetched: set[int] = set()
    todo = [(says, state)]
    seen = set()
    while todo:
        says, state = todo.pop()
        for utterance in says:
            if table.utterances[utterance].kind is not UtteranceKind.FETCH:
                break
            fetched.add(utterance)
        else:
            if state >= 0 and state not in seen:
                seen.add(state)
                actions = [table.actions[a] for a in actions_of(table.states[state].tree)]
                todo += [(action.utterances, action.next) for action in actions]
    return fetched
