"""Decision trees, the form of a state: they select an action by the symbols under the heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple


class Branch(NamedTuple):
    """Inner node of a decision tree, which reads the cell under the head of ``tape``.

    ``cases`` pairs classes of symbols with subtrees; the classes are disjoint.
    """

    tape: int
    cases: tuple[tuple[frozenset[int], Tree], ...]

    def subtree(self, symbol: int) -> Tree | None:
        """Return the subtree for a symbol, or None if no case contains it."""
        for symbols, tree in self.cases:
            if symbol in symbols:
                return tree
        return None


Tree = Branch | int
"""A decision tree; a leaf is the index of an action, or ``~u`` for the undefined situation u."""


def leaves(tree: Tree) -> Iterator[int]:
    """Yield every leaf of a decision tree, in the order of its cases."""
    if isinstance(tree, int):
        yield tree
        return
    for _, subtree in tree.cases:
        yield from leaves(subtree)


def descend(tree: Tree, read: Callable[[int], int]) -> Tree:
    """Follow a decision tree by the symbols that ``read`` returns for its tapes.

    Returns
    -------
    The leaf, or the ``Branch`` that has no case for the symbol read.
    """
    while isinstance(tree, Branch):
        subtree = tree.subtree(read(tree.tape))
        if subtree is None:
            return tree
        tree = subtree
    return tree


def as_lists(tree: Tree) -> Any:
    """Return a tree as nested lists, with the symbols of each case sorted."""
    if isinstance(tree, int):
        return tree
    return [tree.tape, [[sorted(symbols), as_lists(t)] for symbols, t in tree.cases]]


def paths(
    tree: Tree, reads: dict[int, frozenset[int]]
) -> Iterator[tuple[dict[int, frozenset[int]], int]]:
    """Yield for every leaf with an action the classes of symbols that lead to it, by tape.

    A leaf that no symbol leads to, below two branches that read one tape, is left out.
    """
    if isinstance(tree, int):
        if tree >= 0:
            yield reads, tree
        return
    for symbols, subtree in tree.cases:
        known = reads.get(tree.tape)
        common = symbols if known is None else known & symbols
        if common:
            yield from paths(subtree, {**reads, tree.tape: common})


def normalize(tree: Tree, sizes: Sequence[int]) -> Tree:
    """Return the normal form of a tree, which selects the same leaf in every situation.

    In it every path reads a tape at most once, symbols with equal subtrees share a case, cases are
    sorted by their least symbol, and a branch whose symbols all have the same subtree is replaced
    by that subtree. ``sizes`` holds the number of symbols of each tape.
    """
    normal = _normalize(tree, sizes, {}, {})
    return Branch(0, ()) if normal is None else normal


def _normalize(
    tree: Tree, sizes: Sequence[int], read: dict[int, int], tapes: dict[int, frozenset[int]]
) -> Tree | None:
    """Return the normal form of a subtree, given the symbols read so far; None if it has no leaf
    for them. ``tapes`` is the memory of ``_tapes_read``.
    """
    while not isinstance(tree, int) and tree.tape in read:
        subtree = tree.subtree(read[tree.tape])
        if subtree is None:
            return None
        tree = subtree
    if isinstance(tree, int):
        return tree
    cases: dict[Tree, set[int]] = {}
    for symbols, below in tree.cases:
        # Symbols share a normal form if the tape is not read again below.
        again = tree.tape in _tapes_read(below, tapes)
        for group in ({symbol} for symbol in symbols) if again else (symbols,):
            normal = _normalize(below, sizes, {**read, tree.tape: next(iter(group))}, tapes)
            if normal is not None:
                cases.setdefault(normal, set()).update(group)
    if len(cases) == 1 and len(next(iter(cases.values()))) == sizes[tree.tape]:
        return next(iter(cases))
    by_least = sorted(cases.items(), key=lambda case: min(case[1]))
    return Branch(tree.tape, tuple((frozenset(symbols), below) for below, symbols in by_least))


def _tapes_read(tree: Tree, known: dict[int, frozenset[int]]) -> frozenset[int]:
    """Return the tapes that the paths of a tree read; ``known`` holds results, by ``id``."""
    if isinstance(tree, int):
        return frozenset()
    tapes = known.get(id(tree))
    if tapes is None:
        tapes = frozenset((tree.tape,)).union(*(_tapes_read(t, known) for _, t in tree.cases))
        known[id(tree)] = tapes
    return tapes


def with_actions(tree: Tree, indices: list[int]) -> Tree:
    """Return a tree with action a replaced by ``indices[a]``."""
    if isinstance(tree, int):
        return indices[tree] if tree >= 0 else tree
    return Branch(tree.tape, tuple((c, with_actions(t, indices)) for c, t in tree.cases))
