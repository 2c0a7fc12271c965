"""Static analysis of a table: which operands a step has named before each of its utterances.

A forward search over the states keeps, for each state, the stack of steps that are open on entry
and, for each of them, the operands that *every* path from the step's opening has named. Where two
paths meet, the operands that both have named remain.
"""

from __future__ import annotations

from typing import NamedTuple

from tm.speech import UtteranceKind
from tm.table import Table


class OpenStep(NamedTuple):
    """A step that is open.

    Attributes
    ----------
    opening
        Index of its opening utterance; −1 outside every step.
    operands
        Names of the operands that every path to this point has named.
    """

    opening: int
    operands: frozenset[str]


Stack = tuple[OpenStep, ...]
"""The open steps, the outermost first, above an entry for what is outside of every step."""

OUTSIDE: Stack = (OpenStep(-1, frozenset()),)


def stack_after(table: Table, stack: Stack, utterance: int) -> Stack:
    """Return the stack after an utterance."""
    u = table.utterances[utterance]
    if u.kind is UtteranceKind.OPEN:
        return (*stack, OpenStep(utterance, frozenset()))
    if u.kind is UtteranceKind.CLOSE:
        return stack[:-1] or OUTSIDE
    top = stack[-1]
    return (*stack[:-1], top._replace(operands=top.operands | {u.name}))


def meet(a: Stack, b: Stack, table: Table) -> Stack:
    """Return what holds on both of two paths that meet: the common steps, the common operands."""
    open_steps = []
    for x, y in zip(a, b, strict=False):
        if _step_name(table, x) != _step_name(table, y):
            break
        open_steps.append(OpenStep(x.opening, x.operands & y.operands))
    return tuple(open_steps) or OUTSIDE


def _step_name(table: Table, step: OpenStep) -> str:
    return table.utterances[step.opening].step if step.opening >= 0 else ""


def entry_stacks(table: Table) -> dict[int, Stack]:
    """Return the stack on entry of every reachable state."""
    stacks: dict[int, Stack] = {0: OUTSIDE}
    todo = [0]
    while todo:
        state = todo.pop()
        for index in set(table.states[state].actions):
            action = table.actions[index]
            if action.next < 0:
                continue
            stack = stacks[state]
            for utterance in action.utterances:
                stack = stack_after(table, stack, utterance)
            if action.next in stacks:
                stack = meet(stacks[action.next], stack, table)
            if stacks.get(action.next) != stack:
                stacks[action.next] = stack
                todo.append(action.next)
    return stacks


def definite_operands(table: Table) -> dict[int, frozenset[str]]:
    """Return, for every reachable utterance, the operands that its step has always named before."""
    definite: dict[int, frozenset[str]] = {}
    for state, entry in entry_stacks(table).items():
        for index in set(table.states[state].actions):
            stack = entry
            for utterance in table.actions[index].utterances:
                operands = stack[-1].operands
                definite[utterance] = definite.get(utterance, operands) & operands
                stack = stack_after(table, stack, utterance)
    return definite
