"""The graphs of a machine: its states with their rules, and its steps in the order of the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tm.display import rule_texts
from tm.speech import UtteranceKind
from tm.support.escaping import escape_name
from tm.table import ACCEPT, OUTCOME_NAMES, REJECT, Table

MAX_LABELS_PER_EDGE = 8
"""Rules that an edge shows; the number of the others follows."""

_START = -3
"""Number of the time before the first step, smaller than ``ACCEPT`` and ``REJECT``."""


class Graph(NamedTuple):
    """A directed graph with texts.

    Attributes
    ----------
    nodes
        Names of the nodes.
    first
        Indices of the nodes in which a run can begin.
    final
        Indices of the nodes in which a run halts.
    edges
        The labels of each edge, one a line, by the indices of its two nodes.
    """

    nodes: tuple[str, ...]
    first: tuple[int, ...]
    final: frozenset[int]
    edges: Mapping[tuple[int, int], tuple[str, ...]]


def state_graph(table: Table) -> Graph:
    """Return the states of a table; each edge has the rules that lead from one to the other."""
    rules: dict[tuple[int, int], list[str]] = {}
    for row in table.rows():
        label = " → ".join(filter(None, rule_texts(table, row)))
        rules.setdefault((row.state, table.actions[row.action].next), []).append(label)
    edges = {edge: _shortened(labels) for edge, labels in rules.items()}
    return _graph(table.state_names, {(_START, 0): ()} | edges)


def step_graph(table: Table) -> Graph:
    """Return the steps of a machine; an edge leads to each step that can be the next to open.

    Steps are those of all levels. The table allows every edge: the steps of a text follow them, and
    there may be an edge that no input needs.

    Raises
    ------
    ValueError
        If the machine has no steps.
    """
    opened = [
        [u.step for u in map(table.utterances.__getitem__, action.utterances)
         if u.kind is UtteranceKind.OPEN]
        for action in table.actions
    ]  # fmt: skip
    numbers: dict[str, int] = {}
    for steps in opened:
        for step in steps:
            numbers.setdefault(step, len(numbers))
    if not numbers:
        raise ValueError(f"{table.name} has no steps; leave out --steps to draw its states")
    edges: dict[tuple[int, int], tuple[str, ...]] = {}
    # The steps that can have opened last when a state is entered, until no more are found.
    last: list[set[int]] = [{_START}, *(set() for _ in table.states[1:])]
    todo = [0]
    while todo:
        state = todo.pop()
        for index in dict.fromkeys(table.states[state].actions):
            current = set(last[state])
            for step in opened[index]:
                edges |= {(before, numbers[step]): () for before in current}
                current = {numbers[step]}
            after = table.actions[index].next
            if after < 0:
                edges |= {(before, after): () for before in current}
            elif not current <= last[after]:
                last[after] |= current
                todo.append(after)
    return _graph(tuple(map(escape_name, numbers)), edges)


def _graph(names: tuple[str, ...], edges: Mapping[tuple[int, int], tuple[str, ...]]) -> Graph:
    """Return a graph from edges that may begin in ``_START`` and end in a halt."""
    halts = [halt for halt in (ACCEPT, REJECT) if any(after == halt for _, after in edges)]
    indices = {halt: len(names) + i for i, halt in enumerate(halts)}
    ends = {
        (before, indices.get(after, after)): labels
        for (before, after), labels in sorted(edges.items())
    }
    return Graph(
        nodes=(*names, *(OUTCOME_NAMES[~halt] for halt in halts)),
        first=tuple(after for before, after in ends if before == _START),
        final=frozenset(indices.values()),
        edges={edge: labels for edge, labels in ends.items() if edge[0] != _START},
    )


def _shortened(labels: list[str]) -> tuple[str, ...]:
    """Return the labels, or the first of them and the number of the others."""
    others = len(labels) - MAX_LABELS_PER_EDGE + 1
    if others <= 1:
        return tuple(labels)
    return (*labels[: MAX_LABELS_PER_EDGE - 1], f"and {others} more rules")
