"""Decision trees: leaves, descent, normal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tm.trees
from tm.pipeline import check_text
from tm.trees import Branch, Tree, descend, leaves, normalize

SIZES = [2, 3, 2]


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> Tree:
    """Return a random tree over tapes of ``SIZES``, which may read a tape again."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.integers(-2, 3))
    tape = draw(st.integers(0, len(SIZES) - 1))
    groups: dict[int, set[int]] = {}
    for symbol in range(SIZES[tape]):
        groups.setdefault(draw(st.integers(0, 3)), set()).add(symbol)
    cases = [(frozenset(symbols), draw(trees(depth - 1))) for g, symbols in groups.items() if g]
    return Branch(tape, tuple(cases))


SITUATIONS = st.tuples(*(st.integers(0, size - 1) for size in SIZES))


def leaf_for(tree: Tree, situation: tuple[int, ...]) -> int | None:
    """Return the leaf for a situation, or None where there is no case."""
    result = descend(tree, situation.__getitem__)
    return result if isinstance(result, int) else None


def test_leaves_are_in_the_order_of_the_cases() -> None:
    inner = Branch(1, ((frozenset([2]), 7), (frozenset([0]), ~0)))
    tree = Branch(0, ((frozenset([1]), inner), (frozenset([0]), 7)))
    assert list(leaves(tree)) == [7, ~0, 7]
    assert list(leaves(3)) == [3]


def test_descent_ends_at_a_leaf_or_at_the_branch_without_a_case() -> None:
    inner = Branch(1, ((frozenset([2]), 7),))
    tree = Branch(0, ((frozenset([1]), inner), (frozenset([0]), 5)))
    assert descend(tree, [0, 0].__getitem__) == 5
    assert descend(tree, [1, 2].__getitem__) == 7
    assert descend(tree, [1, 1].__getitem__) is inner


@given(trees(), SITUATIONS)
def test_the_normal_form_selects_the_same_leaf(tree: Tree, situation: tuple[int, ...]) -> None:
    assert leaf_for(normalize(tree, SIZES), situation) == leaf_for(tree, situation)


@given(trees())
def test_the_normal_form_is_normal(tree: Tree) -> None:
    normal = normalize(tree, SIZES)
    assert normalize(normal, SIZES) == normal

    def check(subtree: Tree, read: frozenset[int]) -> None:
        if isinstance(subtree, int):
            return
        assert subtree.tape not in read
        symbols = [min(case) for case, _ in subtree.cases]
        assert symbols == sorted(symbols)
        assert len({below for _, below in subtree.cases}) == len(subtree.cases)
        for _, below in subtree.cases:
            check(below, read | {subtree.tape})

    check(normal, frozenset())


def test_symbols_that_share_a_subtree_are_normalized_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One by one, the nine digits that are not 0 would take 9**9 calls over nine tapes."""
    calls = 0
    original = tm.trees._normalize

    def counting(*args: object) -> Tree | None:
        nonlocal calls
        calls += 1
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(tm.trees, "_normalize", counting)
    tapes = [f"t{index}" for index in range(9)]
    any_zero = " or ".join(f"{tape} == 0" for tape in tapes)
    source = f"tape {', '.join(tapes)}: '0'..'9'\nmain {{ if {any_zero} {{ reject }} }}"
    table = check_text(source).table
    assert sum(1 for _ in table.rows()) == 10
    assert calls < 200
