"""Random numbers by key: the same on every machine, independent of each other, uniform."""

import itertools
import os
import subprocess
import sys
from collections import Counter

import pytest

from tasks import Stream
from tasks.draws import Permutation

SCRIPT = """
from tasks import Stream
draws = Stream("t", "S", 7).at(3)
print([draws.below(1000) for _ in range(80)])
"""

RECORDED_PERMUTATION = [3, 5, 8, 0, 7, 4, 2, 9, 1, 6]
RECORDED_NUMBERS = [670, 580, 732, 711, 254, 630]
RECORDED_DIGITS = (
    "25908221547330158763038728068062451268821190069224656831360688510442251842369621"
    "15011663085539150952404328000257278204391103722655822077465782177508896822571363"
    "1427052205886082183397818193368903522314"
)


def test_numbers_equal_the_recorded_ones() -> None:
    draws = Stream("t", "S", 7).at(3)
    assert [draws.below(1000) for _ in range(6)] == RECORDED_NUMBERS
    assert draws.digits(200) == RECORDED_DIGITS


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_other_processes_draw_the_same_numbers(hash_seed: str) -> None:
    draws = Stream("t", "S", 7).at(3)
    out = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert out.strip() == str([draws.below(1000) for _ in range(80)])


def test_draws_do_not_depend_on_the_order_of_items() -> None:
    stream = Stream("t", 0)
    forwards = [stream.at(i).below(10**9) for i in range(100)]
    assert forwards == [stream.at(i).below(10**9) for i in reversed(range(100))][::-1]


def test_streams_share_no_number() -> None:
    occurrences: Counter[int] = Counter()
    names = [("t", "S", seed) for seed in range(5)] + [
        ("t", "M", 0),
        ("tS", "", 0),
        ("t", "S", "0"),
    ]
    for name in names:
        stream = Stream(*name)
        occurrences.update(stream.at(i).below(2**128) for i in range(1000))
    assert max(occurrences.values()) == 1


def test_long_draws_do_not_repeat_the_pool() -> None:
    draws = Stream("long").at(0)
    numbers = [draws.below(2**200) for _ in range(50)] + [draws.below(10**300) for _ in range(5)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 100])
def test_below_is_uniform(n: int) -> None:
    stream = Stream("uniform", n)
    total = 40_000
    draws = [stream.at(i) for i in range(total // 20)]
    counts = Counter(d.below(n) for d in draws for _ in range(20))
    assert set(counts) <= set(range(n))
    assert chi_squared(counts, n, total) < n + 5 * (2 * n) ** 0.5


def test_distinct_numbers_are_uniform_over_the_orders() -> None:
    stream = Stream("orders")
    counts = Counter(stream.at(i).distinct(3, -1, 1) for i in range(6000))
    assert set(counts) == set(itertools.permutations((-1, 0, 1)))
    assert chi_squared(counts, 6, 6000) < 6 + 5 * 12**0.5


def test_too_many_distinct_numbers_are_an_error() -> None:
    with pytest.raises(ValueError, match="1 … 3 has 3 different numbers, not 4"):
        Stream("x").at(0).distinct(4, 1, 3)


@pytest.mark.parametrize(("low", "high"), [(-3, 3), (5, 5)])
def test_between_reaches_both_ends(low: int, high: int) -> None:
    stream = Stream("ends")
    assert {stream.at(i).between(low, high) for i in range(300)} == set(range(low, high + 1))


def test_digits_keep_leading_zeros() -> None:
    stream = Stream("digits")
    texts = [stream.at(i).digits(3) for i in range(2000)]
    assert {len(text) for text in texts} == {3}
    assert sum(text[0] == "0" for text in texts) == pytest.approx(200, abs=60)
    assert stream.at(0).digits(0) == ""


def chi_squared(counts, n, total):
    return sum((count - total / n) ** 2 for count in counts.values()) * n / total


@pytest.mark.parametrize("n", [1, 2, 3, 5, 16, 17, 1000])
def test_a_permutation_has_every_number_once(n: int) -> None:
    order = Permutation(n, "p", 0)
    assert sorted(map(order.at, range(n))) == list(range(n))
    assert [order.at(i) for i in range(n)] == [Permutation(n, "p", 0).at(i) for i in range(n)]


def test_different_keys_give_different_permutations() -> None:
    orders = {tuple(map(Permutation(50, "p", key).at, range(50))) for key in range(200)}
    assert len(orders) == 200


@pytest.mark.parametrize("n", [3, 10])
def test_every_number_is_uniform_over_the_places(n: int) -> None:
    total = 4000
    orders = [Permutation(n, "p", key) for key in range(total)]
    for place in range(n):
        counts = Counter(order.at(place) for order in orders)
        assert chi_squared(counts, n, total) < n + 6 * (2 * n) ** 0.5


def test_a_permutation_equals_the_recorded_one() -> None:
    assert [Permutation(10, "p", 0).at(i) for i in range(10)] == RECORDED_PERMUTATION


def test_shuffles_are_uniform_over_the_orders() -> None:
    stream = Stream("shuffles")
    counts = Counter(tuple(stream.at(i).shuffled("abc")) for i in range(6000))
    assert set(counts) == set(itertools.permutations("abc"))
    assert chi_squared(counts, 6, 6000) < 6 + 5 * 12**0.5
