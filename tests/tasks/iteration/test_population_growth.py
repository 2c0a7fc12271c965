from collections import Counter
from typing import Any

import pytest

import tasks
from tasks.iteration.population_growth import Population, _name_count
from tests.support.oracles.iteration.population_growth import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
)

TASK = "population_growth"


@pytest.mark.parametrize(
    ("n", "x", "y", "z", "message"),
    [
        (3, 1, 5, 1, "2 ≤ x < n"),
        (3, 3, 5, 1, "2 ≤ x < n"),
        (2, 2, 5, 1, "2 ≤ x < n"),
        (9, 4, 0, 1, "1 ≤ y ≤ 999"),
        (9, 4, 1000, 1, "1 ≤ y ≤ 999"),
        (9, 4, 5, 0, "1 ≤ z ≤ 3"),
        (9, 4, 5, 4, "1 ≤ z ≤ 3"),
        (9, 4, 5.0, 1, "takes integers"),
        (9, 4, True, 1, "takes integers"),
        ("9", 4, 5, 1, "takes integers"),
    ],
)
def test_invalid_populations_are_rejected(n: int, x: int, y: Any, z: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Population(n=n, x=x, y=y, z=z)


@pytest.mark.parametrize("first", ["zv", "v", "a", "?", "aa", ""])
def test_invalid_first_names_are_rejected(first: str) -> None:
    Population(n=3, x=2, y=5, z=1, first="zu")
    with pytest.raises(ValueError, match="places cannot begin"):
        Population(n=3, x=2, y=5, z=1, first=first)


@pytest.mark.parametrize(
    "changed",
    [
        {"n": "2"},
        {"n": "09"},
        {"n": "-9"},
        {"n": "9 "},
        {"x": "9"},
        {"y": "0"},
        {"y": "5.0"},
        {"y": "1000"},
        {"z": "4"},
        {"z": ""},
        {"n": "1000"},
    ],
)
def test_numbers_that_pose_no_problem_are_refused(changed: dict[str, str]) -> None:
    task = tasks.get(TASK)
    draws = tasks.Stream("names").at(0)
    words = {"n": "9", "x": "4", "y": "5", "z": "1"}
    assert task.pose(draws, words) == Population(n=9, x=4, y=5, z=1)
    with pytest.raises(ValueError, match=r"population_growth takes|places cannot begin"):
        task.pose(draws, words | changed)


def test_a_question_about_unit_250_is_answered() -> None:
    instance = Population(n=250, x=125, y=999, z=3)
    assert tasks.get(TASK).answer(instance) == answer(instance)


def test_every_growth_of_few_units_is_solved() -> None:
    task = tasks.get(TASK)
    sample = [
        Population(n=n, x=x, y=y, z=z)
        for n in range(3, 11)
        for x in range(2, n)
        for y in (1, 4, 5, 9, 10, 99, 100, 333, 334, 999)
        for z in (1, 2, 3)
    ]
    assert machine_answers(task, sample) == [*map(answer, sample)]


@pytest.mark.parametrize("n", [3, 4, 10, 25, 50, 80])
def test_there_are_names_for_the_longest_number_and_one_place_more(n: int) -> None:
    for x in range(2, n):
        assert len(answer(Population(n=n, x=x, y=999, z=3))) + 2 <= _name_count(n, x)


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_all_parameters_are_drawn(range_name: str) -> None:
    sample = draw_instances(tasks.get(TASK), range_name, SAMPLE_SIZE)
    _, high = tasks.get(TASK).length_range(range_name)
    assert {i.x for i in sample} == set(range(2, high))
    assert {i.z for i in sample} == {1, 2, 3}
    digits = Counter(len(str(i.y)) for i in sample)
    assert digits.keys() == {1, 2, 3}
    for length, share in {1: 9 / 999, 2: 90 / 999, 3: 900 / 999}.items():
        assert abs(digits[length] / SAMPLE_SIZE - share) < MAX_DEVIATION


def test_linear_growth_is_not_enough() -> None:
    """Linear growth ignores the offspring of the offspring."""
    sample = draw_instances(tasks.get(TASK), "S", 2000)
    right = sum(str(i.y * (1 + i.z * (i.n - i.x + 1))) == answer(i) for i in sample)
    assert right / 2000 < 0.65
