from collections import Counter
from typing import Any

import pytest

import tasks
from tasks.simulation.bubble_sort import NumberList
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
)


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


def test_at_most_50_numbers_have_names() -> None:
    values = tuple(range(50))
    NumberList(values=values)
    with pytest.raises(ValueError, match="cannot begin"):
        NumberList(values=(*values, 51))


def test_names_for_more_than_35_numbers_go_on_with_capital_letters() -> None:
    task = tasks.get("bubble_sort", ranges={"X": (36, 50)})
    assert "zz Aa" in task.tapes(NumberList(values=tuple(range(36))))["place"]
    assert NumberList(values=tuple(range(35)), first="aj").names[-1] == "zz"
    for first in ("ak", "Aa"):
        with pytest.raises(ValueError, match="cannot begin"):
            NumberList(values=tuple(range(35)), first=first)
    sample = draw_instances(task, "X", 10)
    expected = [", ".join(map(str, sorted(instance.values))) for instance in sample]
    assert machine_answers(task, sample) == expected


def test_orders_and_names_are_drawn_uniformly() -> None:
    sample = draw_instances(tasks.get("bubble_sort", ranges={"X": (3, 3)}), "X", SAMPLE_SIZE)
    orders = Counter(tuple(sorted(range(3), key=i.values.__getitem__)) for i in sample)
    assert len(orders) == 6
    assert all(abs(n / SAMPLE_SIZE - 1 / 6) < MAX_DEVIATION for n in orders.values())
    assert {len(instance.first) for instance in sample} == {2}
    letters = Counter(instance.first[1] for instance in sample)
    assert len(letters) == 26
    assert all(abs(n / SAMPLE_SIZE - 1 / 26) < MAX_DEVIATION for n in letters.values())
