from collections import Counter
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

import tasks
from tasks.simulation.large_number_division import NUMBER, Division
from tests.support.oracles.simulation.large_number_division import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    all_problems,
    digit_count,
    draw_instances,
    machine_answers,
)


@pytest.mark.parametrize(
    "fields",
    [
        *(
            {key: number}
            for key in "xy"
            for number in ("", "-1", "01", "00.5", "0.", "5.", "0.001")
        ),
        {"x": "1e3"},
        {"x": "１"},
        {"y": "0"},
        {"y": "0.0"},
        {"places": 0},
        {"places": 6},
        {"places": True},
        {"first": "d"},
        {"first": "w"},
        {"first": "E"},
        {"first": "ad"},
        {"first": "zw"},
    ],
    ids=str,
)
def test_invalid_divisions_are_rejected(fields: dict[str, Any]) -> None:
    good: dict[str, Any] = {"x": "0.05", "y": "12", "places": 2, "first": "e"}
    Division(**good)
    with pytest.raises(ValueError, match=r"large_number_division|places cannot begin"):
        Division(**good | fields)


def test_every_quotient_of_small_numbers_is_solved() -> None:
    task = tasks.get("large_number_division")
    numbers = [*map(str, range(40)), *(f"{n // 10}.{n % 10}" for n in range(30)), "0.05", "0.012"]
    sample = [
        Division(x=x, y=y, places=places)
        for x, y in product(numbers, repeat=2)
        for places in (1, 3)
        if Fraction(y)
    ]
    assert machine_answers(task, sample) == [*map(answer, sample)]


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_quotients_of_every_size_are_drawn(range_name: str) -> None:
    task = tasks.get("large_number_division")
    low, high = task.length_range(range_name)
    sample = draw_instances(task, range_name, SAMPLE_SIZE)
    quotients = [answer(i) for i in sample]
    assert sum(float(quotient) > 0 for quotient in quotients) / SAMPLE_SIZE > 0.9
    assert sum(float(quotient) >= 10 for quotient in quotients) / SAMPLE_SIZE > 0.15
    if range_name == "S":
        assert 0.4 < sum(float(quotient) < 10 for quotient in quotients) / SAMPLE_SIZE < 0.7
    for count in (
        Counter(i.places for i in sample),
        Counter(digit_count(i.x) for i in sample),
        Counter(digit_count(i.y) for i in sample),
    ):
        assert all(abs(n / SAMPLE_SIZE - 1 / len(count)) < MAX_DEVIATION for n in count.values())
    assert {digit_count(i.x) for i in sample} == set(range(low, high + 1))


def test_rounding_or_dropping_zeros_is_wrong() -> None:
    task = tasks.get("large_number_division")
    instance = Division(x="2", y="3", places=2)
    assert task.answer(instance) == "0.66"
    assert not task.check(instance, "answer: 0.67").correct
    instance = Division(x="5", y="2", places=3)
    assert task.check(instance, "answer: 2.500").correct
    assert not task.check(instance, "answer: 2.5").correct


def test_count_equals_an_enumeration() -> None:
    texts = [f"{n:0{k}d}" for k in (1, 2, 3) for n in range(10**k)]
    texts += [text[:point] + "." + text[point:] for text in texts for point in range(1, len(text))]
    numbers = [text for text in texts if NUMBER.fullmatch(text)]
    counts = Counter(digit_count(text) for text in numbers)
    divisors = Counter(digit_count(text) for text in numbers if Fraction(text))
    task = tasks.get("large_number_division")
    for n, m in product((1, 2, 3), repeat=2):
        assert task.count(n, m) == 5 * counts[n] * divisors[m]


def test_unrank_yields_every_division_once() -> None:
    task = tasks.get("large_number_division")
    divisions = all_problems(task, 1, 2)
    assert len({division.digest for division in divisions}) == len(divisions)
