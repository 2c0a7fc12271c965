"""Rule 3, *atomic*: the size of a step does not depend on the length of the instance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compiler.flow import Stack, entry_stacks, stack_after
from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity, first_of_each_kind
from compiler.steps import Step
from tm.speech import UtteranceKind
from tm.table import Table

MAX_FETCHES_PER_STEP = 4
MAX_TOKENS_PER_STEP = 48
MAX_SYMBOLS_PER_RESULT = 8


class Atomic(PerRunRule):
    """A step has a bounded number of words, and its result is elementary.

    **Checks.** In the table, no pair or verdict may lie on a cycle between the opening and the
    close of its step; inner steps are checked by themselves. In the runs, a step may fetch at most
    4 pairs and have at most 48 tokens, and a step without inner steps may not solve a new value of
    more than 8 symbols; it may copy a fetched value of any length (errors). Counting tokens needs a
    vocabulary; without one, a note says that they were not counted.

    **Why it matters.** A step is what a model does at once. If the work of a step grows with the
    instance, a longer instance needs a computation that training never showed.

    **Failing example.** One step reads the whole row, so that its size is the length of the row::

        sum a: x a = 4 x b = 5 x c = 2 x d = 7 x e = 1 ; s = 9 -> end

    **Repair.** Make each round of the loop a step of its own, inside the outer step or instead of
    it. Work out long values digit by digit.

    **Exemption.** Steps that the task lists in ``coarse`` may solve values of any length; all other
    checks apply to every step.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        yield from _large_steps(self.evidence, sample)
        if self.evidence.vocabulary is not None:
            yield from _many_tokens(sample)

    def findings(self) -> Iterator[Finding]:
        yield from first_of_each_kind(_repeated(self.evidence.table, self.evidence.depth))
        yield from self.collected
        if self.evidence.vocabulary is None:
            message = (
                "no vocabulary was given: whether a step has at most "
                f"{MAX_TOKENS_PER_STEP} tokens is not checked"
            )
            yield Finding("atomic", Severity.NOTE, "", "", "", message)


def _large_steps(evidence: Evidence, sample: Sample) -> Iterator[Finding]:
    for step in sample.decoded.walk(evidence.depth):
        location = (step.name, step.label, sample.case.name)
        if len(step.fetched) > MAX_FETCHES_PER_STEP:
            message = (
                f"the step fetches {len(step.fetched)} pairs, more than {MAX_FETCHES_PER_STEP}; "
                "split it"
            )
            yield Finding("atomic", Severity.ERROR, *location, message, "fetches")
        value = _long_result(step)
        if value and not step.inner and step.name not in evidence.subject.coarse:
            message = (
                f"the step works out {value} ({len(value)} symbols) at once; add inner steps that "
                "work digit by digit, or list it in `coarse`"
            )
            yield Finding("atomic", Severity.ERROR, *location, message, "long")


def _many_tokens(sample: Sample) -> Iterator[Finding]:
    spans = sample.text.spans
    in_state = np.flatnonzero(spans.state >= 0)
    starts = np.array(sample.tokens.starts)
    first, end = (np.searchsorted(starts, ends[in_state]) for ends in (spans.start, spans.end))
    counts = np.bincount(spans.state[in_state], weights=end - first)
    for state in np.flatnonzero(counts > MAX_TOKENS_PER_STEP):
        span = spans[int(in_state[spans.state[in_state] == state][0])]
        message = (
            f"the step has {counts[state]:.0f} tokens, more than {MAX_TOKENS_PER_STEP}; split it"
        )
        location = (span.step, span.label, sample.case.name)
        yield Finding("atomic", Severity.ERROR, *location, message, "tokens")


def _long_result(step: Step) -> str | None:
    fetched = {e.value for e in step.fetched}
    for solved in step.solved:
        value = solved.value
        if value and len(value) > MAX_SYMBOLS_PER_RESULT and value not in fetched:
            return value
    return None


def _repeated(table: Table, depth: int) -> Iterator[Finding]:
    """Yield the emissions on a cycle of states in which their step stays open."""
    stacks = entry_stacks(table)
    for level in range(1, depth + 1):
        edges: dict[int, set[int]] = {s: set() for s, stack in stacks.items() if len(stack) > level}
        emitting: list[tuple[int, int, int]] = []
        for state in edges:
            for index in set(table.states[state].actions):
                action = table.actions[index]
                stays_open, emitted = _at_level(table, stacks[state], action.utterances, level)
                if stays_open and action.next in edges:
                    edges[state].add(action.next)
                    emitting += [(state, action.next, utterance) for utterance in emitted]
        component = _components(edges)
        for state, following, utterance in emitting:
            u = table.utterances[utterance]
            if component[state] == component[following]:
                message = (
                    f"`{u.name}` can occur any number of times before its step closes "
                    f"({table.states[state].place}); make each repetition a step of its own"
                )
                yield Finding("atomic", Severity.ERROR, u.step, "", "", message, f"cycle {u.name}")


def _at_level(
    table: Table, stack: Stack, utterances: tuple[int, ...], level: int
) -> tuple[bool, list[int]]:
    """Return whether the step open at ``level`` stays open, and what it emits itself.

    A step that closes on the way emits nothing that could repeat.
    """
    emitted = []
    for utterance in utterances:
        if (
            table.utterances[utterance].kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE)
            and len(stack) == level + 1
        ):
            emitted.append(utterance)
        stack = stack_after(table, stack, utterance)
        if len(stack) <= level:
            return False, []
    return True, emitted


def _components(edges: dict[int, set[int]]) -> dict[int, int]:
    """Return the strongly connected component of each node: Tarjan's algorithm, no recursion.

    A component is named by one of its nodes. Two ends of an edge lie on a common cycle if and only
    if they have the same component.
    """
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    component: dict[int, int] = {}
    stack: list[int] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    work.append((other, iter(edges[other])))
                    break
                if other not in component:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while stack:
                        member = stack.pop()
                        component[member] = node
                        if member == node:
                            break
    return component
