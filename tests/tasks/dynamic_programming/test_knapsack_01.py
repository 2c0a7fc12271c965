from itertools import product
from typing import Any

import pytest

import tasks
from compiler import render
from tasks.dynamic_programming.knapsack_01 import Knapsack
from tests.support.oracles.dynamic_programming.knapsack_01 import answer
from tests.support.tasks.task_samples import (
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
    trace_of,
)


@pytest.mark.parametrize(
    "fields",
    [
        {"weights": (), "values": ()},
        {"weights": (1,)},
        {"weights": (0, 3)},
        {"weights": (2, 10)},
        {"weights": (2.0, 3)},
        {"values": (1, 21)},
        {"values": (0, 1)},
        {"values": (True, 1)},
        {"capacity": 2},
        {"capacity": 16},
        {"capacity": "5"},
        {"capacity": 5.0},
    ],
    ids=str,
)
def test_invalid_knapsacks_are_rejected(fields: dict[str, Any]) -> None:
    good: dict[str, Any] = {"weights": (2, 3), "values": (1, 20), "capacity": 3}
    Knapsack(**good)
    with pytest.raises(ValueError, match="knapsack_01"):
        Knapsack(**good | fields)


@pytest.mark.parametrize("first", ["", "a", "y", "B", "bb", "?"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    """Two items need one letter before and one after them."""
    for good in "bx":
        Knapsack(weights=(2, 3), values=(1, 20), capacity=5, first=good)
    with pytest.raises(ValueError, match=r"names items by one letter|places cannot begin"):
        Knapsack(weights=(2, 3), values=(1, 20), capacity=5, first=first)


def test_every_small_knapsack_is_solved() -> None:
    task = tasks.get("knapsack_01")
    sample = [
        Knapsack(weights=weights, values=values, capacity=capacity)
        for n in (1, 2, 3)
        for weights in product(range(1, 5), repeat=n)
        for values in product((1, 9, 20), repeat=n)
        for capacity in range(min(weights) + 1, 11)
    ]
    assert machine_answers(task, sample) == [*map(answer, sample)]


def test_count_equals_an_enumeration() -> None:
    task = tasks.get("knapsack_01")
    for n in (1, 2, 3):
        weights = product(range(1, 10), repeat=n)
        assert task.count(n) == 20**n * sum(15 - min(each) for each in weights)


def test_the_largest_knapsacks_are_solved() -> None:
    """These have the greatest possible value and the greatest possible number of cells."""
    task = tasks.get("knapsack_01")
    for weights, capacity in (((1,) * 8, 15), ((1, 1, 2, 3, 4, 5, 6, 7), 15)):
        instance = Knapsack(weights=weights, values=(20,) * 8, capacity=capacity)
        assert task.answer(instance) == answer(instance)
    assert answer(Knapsack(weights=(1,) * 8, values=(20,) * 8, capacity=15)) == "160"


@pytest.mark.parametrize("n", range(2, 9))
def test_the_cost_of_a_cell_does_not_grow_with_the_memo(n: int) -> None:
    """A look-up in the memo moves along one row, so its cost depends on the capacity only."""
    task = tasks.get("knapsack_01")
    instance = Knapsack(weights=(1, 1, 1, 1, 8, 4, 2, 1)[-n:], values=(20,) * n, capacity=15)
    result = task.run(instance)
    cells = render(task.table, trace_of(task, instance)).string.count("\nask ")
    assert cells > n
    assert result.transitions < 10 * 16 * cells


def greedy(instance, worth):
    room, total = instance.capacity, 0
    items = zip(instance.weights, instance.values, strict=True)
    for weight, value in sorted(items, key=worth, reverse=True):
        if weight <= room:
            room, total = room - weight, total + value
    return total


GUESSERS = {
    "all": lambda i: sum(i.values),
    "the most valuable": lambda i: max(i.values),
    "the most valuable first": lambda i: greedy(i, lambda item: item[1]),
    "the lightest first": lambda i: greedy(i, lambda item: -item[0]),
    "the most value for its weight first": lambda i: greedy(i, lambda item: item[1] / item[0]),
}


@pytest.mark.parametrize("rule", GUESSERS)
@pytest.mark.parametrize("range_name", ["M", "L"])
def test_no_simple_rule_is_mostly_right(rule: str, range_name: str) -> None:
    sample = draw_instances(tasks.get("knapsack_01"), range_name, 1000)
    assert sum(GUESSERS[rule](i) == int(answer(i)) for i in sample) / 1000 < 0.6


def test_half_of_the_knapsacks_of_three_items_defeat_both_greedy_rules() -> None:
    """With two items, taking the most valuable item first is always right."""
    value, density = (
        GUESSERS["the most valuable first"],
        GUESSERS["the most value for its weight first"],
    )
    for n, rules in ((2, (density,)), (3, (value, density))):
        sample = draw_instances(tasks.get("knapsack_01"), n, 1000)
        defeated = sum(all(rule(i) != int(answer(i)) for rule in rules) for i in sample)
        assert 450 < defeated < 600


def test_all_weights_values_capacities_and_names_are_drawn() -> None:
    sample = draw_instances(tasks.get("knapsack_01", ranges={"X": (3, 3)}), "X", SAMPLE_SIZE)
    assert {weight for i in sample for weight in i.weights} == set(range(1, 10))
    assert {value for i in sample for value in i.values} == set(range(1, 21))
    assert {i.capacity for i in sample} == set(range(2, 16))
    assert len({i.first for i in sample}) == 22
