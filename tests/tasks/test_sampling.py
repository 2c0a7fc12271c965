"""Samplers are honest: lengths and places as promised, and no cheap rule finds the answers."""

from collections import Counter
from fractions import Fraction
from string import ascii_lowercase

import pytest

import tasks
from tests.tasks.oracles import binary_search, compare_numbers, large_number_addition
from tests.tasks.test_machines import drawn

COUNT = 8_000
SPREAD = 5 * COUNT**-0.5
"""Five standard deviations of a share, at the most."""


@pytest.mark.parametrize("name", tasks.names())
@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_lengths_fill_the_range(name, where):
    task = tasks.get(name)
    low, high = task.span(where)
    counts = Counter(task.length(instance) for instance in drawn(task, where, 2000))
    assert set(counts) == set(range(low, high + 1))
    if task.lengths == 1:
        share = 1 / (high - low + 1)
        assert all(abs(n / 2000 - share) < 5 * (share / 2000) ** 0.5 for n in counts.values())


@pytest.mark.parametrize("name", tasks.names())
def test_seeds_and_ranges_share_no_problem(name):
    task = tasks.get(name)
    streams = [tasks.Stream(task.name, "L", "train", seed) for seed in range(3)]
    seen = Counter(task.draw(stream.at(i), "L").digest for stream in streams for i in range(500))
    assert max(seen.values()) == 1


def test_every_order_is_sorted():
    sample = drawn(tasks.get("bubble_sort", ranges={"X": (3, 3)}), "X", COUNT)
    orders = Counter(tuple(sorted(range(3), key=i.values.__getitem__)) for i in sample)
    assert len(orders) == 6
    assert all(abs(n / COUNT - 1 / 6) < SPREAD for n in orders.values())
    letters = Counter(instance.place for instance in sample)
    assert len(letters) == 23
    assert all(abs(n / COUNT - 1 / 23) < SPREAD for n in letters.values())


@pytest.fixture(scope="module", params=["S", "M", "L"])
def comparisons(request):
    return drawn(tasks.get("compare_numbers"), request.param, COUNT)


def parts(number):
    whole, _, fraction = number.lstrip("-").partition(".")
    return whole, fraction


def digits(number):
    return len(number.strip("-").replace(".", ""))


def size(number):
    """The magnitude; exact, as ``abs`` of a Decimal is not."""
    return abs(Fraction(number))


def test_a_share_is_equal_in_value(comparisons):
    equal = [i for i in comparisons if Fraction(i.x) == Fraction(i.y)]
    assert abs(len(equal) / COUNT - 0.15) < SPREAD
    assert sum(i.x != i.y for i in equal) > len(equal) / 2


def test_signs_and_points(comparisons):
    minus = sum(i.x[0] == "-" for i in comparisons)
    opposed = sum((i.x[0] == "-") != (i.y[0] == "-") for i in comparisons)
    integers = sum("." not in i.x for i in comparisons)
    assert abs(minus / COUNT - 0.5) < SPREAD
    assert abs(opposed / COUNT - 0.1) < SPREAD
    assert 0 < integers < COUNT / 2


def test_the_longer_is_not_mostly_the_greater(comparisons):
    longer = [
        (digits(i.x) > digits(i.y)) == (size(i.x) > size(i.y))
        for i in comparisons
        if digits(i.x) != digits(i.y) and size(i.x) != size(i.y)
    ]
    assert 0.44 < sum(longer) / len(longer) < 0.56


def place_of_decision(instance):
    """Where two magnitudes first differ, from the highest place on; None where they do not."""
    (a, c), (b, d) = parts(instance.x), parts(instance.y)
    whole, fraction = max(len(a), len(b)), max(len(c), len(d))
    x, y = (
        a.rjust(whole, "0") + c.ljust(fraction, "0"),
        b.rjust(whole, "0") + d.ljust(fraction, "0"),
    )
    return next((i for i in range(len(x)) if x[i] != y[i]), None)


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_the_deciding_place_is_uniform(where):
    task = tasks.get("compare_numbers")
    high = task.span(where)[1]
    same = tasks.get("compare_numbers", ranges={"X": (high, high)})
    places = Counter(
        place_of_decision(i)
        for i in drawn(same, "X", COUNT)
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
    "more digits": lambda x, y: order(digits(x) < digits(y)),
    "longer text": lambda x, y: order(len(x) < len(y)),
    "more before the point": lambda x, y: order(len(parts(x)[0]) < len(parts(y)[0])),
    "more after the point": lambda x, y: order(len(parts(x)[1]) < len(parts(y)[1])),
    "sign": lambda x, y: order(x[0] == "-"),
    "text": lambda x, y: order(x < y),
    "last digit": lambda x, y: order(x[-1] < y[-1]),
    "signed first digit": lambda x, y: order((digit(x, 0) < digit(y, 0)) != (x[0] == "-")),
    "signed length": lambda x, y: order((digits(x) < digits(y)) != (x[0] == "-")),
    "trailing zero": lambda x, y: "=" if x[-1] == "0" or y[-1] == "0" else "<",
    "same text": lambda x, y: "=" if x == y else ">",
}


@pytest.mark.parametrize("rule", GUESSERS)
def test_one_rule_is_not_enough(comparisons, rule):
    right = sum(GUESSERS[rule](i.x, i.y) == compare_numbers(i) for i in comparisons)
    assert right / COUNT < 0.6


def test_plain_numbers():
    task = tasks.get("compare_numbers", plain=True)
    sample = [task.draw(tasks.Stream("plain").at(i), (2, 5)) for i in range(COUNT)]
    assert all(number.isdigit() for i in sample for number in (i.x, i.y))
    assert {len(i.first) for i in sample} == {1}
    answers = Counter(map(compare_numbers, sample))
    assert abs(answers["="] / COUNT - 0.15) < SPREAD
    assert abs(answers["<"] / COUNT - 0.425) < SPREAD
    fives = [i for i in sample if len(i.x) == len(i.y) == 5 and i.x != i.y]
    places = Counter(map(place_of_decision, fives))
    assert all(places[p] / len(fives) > 0.15 for p in range(1, 5))


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_sums_of_every_shape(where):
    task = tasks.get("large_number_addition")
    low, high = task.span(where)
    sample = drawn(task, where, COUNT)
    sums = [large_number_addition(i) for i in sample]
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
        right += Fraction(found, 10**fraction) == Fraction(large_number_addition(i))
    assert right / 2000 < 0.55  # a 9 in the way of a carry is rare among so few digits


def test_sentences_have_all_signs():
    sample = drawn(tasks.get("word_flip"), "M", COUNT)
    signs = Counter("".join(i.text for i in sample))
    assert len(signs) == 92
    assert 0.1 < signs[" "] / signs.total() < 0.2
    plain = sum(set(i.text) <= {" ", *ascii_lowercase} for i in sample)
    assert abs(plain / COUNT - 0.5) < SPREAD
    assert sum(i.text == i.text[::-1] for i in sample) == 0


@pytest.mark.parametrize(
    ("name", "options", "length"),
    [
        ("bubble_sort", {}, 26),
        ("compare_numbers", {}, 676),
        ("compare_numbers", {"plain": True}, 26),
    ],
)
def test_lengths_that_there_are_no_names_for(name, options, length):
    task = tasks.get(name, **options)
    draws = tasks.Stream("names").at(0)
    if name == "bubble_sort" or options:
        assert task.length(task.draw(draws, length - 1)) == length - 1
    with pytest.raises(ValueError, match="names"):
        task.draw(draws, length)


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_no_guess_finds_what_is_searched_for(where):
    sample = drawn(tasks.get("binary_search"), where, COUNT)
    guesses = Counter()
    for i in sample:
        n, answer = len(i.values), int(binary_search(i))
        guesses["absent"] += answer == -1
        guesses["middle"] += answer == (n - 1) // 2
        guesses["in proportion"] += answer == round((i.target + 9999) / 19998 * (n - 1))
    assert abs(guesses.pop("absent") / COUNT - 0.3) < SPREAD
    assert max(guesses.values()) / COUNT < 0.3


def test_every_position_and_gap_is_searched_for():
    sample = drawn(tasks.get("binary_search", ranges={"X": (7, 7)}), "X", COUNT)
    found = Counter(i.values.index(i.target) for i in sample if i.target in i.values)
    gaps = Counter(sum(v < i.target for v in i.values) for i in sample if i.target not in i.values)
    assert (set(found), set(gaps)) == (set(range(7)), set(range(8)))
    assert all(abs(n / COUNT - 0.7 / 7) < SPREAD for n in found.values())
    assert all(abs(n / COUNT - 0.3 / 8) < SPREAD for n in gaps.values())
