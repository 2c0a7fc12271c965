from itertools import permutations

import pytest

import tasks
from tasks.recursion.derangement import MAX_ELEMENTS, ElementCount
from tests.support.oracles.recursion.derangement import answer
from tests.support.tasks.task_samples import machine_answers, problem_count
from tm import Limits, Outcome


@pytest.mark.parametrize("n", [-1, 0, 1, 2, 101, 3.0, True, "3", None])
def test_invalid_numbers_are_rejected(n: int) -> None:
    with pytest.raises(ValueError, match="derangement takes 3 to 100 elements"):
        ElementCount(n=n)


@pytest.mark.parametrize("first", ["zw", "w", "a", "?", "aa", ""])
def test_invalid_first_names_are_rejected(first: str) -> None:
    ElementCount(n=4, first="zv")
    with pytest.raises(ValueError, match="places cannot begin"):
        ElementCount(n=4, first=first)


@pytest.mark.parametrize("number", ["2", "101", "04", "4.0", "-4", " 4", "", "four"])
def test_numbers_that_pose_no_problem_are_refused(number: str) -> None:
    draws = tasks.Stream("names").at(0)
    for name in ("derangement", "derangement_fit"):
        task = tasks.get(name)
        assert task.pose(draws, {"n": "4"}) == ElementCount(n=4)
        with pytest.raises(ValueError, match="derangement takes"):
            task.pose(draws, {"n": number})


def test_every_number_of_elements_is_solved() -> None:
    task = tasks.get("derangement")
    sample = [ElementCount(n=n) for n in range(3, MAX_ELEMENTS + 1)]
    answers = machine_answers(task, sample)
    assert answers == [*map(answer, sample)]
    assert len(answers[-1]) == 158


def test_answers_equal_an_enumeration_of_orders() -> None:
    task = tasks.get("derangement")
    for n in range(3, 9):
        places = range(n)
        orders = permutations(places)
        moved = sum(all(a != b for a, b in zip(order, places, strict=True)) for order in orders)
        assert task.answer(ElementCount(n=n)) == str(moved)


@pytest.mark.parametrize(
    ("name", "problems"), [("derangement", 28 + 30 + 40), ("derangement_fit", 18)]
)
def test_each_length_has_one_problem(name: str, problems: int) -> None:
    task = tasks.get(name)
    lengths = [n for low, high in task.ranges.values() for n in range(low, high + 1)]
    assert sum(problem_count(task, n) for n in lengths) == problems
    draws = tasks.Stream("names").at(0)
    assert [task.unrank(draws, 0, n).n for n in lengths] == lengths


def test_transitions_grow_like_the_algorithm() -> None:
    """Twice as many elements have twice the numbers with a little more than twice the digits."""
    task = tasks.get("derangement")
    transitions = [task.run(ElementCount(n=n), trace=False).transitions for n in (50, 100)]
    assert transitions[1] / transitions[0] < 2**2.5


def test_a_run_stops_at_the_text_limit() -> None:
    result = tasks.get("derangement").run(ElementCount(n=100), limits=Limits(letters=100_000))
    assert result.outcome == Outcome.TEXT_LIMIT
