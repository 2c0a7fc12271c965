from collections import Counter
from fractions import Fraction
from itertools import product

import pytest

import tasks
from tasks.simulation.large_number_division import NUMBER, Division
from tests.support.oracles.large_number_division import answer
from tests.support.task_samples import COUNT, SPREAD, digits, drawn
from tm import run_batch


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
        {"column": "a"},
        {"column": "y"},
        {"column": "B"},
        {"place": "z"},
        {"place": "ab"},
    ],
    ids=str,
)
def test_divisions_that_are_no_instance(fields):
    good = {"x": "0.05", "y": "12", "places": 2, "column": "b", "place": "a"}
    Division(**good)
    with pytest.raises(ValueError, match=r"large_number_division|places cannot begin"):
        Division(**good | fields)


def test_every_quotient_of_small_numbers():
    task = tasks.get("large_number_division")
    numbers = [*map(str, range(40)), *(f"{n // 10}.{n % 10}" for n in range(30)), "0.05", "0.012"]
    sample = [
        Division(x=x, y=y, places=places)
        for x, y in product(numbers, repeat=2)
        for places in (1, 3)
        if Fraction(y)
    ]
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    assert [batch.text("out", i) for i in range(len(sample))] == [*map(answer, sample)]


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_quotients_of_every_size(where):
    task = tasks.get("large_number_division")
    low, high = task.length_range(where)
    sample = drawn(task, where, COUNT)
    quotients = [answer(i) for i in sample]
    assert sum(float(quotient) > 0 for quotient in quotients) / COUNT > 0.9
    assert sum(float(quotient) >= 10 for quotient in quotients) / COUNT > 0.15
    if where == "S":
        assert 0.4 < sum(float(quotient) < 10 for quotient in quotients) / COUNT < 0.7
    for count in (
        Counter(i.places for i in sample),
        Counter(digits(i.x) for i in sample),
        Counter(digits(i.y) for i in sample),
    ):
        assert all(abs(n / COUNT - 1 / len(count)) < SPREAD for n in count.values())
    assert {digits(i.x) for i in sample} == set(range(low, high + 1))


def test_rounding_or_dropping_zeros_is_wrong():
    task = tasks.get("large_number_division")
    instance = Division(x="2", y="3", places=2)
    assert task.answer(instance) == "0.66"
    assert not task.check(instance, "answer: 0.67").correct
    instance = Division(x="5", y="2", places=3)
    assert task.check(instance, "answer: 2.500").correct
    assert not task.check(instance, "answer: 2.5").correct


def test_decimals_are_counted():
    texts = [f"{n:0{k}d}" for k in (1, 2, 3) for n in range(10**k)]
    texts += [text[:whole] + "." + text[whole:] for text in texts for whole in range(1, len(text))]
    numbers = [text for text in texts if NUMBER.fullmatch(text)]
    counts = Counter(digits(text) for text in numbers)
    divisors = Counter(digits(text) for text in numbers if Fraction(text))
    task = tasks.get("large_number_division")
    for n, m in product((1, 2, 3), repeat=2):
        assert task.count(n, m) == 5 * counts[n] * divisors[m]


def test_every_division_has_a_number():
    task = tasks.get("large_number_division")
    draws = tasks.Stream("divisions").at(0)
    found = {task.unrank(draws, index, 1, 2).digest for index in range(task.count(1, 2))}
    assert len(found) == task.count(1, 2)
