from collections import Counter
from fractions import Fraction

import pytest

import tasks
from tasks.simulation.compare_numbers import Decimals
from tests.support.oracles.simulation.compare_numbers import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    digit_count,
    digit_parts,
    draw_instances,
)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "-",
        "-0",
        "-0.00",
        "+1",
        "01",
        "00",
        "-01.5",
        ".5",
        "5.",
        "1e3",
        "1,5",
        "１",
        "1\n",
        " 1",
    ],
)
def test_invalid_decimals_are_rejected(number: str) -> None:
    for pair in ({"x": number, "y": "1"}, {"x": "1", "y": number}):
        with pytest.raises(ValueError, match="compare_numbers takes decimals"):
            Decimals(**pair)


@pytest.mark.parametrize("first", ["", "w", "zw", "Z", "aaa", "?"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    Decimals(x="1.5", y="1", first="v")
    Decimals(x="1.5", y="1", first="zv")
    with pytest.raises(ValueError, match="places cannot begin"):
        Decimals(x="1.5", y="1", first=first)


@pytest.fixture(scope="module", params=["S", "M", "L"])
def comparisons(request):
    return draw_instances(tasks.get("compare_numbers"), request.param, SAMPLE_SIZE)


def size(number):
    """Return the exact magnitude."""
    return abs(Fraction(number))


def test_15_percent_are_equal_in_value(comparisons: list[Decimals]) -> None:
    equal = [i for i in comparisons if Fraction(i.x) == Fraction(i.y)]
    assert abs(len(equal) / SAMPLE_SIZE - 0.15) < MAX_DEVIATION
    assert sum(i.x != i.y for i in equal) > len(equal) / 2


def test_signs_and_points_are_drawn(comparisons: list[Decimals]) -> None:
    minus = sum(i.x[0] == "-" for i in comparisons)
    opposed = sum((i.x[0] == "-") != (i.y[0] == "-") for i in comparisons)
    integers = sum("." not in i.x for i in comparisons)
    assert abs(minus / SAMPLE_SIZE - 0.5) < MAX_DEVIATION
    assert abs(opposed / SAMPLE_SIZE - 0.1) < MAX_DEVIATION
    assert 0 < integers < SAMPLE_SIZE / 2


def test_the_longer_decimal_is_greater_half_of_the_time(comparisons: list[Decimals]) -> None:
    longer = [
        (digit_count(i.x) > digit_count(i.y)) == (size(i.x) > size(i.y))
        for i in comparisons
        if digit_count(i.x) != digit_count(i.y) and size(i.x) != size(i.y)
    ]
    assert 0.44 < sum(longer) / len(longer) < 0.56


def place_of_decision(instance):
    """Return the highest place at which two magnitudes differ, or None if they are equal."""
    (a, c), (b, d) = digit_parts(instance.x), digit_parts(instance.y)
    integer_width, fraction = max(len(a), len(b)), max(len(c), len(d))
    x, y = (
        a.rjust(integer_width, "0") + c.ljust(fraction, "0"),
        b.rjust(integer_width, "0") + d.ljust(fraction, "0"),
    )
    return next((i for i in range(len(x)) if x[i] != y[i]), None)


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_the_deciding_place_is_uniform(range_name: str) -> None:
    task = tasks.get("compare_numbers")
    high = task.length_range(range_name)[1]
    same = tasks.get("compare_numbers", ranges={"X": (high, high)})
    places = Counter(
        place_of_decision(i)
        for i in draw_instances(same, "X", SAMPLE_SIZE)
        if Fraction(i.x) != Fraction(i.y) and (i.x[0] == "-") == (i.y[0] == "-")
    )
    total = sum(places.values())
    assert set(places) == set(range(high))
    assert all(abs(n / total - 1 / high) < 6 * (high * total) ** -0.5 for n in places.values())


def order(less):
    return "<" if less else ">"


def digit(number, index):
    return number.strip("-").replace(".", "")[index]


GUESSERS = {
    "always <": lambda x, y: "<",
    "always =": lambda x, y: "=",
    "more digits": lambda x, y: order(digit_count(x) < digit_count(y)),
    "longer text": lambda x, y: order(len(x) < len(y)),
    "more before the point": lambda x, y: order(len(digit_parts(x)[0]) < len(digit_parts(y)[0])),
    "more after the point": lambda x, y: order(len(digit_parts(x)[1]) < len(digit_parts(y)[1])),
    "sign": lambda x, y: order(x[0] == "-"),
    "text": lambda x, y: order(x < y),
    "last digit": lambda x, y: order(x[-1] < y[-1]),
    "signed first digit": lambda x, y: order((digit(x, 0) < digit(y, 0)) != (x[0] == "-")),
    "signed length": lambda x, y: order((digit_count(x) < digit_count(y)) != (x[0] == "-")),
    "trailing zero": lambda x, y: "=" if x[-1] == "0" or y[-1] == "0" else "<",
    "same text": lambda x, y: "=" if x == y else ">",
}


@pytest.mark.parametrize("rule", GUESSERS)
def test_no_simple_rule_is_mostly_right(comparisons: list[Decimals], rule: str) -> None:
    right = sum(GUESSERS[rule](i.x, i.y) == answer(i) for i in comparisons)
    assert right / SAMPLE_SIZE < 0.6


def test_plain_numbers_have_no_signs_or_points() -> None:
    task = tasks.get("compare_numbers", plain=True)
    sample = [task.draw(tasks.Stream("plain").at(i), (2, 5)) for i in range(SAMPLE_SIZE)]
    assert all(number.isdigit() for i in sample for number in (i.x, i.y))
    assert {len(i.first) for i in sample} == {1}
    answers = Counter(map(answer, sample))
    assert abs(answers["="] / SAMPLE_SIZE - 0.15) < MAX_DEVIATION
    assert abs(answers["<"] / SAMPLE_SIZE - 0.425) < MAX_DEVIATION
    fives = [i for i in sample if len(i.x) == len(i.y) == 5 and i.x != i.y]
    places = Counter(map(place_of_decision, fives))
    assert all(places[p] / len(fives) > 0.15 for p in range(1, 5))
