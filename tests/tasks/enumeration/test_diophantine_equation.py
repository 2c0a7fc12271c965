from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest

import tasks
from compiler.lint.rules.covered import Elementary, elementary
from compiler.steps import decode, steps_with_next
from tasks.enumeration.diophantine_equation import Equation
from tests.support.oracles.enumeration.diophantine_equation import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    all_problems,
    draw_instances,
    machine_answers,
    trace_of,
)
from tm.speech import READ


@pytest.mark.parametrize(
    "fields",
    [
        {"x": 1},
        {"y": 21},
        {"x": 2.0},
        {"y": True},
        {"n": 9},
        {"n": 5000},
        {"n": "30"},
        {"n": 30.0},
        {"first": "zv"},
        {"first": "aa"},
        {"first": "a"},
        {"first": ""},
    ],
    ids=str,
)
def test_invalid_equations_are_rejected(fields: dict[str, Any]) -> None:
    good: dict[str, Any] = {"x": 2, "y": 20, "n": 30, "first": "bc"}
    Equation(**good)
    with pytest.raises(ValueError, match=r"diophantine_equation|places cannot begin"):
        Equation(**good | fields)


@pytest.fixture(scope="module")
def short() -> list[Equation]:
    """Return every problem of S."""
    task = tasks.get("diophantine_equation")
    return [equation for n in range(10, 51) for equation in all_problems(task, n)]


def test_the_oracle_agrees_with_brute_force(short: list[Equation]) -> None:
    for i in short:
        pairs = product(range(i.n // i.x + 1), range(i.n // i.y + 1))
        brute = [(a, b) for a, b in pairs if i.x * a + i.y * b == i.n]
        assert answer(i) == (", ".join(map(str, brute)) or "none")


def test_every_short_equation_is_solved(short: list[Equation]) -> None:
    task = tasks.get("diophantine_equation")
    assert len(set(short)) == len(short) == 41 * 19**2
    assert machine_answers(task, short) == [*map(answer, short)]


def results(instances: Iterable[Equation]) -> set[Elementary]:
    """Return the elementary results of the texts: what steps fetch and solve."""
    task = tasks.get("diophantine_equation")
    return {
        elementary(step, following)
        for instance in instances
        for step, following in steps_with_next(decode(task.table, trace_of(task, instance)), 1)
    }


def test_no_number_appears_first_in_a_label() -> None:
    """Digits are fetched and solved by name; labels consist of names alone."""
    task = tasks.get("diophantine_equation")
    for instance in draw_instances(task, "L", 20):
        for step in decode(task.table, trace_of(task, instance)).walk(1):
            assert step.name == READ or not any(map(str.isdigit, step.label))


@pytest.mark.parametrize(
    "changed", [{"x": "1"}, {"y": "21"}, {"n": "9"}, {"n": "010"}, {"n": "-9"}, {"n": "9999"}]
)
def test_questions_without_a_problem_are_rejected(changed: dict[str, str]) -> None:
    task, draws = tasks.get("diophantine_equation"), tasks.Stream("names").at(0)
    words = {"x": "2", "y": "20", "n": "30"}
    assert task.words(task.pose(draws, words)) == words
    with pytest.raises(ValueError, match=r"diophantine_equation|names are too few"):
        task.pose(draws, words | changed)


@pytest.mark.parametrize("range_name", ["M", "L"])
def test_short_equations_show_all_results_of_long_ones(
    short: list[Equation], range_name: str
) -> None:
    assert results(draw_instances(tasks.get("diophantine_equation"), range_name, 1000)) <= results(
        short
    )


def test_coefficients_are_drawn_uniformly() -> None:
    sample = draw_instances(tasks.get("diophantine_equation"), "L", SAMPLE_SIZE)
    for name in "xy":
        counts = Counter(getattr(i, name) for i in sample)
        assert set(counts) == set(range(2, 21))
        assert all(abs(n / SAMPLE_SIZE - 1 / 19) < MAX_DEVIATION for n in counts.values())
    none = sum(answer(i) == "none" for i in sample)
    assert (
        0.25 < none / SAMPLE_SIZE < 0.4
    )  # mostly if x and y have a common factor that n does not have


def test_all_equations_of_the_greatest_length_can_be_drawn() -> None:
    task = tasks.get("diophantine_equation")
    assert task.greatest_length >= 5 * task.ranges["L"][1]
    most = all_problems(task, task.greatest_length)
    assert machine_answers(task, most[:3]) == [*map(answer, most[:3])]
