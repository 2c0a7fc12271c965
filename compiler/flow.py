"""What is certain on the table alone, without a run: which operands a step has said whenever it
speaks.

A forward search over the states: to each belongs the stack of steps that are open on entry, and for
each of them the operand names said since it opened on *every* path. Where two paths
meet, what both have said remains.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tm.speech import UtteranceKind
from tm.table import Branch, Table, Tree


class OpenStep(NamedTuple):
    """An open step: its opening utterance (−1: outside every step) and the operands surely said in
    it.
    """

    opening: int
    said: frozenset[str]


Stack = tuple[OpenStep, ...]
OUTSIDE: Stack = (OpenStep(-1, frozenset()),)


def actions_of(tree: Tree) -> Iterator[int]:
    """The actions at the leaves of a state's tree, holes left out."""
    if isinstance(tree, Branch):
        for _, subtree in tree.cases:
            yield from actions_of(subtree)
    elif tree >= 0:
        yield tree


def say(table: Table, stack: Stack, utterance: int) -> Stack:
    """The stack after an utterance."""
    said = table.utterances[utterance]
    if said.kind is UtteranceKind.OPEN:
        return (*stack, OpenStep(utterance, frozenset()))
    if said.kind is UtteranceKind.CLOSE:
        return stack[:-1] or OUTSIDE
    top = stack[-1]
    return (*stack[:-1], top._replace(said=top.said | {said.name}))


def meet(a: Stack, b: Stack, table: Table) -> Stack:
    """What two paths that meet are both sure of; open_steps are kept while their steps agree."""
    open_steps = []
    for x, y in zip(a, b, strict=False):
        if _step(table, x) != _step(table, y):
            break
        open_steps.append(OpenStep(x.opening, x.said & y.said))
    return tuple(open_steps) or OUTSIDE


def _step(table: Table, frame: OpenStep) -> str:
    return table.utterances[frame.opening].step if frame.opening >= 0 else ""


def entries(table: Table) -> dict[int, Stack]:
    """The stack on entry of every state that can be reached."""
    known: dict[int, Stack] = {0: OUTSIDE}
    todo = [0]
    while todo:
        state = todo.pop()
        for index in set(actions_of(table.states[state].tree)):
            action = table.actions[index]
            if action.next < 0:
                continue
            stack = known[state]
            for utterance in action.utterances:
                stack = say(table, stack, utterance)
            if action.next in known:
                stack = meet(known[action.next], stack, table)
            if known.get(action.next) != stack:
                known[action.next] = stack
                todo.append(action.next)
    return known


def surely_said(table: Table) -> dict[int, frozenset[str]]:
    """For every utterance that can be said: the operands its step has said before it, on every
    path.
    """
    sure: dict[int, frozenset[str]] = {}
    for state, entry in entries(table).items():
        for index in set(actions_of(table.states[state].tree)):
            stack = entry
            for utterance in table.actions[index].utterances:
                said = stack[-1].said
                sure[utterance] = sure.get(utterance, said) & said
                stack = say(table, stack, utterance)
    return sure
