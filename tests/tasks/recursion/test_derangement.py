from itertools import permutations

import pytest

import tasks
from tasks.recursion.derangement import MAX_ELEMENTS, ElementCount
from tests.support.oracles.derangement import answer
from tm import Limits, Outcome, run_batch


@pytest.mark.parametrize("n", [-1, 0, 1, 2, 101, 3.0, True, "3", None])
def test_numbers_that_are_no_instance(n):
    with pytest.raises(ValueError, match="derangement takes 3 to 100 elements"):
        ElementCount(n=n)


@pytest.mark.parametrize(
    ("first", "low"), [("zx", "ab"), ("w", "ab"), ("?", "ab"), ("aa", "aa"), ("aa", "zz")]
)
def test_elements_whose_calls_or_places_lack_names(first, low):
    with pytest.raises(ValueError, match="places cannot begin"):
        ElementCount(n=4, first=first, low=low)


def test_every_number_of_elements():
    task = tasks.get("derangement")
    sample = [ElementCount(n=n) for n in range(3, MAX_ELEMENTS + 1)]
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    assert {*batch.outcome} == {Outcome.ACCEPT}
    assert [batch.text("out", i) for i in range(len(sample))] == [*map(answer, sample)]
    assert len(batch.text("out", len(sample) - 1)) == 158


def test_few_elements_in_every_order():
    task = tasks.get("derangement")
    for n in range(3, 9):
        places = range(n)
        orders = permutations(places)
        moved = sum(all(a != b for a, b in zip(order, places, strict=True)) for order in orders)
        assert task.answer(ElementCount(n=n)) == str(moved)


@pytest.mark.parametrize(
    ("name", "counts"), [("derangement", 28 + 30 + 40), ("derangement_fit", 18)]
)
def test_there_is_one_problem_a_number(name, counts):
    task = tasks.get(name)
    lengths = [n for low, high in task.ranges.values() for n in range(low, high + 1)]
    assert sum(task.count(n) for n in lengths) == counts
    draws = tasks.Stream("names").at(0)
    assert [task.unrank(draws, 0, n).n for n in lengths] == lengths


def test_work_grows_as_the_algorithm_does():
    """About as many digits as places, in a few passes for each number."""
    task = tasks.get("derangement")
    taken = [task.run(ElementCount(n=n), trace=False).transitions for n in (50, 100)]
    assert taken[1] / taken[0] < 2**2.5


def test_the_longest_text_is_stopped_not_cut():
    result = tasks.get("derangement").run(ElementCount(n=100), limits=Limits(letters=100_000))
    assert result.outcome == Outcome.TEXT_LIMIT
