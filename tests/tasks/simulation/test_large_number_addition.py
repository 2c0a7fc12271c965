from collections import Counter
from fractions import Fraction

import pytest

import tasks
from tasks.decimals import count_decimals
from tasks.simulation.large_number_addition import NUMBER, Summands
from tests.support.oracles.simulation.large_number_addition import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    digit_count,
    digit_parts,
    draw_instances,
    machine_answers,
)


@pytest.mark.parametrize("number", ["", "-1", "+1", "01", "00.5", ".5", "5.", "1e3", "1,5", "１"])
def test_invalid_summands_are_rejected(number: str) -> None:
    for pair in ({"x": number, "y": "1"}, {"x": "1", "y": number}):
        with pytest.raises(ValueError, match="large_number_addition takes decimals such as"):
            Summands(**pair)


@pytest.mark.parametrize("first", ["", "c", "ac", "w", "zw", "D", "ddd", "?"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    """1.5 and 10 have four places, and need a name after these and two before.

    The first place of the other number is one more name before the first place of 1.5.
    """
    for good in ("d", "v", "ae", "zv"):
        Summands(x="1.5", y="10", first=good)
    with pytest.raises(ValueError, match="places cannot begin"):
        Summands(x="1.5", y="10", first=first)


def test_every_sum_of_two_digit_numbers_is_solved() -> None:
    task = tasks.get("large_number_addition")
    numbers = [*map(str, range(100)), *(f"{n // 10}.{n % 10}" for n in range(100))]
    sample = [Summands(x=x, y=y) for x in numbers for y in numbers]
    assert machine_answers(task, sample) == [*map(answer, sample)]


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_sums_of_every_shape_are_drawn(range_name: str) -> None:
    task = tasks.get("large_number_addition")
    low, high = task.length_range(range_name)
    sample = draw_instances(task, range_name, SAMPLE_SIZE)
    sums = [answer(i) for i in sample]
    for numbers in ([i.x for i in sample], [i.y for i in sample]):
        lengths = Counter(map(digit_count, numbers))
        share = 1 / (high - low + 1)
        assert set(lengths) == set(range(low, high + 1))
        assert all(abs(n / SAMPLE_SIZE - share) < MAX_DEVIATION for n in lengths.values())
        fractions = Counter(len(digit_parts(number)[1]) for number in numbers)
        assert 0.3 < fractions[0] / SAMPLE_SIZE < 0.5
        assert set(fractions) == set(range(high))
    behind = [max(len(digit_parts(i.x)[1]), len(digit_parts(i.y)[1])) for i in sample]
    cut = [had - len(digit_parts(total)[1]) for had, total in zip(behind, sums, strict=True)]
    lost = sum(had > 0 and "." not in total for had, total in zip(behind, sums, strict=True))
    assert sum(n > 1 for n in cut) / SAMPLE_SIZE > 0.1
    assert lost / SAMPLE_SIZE > 0.05
    assert sum("." not in total and total[-1] == "0" for total in sums) / SAMPLE_SIZE > 0.05


SHORTCUTS = {
    "no carry": lambda x, y: (a + b if a + b < 10 else a + b - 10 for a, b in columns(x, y)),
    "carry always": lambda x, y: ((a + b + 1) % 10 for a, b in columns(x, y)),
    "carry without a run": lambda x, y: (
        (a + b + (c + d > 9)) % 10
        for (a, b), (c, d) in zip(columns(x, y), [*columns(x, y)[1:], (0, 0)], strict=True)
    ),
}


def columns(x, y):
    """Return the pairs of digits of the same place, highest first."""
    (a, c), (b, d) = digit_parts(x), digit_parts(y)
    integer_width, fraction = max(len(a), len(b)) + 1, max(len(c), len(d))
    rows = (i.rjust(integer_width, "0") + f.ljust(fraction, "0") for i, f in ((a, c), (b, d)))
    return [(int(one), int(other)) for one, other in zip(*rows, strict=True)]


@pytest.mark.parametrize("rule", SHORTCUTS)
def test_sums_need_carries_over_several_places(rule: str) -> None:
    right = 0
    for i in draw_instances(tasks.get("large_number_addition"), "S", 2000):
        total = int("".join(map(str, SHORTCUTS[rule](i.x, i.y))))
        fraction = max(len(digit_parts(i.x)[1]), len(digit_parts(i.y)[1]))
        right += Fraction(total, 10**fraction) == Fraction(answer(i))
    assert right / 2000 < 0.55  # a 9 that propagates a carry is rare among so few digits


def test_count_equals_an_enumeration() -> None:
    texts = [f"{n:0{k}d}" for k in (1, 2, 3) for n in range(10**k)]
    texts += [text[:point] + "." + text[point:] for text in texts for point in range(len(text) + 1)]
    counts = Counter(len(text.replace(".", "")) for text in texts if NUMBER.fullmatch(text))
    assert counts == {k: count_decimals(k) for k in (1, 2, 3)}
    assert tasks.get("large_number_addition").count(2, 3) == counts[2] * counts[3]
