from collections import Counter
from typing import Any

import pytest

import tasks
from tasks.simulation.bubble_sort import NumberList
from tests.support.tasks.task_samples import MAX_DEVIATION, SAMPLE_SIZE, draw_instances


@pytest.mark.parametrize(
    "values",
    [(), (1, 1), (10_000,), (-10_000, 0), (True, 5), (1.0,), ("1",)],
    ids=str,
)
def test_invalid_numbers_are_rejected(values: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="bubble_sort"):
        NumberList(values=values)


@pytest.mark.parametrize("first", ["", "zu", "u", "A", "é", "abc", "_"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    NumberList(values=(1, 2), first="zt")
    NumberList(values=(1, 2), first="t")
    with pytest.raises(ValueError, match="cannot begin"):
        NumberList(values=(1, 2), first=first)


def test_at_most_35_numbers_have_names() -> None:
    values = tuple(range(35))
    NumberList(values=values)
    with pytest.raises(ValueError, match="cannot begin"):
        NumberList(values=(*values, 36))


def test_orders_and_names_are_drawn_uniformly() -> None:
    sample = draw_instances(tasks.get("bubble_sort", ranges={"X": (3, 3)}), "X", SAMPLE_SIZE)
    orders = Counter(tuple(sorted(range(3), key=i.values.__getitem__)) for i in sample)
    assert len(orders) == 6
    assert all(abs(n / SAMPLE_SIZE - 1 / 6) < MAX_DEVIATION for n in orders.values())
    assert {len(instance.first) for instance in sample} == {2}
    letters = Counter(instance.first[1] for instance in sample)
    assert len(letters) == 26
    assert all(abs(n / SAMPLE_SIZE - 1 / 26) < MAX_DEVIATION for n in letters.values())
