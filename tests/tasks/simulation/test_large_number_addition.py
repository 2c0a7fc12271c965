from collections import Counter
from fractions import Fraction

import pytest

import tasks
from tasks.decimals import count_decimals
from tasks.simulation.large_number_addition import NUMBER, Summands
from tests.support.oracles.large_number_addition import answer
from tests.support.task_samples import COUNT, SPREAD, digits, drawn, parts
from tm import run_batch


@pytest.mark.parametrize("number", ["", "-1", "+1", "01", "00.5", ".5", "5.", "1e3", "1,5", "１"])
def test_summands_that_are_no_instance(number):
    for pair in ({"x": number, "y": "1"}, {"x": "1", "y": number}):
        with pytest.raises(ValueError, match="large_number_addition takes decimals such as"):
            Summands(**pair)


@pytest.mark.parametrize("first", ["", "a", "aa", "w", "zw", "B", "bbb", "?"])
def test_summands_whose_places_lack_names(first):
    """Of 1.5 and 10 these are four, the point being one; one name below and one above are free."""
    for good in ("b", "v", "ab", "zv"):
        Summands(x="1.5", y="10", first=good)
    with pytest.raises(ValueError, match="places cannot begin"):
        Summands(x="1.5", y="10", first=first)


def test_every_sum_of_two_digits_each():
    task = tasks.get("large_number_addition")
    numbers = [*map(str, range(100)), *(f"{n // 10}.{n % 10}" for n in range(100))]
    sample = [Summands(x=x, y=y) for x in numbers for y in numbers]
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    assert [batch.text("out", i) for i in range(len(sample))] == [*map(answer, sample)]


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_sums_of_every_shape(where):
    task = tasks.get("large_number_addition")
    low, high = task.length_range(where)
    sample = drawn(task, where, COUNT)
    sums = [answer(i) for i in sample]
    for numbers in ([i.x for i in sample], [i.y for i in sample]):
        lengths = Counter(map(digits, numbers))
        share = 1 / (high - low + 1)
        assert set(lengths) == set(range(low, high + 1))
        assert all(abs(n / COUNT - share) < SPREAD for n in lengths.values())
        fractions = Counter(len(parts(number)[1]) for number in numbers)
        assert 0.3 < fractions[0] / COUNT < 0.5
        assert set(fractions) == set(range(high))
    behind = [max(len(parts(i.x)[1]), len(parts(i.y)[1])) for i in sample]
    cut = [had - len(parts(total)[1]) for had, total in zip(behind, sums, strict=True)]
    lost = sum(had > 0 and "." not in total for had, total in zip(behind, sums, strict=True))
    assert sum(n > 1 for n in cut) / COUNT > 0.1
    assert lost / COUNT > 0.05
    assert sum("." not in total and total[-1] == "0" for total in sums) / COUNT > 0.05


SHORTCUTS = {
    "no carry": lambda x, y: (a + b if a + b < 10 else a + b - 10 for a, b in columns(x, y)),
    "carry always": lambda x, y: ((a + b + 1) % 10 for a, b in columns(x, y)),
    "carry without a run": lambda x, y: (
        (a + b + (c + d > 9)) % 10
        for (a, b), (c, d) in zip(columns(x, y), [*columns(x, y)[1:], (0, 0)], strict=True)
    ),
}


def columns(x, y):
    """Digits that stand for the same place, highest first."""
    (a, c), (b, d) = parts(x), parts(y)
    whole, fraction = max(len(a), len(b)) + 1, max(len(c), len(d))
    rows = (i.rjust(whole, "0") + f.ljust(fraction, "0") for i, f in ((a, c), (b, d)))
    return [(int(one), int(other)) for one, other in zip(*rows, strict=True)]


@pytest.mark.parametrize("rule", SHORTCUTS)
def test_sums_take_a_carry_that_runs(rule):
    right = 0
    for i in drawn(tasks.get("large_number_addition"), "S", 2000):
        found = int("".join(map(str, SHORTCUTS[rule](i.x, i.y))))
        fraction = max(len(parts(i.x)[1]), len(parts(i.y)[1]))
        right += Fraction(found, 10**fraction) == Fraction(answer(i))
    assert right / 2000 < 0.55  # a 9 in the way of a carry is rare among so few digits


def test_decimals_are_counted():
    texts = [f"{n:0{k}d}" for k in (1, 2, 3) for n in range(10**k)]
    texts += [text[:whole] + "." + text[whole:] for text in texts for whole in range(len(text) + 1)]
    counts = Counter(len(text.replace(".", "")) for text in texts if NUMBER.fullmatch(text))
    assert counts == {k: count_decimals(k) for k in (1, 2, 3)}
    assert tasks.get("large_number_addition").count(2, 3) == counts[2] * counts[3]
