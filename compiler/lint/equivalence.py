"""States of a table that behave and speak alike from there on."""

from __future__ import annotations

from collections.abc import Hashable

from tm.table import Table
from tm.trees import Tree

UNDEFINED = -1
"""Class of every undefined situation; the halts have smaller numbers."""


def equivalent_states(table: Table) -> tuple[int, ...]:
    """Return a class for each state; two states of one class differ in nothing that can be seen.

    They read the same cells, write, move and say the same, and enter states of one class. Classes
    are refined until no state tells two members of one apart. Trees of equal effect but different
    order of reading count as different.
    """
    shapes = [_shape(state.tree) for state in table.states]
    trees = [[*_ordered_leaves(state.tree)] for state in table.states]
    classes = tuple(0 for _ in table.states)
    count = 1
    while True:
        outcomes = [action_outcome(table, classes, index) for index in range(len(table.actions))]
        numbers: dict[Hashable, int] = {}
        refined = tuple(
            numbers.setdefault(
                (shape, tuple(outcomes[leaf] if leaf >= 0 else UNDEFINED for leaf in tree)),
                len(numbers),
            )
            for shape, tree in zip(shapes, trees, strict=True)
        )
        if len(numbers) == count:
            return refined
        classes, count = refined, len(numbers)


def action_outcome(table: Table, classes: tuple[int, ...], index: int) -> Hashable:
    """Return what an action does and says, and the class of the state that it enters."""
    action = table.actions[index]
    return action.writes, action.moves, action.utterances, class_after(classes, action.next)


def class_after(classes: tuple[int, ...], after: int) -> int:
    """Return the class of a next state; that of a halt is below ``UNDEFINED``."""
    return classes[after] if after >= 0 else after - 1


def _shape(tree: Tree) -> Hashable:
    """Return the tree without its leaves, its cases sorted."""
    if isinstance(tree, int):
        return None
    cases = sorted(tree.cases, key=lambda case: min(case[0]))
    return tree.tape, tuple((symbols, _shape(subtree)) for symbols, subtree in cases)


def _ordered_leaves(tree: Tree) -> list[int]:
    """Return the leaves in the order of ``_shape``."""
    if isinstance(tree, int):
        return [tree]
    cases = sorted(tree.cases, key=lambda case: min(case[0]))
    return [leaf for _, subtree in cases for leaf in _ordered_leaves(subtree)]
