from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

import tasks
from compiler.steps import decode, steps_with_next
from tasks.corpus.items import ItemPool
from tasks.enumeration.prime_search import Interval
from tests.support.oracles.enumeration.prime_search import answer
from tests.support.tasks.task_samples import all_problems, machine_answers, trace_of

WITHIN = {"S": (5, 100), "M": (101, 200), "L": (201, 300)}
"""Least and greatest number p or q of each range."""


@pytest.mark.parametrize(
    "fields",
    [
        {"p": 4},
        {"p": 25},
        {"p": 26},
        {"p": -1},
        {"p": 9.0},
        {"q": 50},
        {"q": True},
        {"q": "25"},
        {"p": 290, "q": 301},
        {"first": "a"},
        {"first": "AA"},
        {"first": "zx"},
        {"first": ""},
    ],
    ids=str,
)
def test_invalid_intervals_are_rejected(fields: dict[str, Any]) -> None:
    good: dict[str, Any] = {"p": 9, "q": 25, "first": "zu"}
    Interval(**good)
    with pytest.raises(ValueError, match=r"prime_search|places cannot begin"):
        Interval(**good | fields)


def all_intervals(range_name: str) -> list[Interval]:
    task = tasks.get("prime_search")
    low, high = task.length_range(range_name)
    return [interval for q in range(low, high + 1) for interval in all_problems(task, q)]


@pytest.mark.parametrize("range_name", WITHIN)
def test_every_interval_is_solved(range_name: str) -> None:
    intervals = all_intervals(range_name)
    low, high = WITHIN[range_name]
    assert sorted((i.p, i.q) for i in intervals) == [
        (p, q) for p in range(low, high + 1) for q in range(p + 1, min(p + 40, high) + 1)
    ]
    assert machine_answers(tasks.get("prime_search"), intervals) == [*map(answer, intervals)]


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (5, 6, "5"),
        (8, 9, "none"),
        (9, 10, "none"),
        (99, 100, "none"),
        (99, 101, "101"),
        (114, 126, "none"),
        (288, 289, "none"),
        (299, 300, "none"),
        (16, 17, "17"),
        (199, 239, "199, 211, 223, 227, 229, 233, 239"),
    ],
)
@pytest.mark.parametrize("first", ["aa", "cz", "yr"])
def test_intervals_at_the_edges(p: int, q: int, expected: str, first: str) -> None:
    assert tasks.get("prime_search").answer(Interval(p=p, q=q, first=first)) == expected


def test_lengths_without_an_interval_are_rejected() -> None:
    task, draws = tasks.get("prime_search"), tasks.Stream("none").at(0)
    assert [task.count(q) for q in (1, 5, 6, 7, 102)] == [0, 0, 1, 2, 1]
    with pytest.raises(ValueError, match="nothing to choose from"):
        task.draw(draws, 5)
    with pytest.raises(ValueError, match="at most 300"):
        task.draw(draws, 301)


def results(instances: Iterable[Interval]) -> set[tuple[Any, ...]]:
    """Return the results of steps: the waits for each divisor, and each test's outcome.

    Whether a wait of 0 means divisibility does not depend on the divisor, in the text either.
    """
    task = tasks.get("prime_search")
    solved_values: set[tuple[Any, ...]] = set()
    for instance in instances:
        for step, following in steps_with_next(decode(task.table, trace_of(task, instance)), 1):
            number, _, divisor = step.label.partition(" ")
            values = tuple(e.value for e in step.fetched)
            if step.name == "begin":
                solved_values.add(("begin", number[-1], divisor, values, step.solved[0].value))
            elif step.name == "leap":
                solved_values.add(("leap", divisor, values, step.solved[0].value))
            elif step.name in ("try", "update"):
                (solved,) = step.solved
                if step.name == "try" and values == ("0",):
                    solved_values.add(("zero", solved.key, following.split()[0]))
                else:
                    solved_values.add(("wait", divisor, values, solved.value))
            elif step.name in ("divide", "count", "add", "follow"):
                solved_values.add((step.name, values, tuple(e.value for e in step.solved)))
    return solved_values


@pytest.mark.parametrize("range_name", ["M", "L"])
def test_short_intervals_show_all_results_of_long_ones(range_name: str) -> None:
    """The short intervals are the widest ones from each p.

    Training lacks what only an interval that begins with the held-out number shows.
    """
    widest = {instance.p: instance for instance in all_intervals("S")}
    low, high = WITHIN[range_name]
    long = results([Interval(p=p, q=min(p + 40, high)) for p in range(low, high)])
    kinds = {"begin", "leap", "zero", "wait", "divide", "add", "follow"}
    assert {kind for kind, *_ in long} == kinds | {"count"}
    short = results(widest.values())
    assert {r for r in long if r[0] in kinds} <= short
    # names apart, every number is counted down
    assert {r for r in long if r[0] == "count" and len(r[1]) == 1} <= short


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("range_name", WITHIN)
def test_one_number_is_held_out_of_training(seed: int, range_name: str) -> None:
    """It is in no training interval and in all other intervals, which are a quarter of all."""
    task = tasks.get("prime_search")
    problems: dict[str, set[Any]] = {}
    for split in ("eval", "probe", "train"):
        pool = ItemPool(task, range_name, split, seed)
        assert pool.end is not None
        problems[split] = set()
        for item in map(pool.item, range(pool.end)):
            if item is not None:
                problems[split].add(item.instance)
            if len(problems[split]) == pool.problem_count:
                break
    assert problems["eval"] == problems["probe"]
    assert not problems["eval"] & problems["train"]
    assert problems["eval"] | problems["train"] == set(all_intervals(range_name))
    assert 0.2 < len(problems["eval"]) / len(all_intervals(range_name)) < 0.3
    trained = {n for i in problems["train"] for n in range(i.p, i.q + 1)}
    low, high = WITHIN[range_name]
    (number,) = set(range(low, high + 1)) - trained
    assert number % 2
    assert all(i.p <= number <= i.q for i in problems["eval"])


def test_no_answer_is_frequent() -> None:
    """An interval without a prime is rare."""
    for range_name in WITHIN:
        answers = [answer(instance) for instance in all_intervals(range_name)]
        maximum = max(Counter(answers).values())
        assert maximum / len(answers) < 0.1


def test_a_question_poses_the_problem_that_it_asks() -> None:
    task, draws = tasks.get("prime_search"), tasks.Stream("pose").at(0)
    instance = Interval(p=199, q=239, first="az")
    assert task.words(instance) == {"p": "199", "q": "239"}
    assert task.pose(draws, task.words(instance)) == instance
    for p, q in [("199", "0239"), ("1e2", "120"), ("2,000", "2,010"), ("20", "10")]:
        with pytest.raises(ValueError, match="prime_search takes"):
            task.pose(draws, {"p": p, "q": q})


def test_the_waits_follow_from_what_is_left_of_p_after_the_sixties() -> None:
    task = tasks.get("prime_search")
    steps = decode(task.table, trace_of(task, Interval(p=170, q=179, first="xv"))).steps
    solved = {e.key: e.value for step in steps for e in step.solved}
    expected = {"sixties xv": "2", "rest tens": "5", "sixes": "8", "rest": "2"}
    waits = {"3": "0", "5": "2", "7": "2", "11": "8", "13": "12", "17": "8"}  # 171, 175, …, 187
    expected |= {f"wait xx1 {divisor}": wait for divisor, wait in waits.items()}
    assert expected.items() <= solved.items()
