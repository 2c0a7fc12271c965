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


@pytest.mark.parametrize("letter", ["", "y", "A", "é", "ab", "_"])
def test_invalid_first_names_are_rejected(letter: str) -> None:
    NumberList(values=(1, 2), place="x", round="x")
    for field in ("place", "round"):
        with pytest.raises(ValueError, match=r"cannot begin|names places by one letter"):
            NumberList(values=(1, 2), **{field: letter})


def test_orders_and_letters_are_drawn_uniformly() -> None:
    sample = draw_instances(tasks.get("bubble_sort", ranges={"X": (3, 3)}), "X", SAMPLE_SIZE)
    orders = Counter(tuple(sorted(range(3), key=i.values.__getitem__)) for i in sample)
    assert len(orders) == 6
    assert all(abs(n / SAMPLE_SIZE - 1 / 6) < MAX_DEVIATION for n in orders.values())
    letters = Counter(instance.place for instance in sample)
    assert len(letters) == 23
    assert all(abs(n / SAMPLE_SIZE - 1 / 23) < MAX_DEVIATION for n in letters.values())
