from itertools import pairwise, takewhile

import pytest

import tasks
from compiler.steps import decode, steps_with_next
from tasks.corpus.items import ItemPool
from tasks.enumeration.prime_search import Interval
from tests.support.oracles.prime_search import answer
from tm import run_batch

WITHIN = {"S": (5, 100), "M": (101, 200), "L": (201, 300)}
"""The numbers of a range: those of p and q."""


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
        {"zero": "a"},
        {"zero": "AA"},
        {"zero": "zx"},
        {"zero": ""},
    ],
    ids=str,
)
def test_intervals_that_are_no_instance(fields):
    Interval(p=9, q=25, zero="zw")
    with pytest.raises(ValueError, match=r"prime_search|places cannot begin"):
        Interval(**{"p": 9, "q": 25, "zero": "zw"} | fields)


def every(where):
    task, draws = tasks.get("prime_search"), tasks.Stream("every").at(0)
    low, high = task.length_range(where)
    return [task.unrank(draws, i, q) for q in range(low, high + 1) for i in range(task.count(q))]


@pytest.mark.parametrize("where", WITHIN)
def test_every_interval(where):
    task, found = tasks.get("prime_search"), every(where)
    low, high = WITHIN[where]
    assert sorted((i.p, i.q) for i in found) == [
        (p, q) for p in range(low, high + 1) for q in range(p + 1, min(p + 40, high) + 1)
    ]
    batch = run_batch(task.table, [task.tapes(instance) for instance in found], trace=False)
    assert [batch.text("out", k) for k in range(len(found))] == [*map(answer, found)]


@pytest.mark.parametrize(
    ("p", "q", "wanted"),
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
@pytest.mark.parametrize("zero", ["aa", "cz", "yt"])
def test_edges(p, q, wanted, zero):
    assert tasks.get("prime_search").answer(Interval(p=p, q=q, zero=zero)) == wanted


def test_lengths_without_an_interval():
    task, draws = tasks.get("prime_search"), tasks.Stream("none").at(0)
    assert [task.count(q) for q in (1, 5, 6, 7, 102)] == [0, 0, 1, 2, 1]
    with pytest.raises(ValueError, match="nothing to choose from"):
        task.draw(draws, 5)
    with pytest.raises(ValueError, match="at most 300"):
        task.draw(draws, 301)


def results(instances):
    """What follows from what: a wait's next value by divisor, and what a try comes to by its wait.

    That a divisor divides where its wait is 0 is the same for all, and so in the text.
    """
    task = tasks.get("prime_search")
    batch = run_batch(task.table, [task.tapes(instance) for instance in instances])
    threes = {"low": ("3", "5", "7"), "high": ("11", "13", "17")}
    found = set()
    for index in range(len(instances)):
        for step, following in steps_with_next(decode(task.table, batch.trace, index), 1):
            label, after = step.label.split(), following.split()
            if step.name in ("begin", "leap") and after[0] == "leap":
                before = label[3:] or [step.fetched[2].value] * 3
                steps = zip(threes[label[0]], before, after[-3:], strict=True)
                found |= {(step.name, *each) for each in steps}
            elif step.name in ("try", "count"):
                (wait,), (solved,) = step.fetched, step.solved
                zero = step.name == "try" and wait.value == "0"
                found |= {("zero", solved.key, after[0])} if zero else set()
                found |= {("wait", label[1], wait.value, solved.value)} if not zero else set()
    return found


@pytest.mark.parametrize("where", ["M", "L"])
def test_short_intervals_need_all_results_of_long_ones(where):
    """Even those of training, without the number that is held out; the widest from each p on."""
    task, widest = tasks.get("prime_search"), {}
    for instance in every("S"):
        if not task.held_out(instance, 0):
            widest[instance.p] = instance
    low, high = WITHIN[where]
    long = results([Interval(p=p, q=min(p + 40, high)) for p in range(low, high)])
    assert {kind for kind, *_ in long} == {"begin", "leap", "zero", "wait"}
    assert long <= results(widest.values())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("where", WITHIN)
def test_a_number_is_held_out(seed, where):
    """It is in no interval of training and in all others, which are a quarter of them all."""
    task = tasks.get("prime_search")
    problems = {}
    for split in ("eval", "probe", "train"):
        source = ItemPool(task, where, split, seed)
        made = takewhile(
            lambda item: not (item and item.again), map(source.item, range(source.end))
        )
        problems[split] = {item.instance for item in made if item is not None}
    assert problems["eval"] == problems["probe"]
    assert not problems["eval"] & problems["train"]
    assert problems["eval"] | problems["train"] == set(every(where))
    assert 0.2 < len(problems["eval"]) / len(every(where)) < 0.3
    trained = {n for i in problems["train"] for n in range(i.p, i.q + 1)}
    low, high = WITHIN[where]
    (number,) = set(range(low, high + 1)) - trained
    assert number % 2
    assert all(i.p <= number <= i.q for i in problems["eval"])


def test_answers_are_many():
    """So no guess is often right; an interval without a prime is a rare one."""
    for where in WITHIN:
        answers = [answer(instance) for instance in every(where)]
        most = max(answers.count(one) for one in {*answers})
        assert most / len(answers) < 0.1


def test_facts_name_tens():
    facts = tasks.get("prime_search").facts(Interval(p=8, q=21, zero="az"))
    assert facts == {
        "zero": "az", "p tens": "az", "p ones": "8", "q tens": "bb", "q ones": "1",
        "ba": "1", "bb": "2",
    }  # fmt: skip
    names = tasks.get("prime_search").tapes(Interval(p=8, q=21, zero="az"))["tens"].split()
    assert all(one < other for one, other in pairwise(names))
