from collections import Counter

import pytest

import tasks
from tasks.simulation.bubble_sort import NumberList
from tests.support.task_samples import COUNT, SPREAD, drawn


@pytest.mark.parametrize(
    "values",
    [(), (1, 1), (10_000,), (-10_000, 0), (True, 5), (1.0,), ("1",)],
    ids=str,
)
def test_numbers_that_are_no_instance(values):
    with pytest.raises(ValueError, match="bubble_sort"):
        NumberList(values=values)


@pytest.mark.parametrize("letter", ["", "y", "A", "é", "ab", "_"])
def test_letters_that_do_not_begin_a_row(letter):
    NumberList(values=(1, 2), place="x", round="x")
    for field in ("place", "round"):
        with pytest.raises(ValueError, match=r"cannot begin|names places by one letter"):
            NumberList(values=(1, 2), **{field: letter})


def test_every_order_is_sorted():
    sample = drawn(tasks.get("bubble_sort", ranges={"X": (3, 3)}), "X", COUNT)
    orders = Counter(tuple(sorted(range(3), key=i.values.__getitem__)) for i in sample)
    assert len(orders) == 6
    assert all(abs(n / COUNT - 1 / 6) < SPREAD for n in orders.values())
    letters = Counter(instance.place for instance in sample)
    assert len(letters) == 23
    assert all(abs(n / COUNT - 1 / 23) < SPREAD for n in letters.values())
