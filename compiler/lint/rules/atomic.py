"""Rule 3: a step is of one size, however long the instance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compiler.flow import Stack, actions_of, entries, say
from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity, once
from compiler.steps import Step
from tm.speech import UtteranceKind
from tm.table import Table

FETCHES = 4
TOKENS = 48
SYMBOLS = 8


class Atomic(PerRunRule):
    """A step is said in a bounded number of words, and its result is elementary.

    On the table, no emission lies on a cycle between a step's opening and its close (inner steps
    have their own). In every range a step fetches at most 4 pairs and takes at most 48 tokens; and
    a step that has no inner ones, and is not listed as coarse, solves no new value of more than 8
    symbols: it may copy or compare such.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(self.evidence, sample)

    def findings(self) -> Iterator[Finding]:
        yield from once(_repeated(self.evidence.table, self.evidence.depth))
        yield from self.found
        if self.evidence.vocabulary is None:
            message = (
                f"no vocabulary was given: that a step takes at most {TOKENS} tokens is unchecked"
            )
            yield Finding("atomic", Severity.NOTE, "", "", "", message)


def _check_run(evidence: Evidence, sample: Sample) -> Iterator[Finding]:
    for step in sample.decoded.walk(evidence.depth):
        at = (step.name, step.label, sample.case.name)
        if len(step.fetched) > FETCHES:
            message = f"fetches {len(step.fetched)} pairs; split it: at most {FETCHES} a step"
            yield Finding("atomic", Severity.ERROR, *at, message, "fetches")
        long = _long_result(step)
        if long and not step.inner and step.name not in evidence.subject.coarse:
            message = (
                f"works out {long} ({len(long)} symbols) in one go: give it inner steps digit by "
                "digit, or list it as coarse"
            )
            yield Finding("atomic", Severity.ERROR, *at, message, "long")
    if evidence.vocabulary is None:
        return
    counts: Counter[int] = Counter()
    first: dict[int, tuple[str, str]] = {}
    for span in sample.text.spans:
        if span.state >= 0:
            counts[span.state] += sample.tokens.count_before(span.end) - sample.tokens.count_before(
                span.start
            )
            first.setdefault(span.state, (span.step, span.label))
    for state, count in counts.items():
        if count > TOKENS:
            message = f"takes {count} tokens; split it: at most {TOKENS} a step"
            at = (*first[state], sample.case.name)
            yield Finding("atomic", Severity.ERROR, *at, message, "tokens")


def _long_result(step: Step) -> str | None:
    copied = {e.value for e in step.fetched}
    for said in step.solved:
        if said.value and len(said.value) > SYMBOLS and said.value not in copied:
            return said.value
    return None


def _repeated(table: Table, depth: int) -> Iterator[Finding]:
    """Emissions on a cycle that does not close their step: between two states, by Tarjan's
    order.
    """
    stacks = entries(table)
    for level in range(1, depth + 1):
        edges: dict[int, set[int]] = {s: set() for s, stack in stacks.items() if len(stack) > level}
        emitting: list[tuple[int, int, int]] = []
        for state in edges:
            for index in set(actions_of(table.states[state].tree)):
                action = table.actions[index]
                stays, said = _inside(table, stacks[state], action.utterances, level)
                if stays and action.next in edges:
                    edges[state].add(action.next)
                    emitting += [(state, action.next, utterance) for utterance in said]
        component = _components(edges)
        for state, following, utterance in emitting:
            u = table.utterances[utterance]
            if component[state] == component[following]:
                message = (
                    f"`{u.name}` can be said any number of times before the step closes "
                    f"({table.states[state].place}): make each time a step of its own"
                )
                yield Finding("atomic", Severity.ERROR, u.step, "", "", message, f"cycle {u.name}")


def _inside(
    table: Table, stack: Stack, says: tuple[int, ...], level: int
) -> tuple[bool, list[int]]:
    """Whether the step open at ``level`` stays open throughout, and what it says itself."""
    said = []
    for utterance in says:
        if (
            table.utterances[utterance].kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE)
            and len(stack) == level + 1
        ):
            said.append(utterance)
        stack = say(table, stack, utterance)
        if len(stack) <= level:
            return False, []
    return True, said


def _components(edges: dict[int, set[int]]) -> dict[int, int]:
    """The strongly connected components of a graph, by Tarjan's algorithm without recursion.

    A state alone, without an edge to itself, is told apart by having no partner: the caller asks
    about edges only.
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
