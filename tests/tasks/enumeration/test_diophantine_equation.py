from collections import Counter
from itertools import product

import pytest

import tasks
from compiler.steps import decode
from tasks.enumeration.diophantine_equation import Equation
from tests.support.oracles.diophantine_equation import answer
from tests.support.task_samples import COUNT, SPREAD, drawn
from tm import run_batch


@pytest.mark.parametrize(
    "fields",
    [
        {"x": 1},
        {"y": 21},
        {"x": 2.0},
        {"y": True},
        {"n": 9},
        {"n": 260},
        {"n": "30"},
        {"n": 30.0},
        {"zero": "X"},
        {"zero": "a"},
        {"zero": ""},
        {"zero": "AB"},
    ],
    ids=str,
)
def test_equations_that_are_no_instance(fields):
    Equation(x=2, y=20, n=30, zero="W")
    with pytest.raises(ValueError, match="diophantine_equation"):
        Equation(**{"x": 2, "y": 20, "n": 30, "zero": "W"} | fields)


@pytest.fixture(scope="module")
def short():
    """Every problem of S."""
    task, draws = tasks.get("diophantine_equation"), tasks.Stream("every").at(0)
    return [task.unrank(draws, index, n) for n in range(10, 51) for index in range(task.count(n))]


def test_the_oracle_on_every_short_equation(short):
    for i in short:
        pairs = product(range(i.n // i.x + 1), range(i.n // i.y + 1))
        brute = [(a, b) for a, b in pairs if i.x * a + i.y * b == i.n]
        assert answer(i) == (", ".join(map(str, brute)) or "none")


def test_every_short_equation(short):
    task = tasks.get("diophantine_equation")
    assert len(set(short)) == len(short) == 41 * 19**2
    batch = run_batch(task.table, [task.tapes(i) for i in short], trace=False)
    assert [batch.text("out", k) for k in range(len(short))] == [*map(answer, short)]


def sums(instances):
    """What is worked out in labels: each step's rest, or digit of b, with what it fetches."""
    task = tasks.get("diophantine_equation")
    batch = run_batch(task.table, [task.tapes(instance) for instance in instances])
    found = set()
    for index in range(len(instances)):
        for step in decode(task.table, batch.trace, index).walk(1):
            if step.name in ("count", "try"):
                *_, b, rest = step.label.split()
                fetched = tuple(said.value for said in step.fetched)
                found |= {(step.name, "rest", rest, *fetched), (step.name, "b", b[-1])}
    return found


@pytest.mark.parametrize("where", ["M", "L"])
def test_short_equations_need_all_sums_of_long_ones(short, where):
    assert sums(drawn(tasks.get("diophantine_equation"), where, 1000)) <= sums(short)


def test_all_coefficients_are_drawn():
    sample = drawn(tasks.get("diophantine_equation"), "L", COUNT)
    for name in "xy":
        counts = Counter(getattr(i, name) for i in sample)
        assert set(counts) == set(range(2, 21))
        assert all(abs(n / COUNT - 1 / 19) < SPREAD for n in counts.values())
    none = sum(answer(i) == "none" for i in sample)
    assert 0.25 < none / COUNT < 0.4  # most of which have a common factor that n lacks
