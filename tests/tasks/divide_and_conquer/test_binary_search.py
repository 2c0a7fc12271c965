from collections import Counter

import pytest

import tasks
from tasks.divide_and_conquer.binary_search import Search
from tests.support.oracles.binary_search import answer
from tests.support.task_samples import COUNT, SPREAD, drawn


@pytest.mark.parametrize(
    "fields",
    [
        {"values": ()},
        {"values": (1, 1)},
        {"values": (2, 1)},
        {"values": (1.0,)},
        {"values": (10_000,)},
        {"target": -10_000},
        {"target": True},
        {"first": "AA"},
        {"first": "JI"},
        {"first": "ab"},
        {"low": "w"},
        {"low": ""},
    ],
    ids=str,
)
def test_searches_that_are_no_instance(fields):
    Search(values=(1, 2), target=5, first="JH", low="v")
    with pytest.raises(ValueError, match="binary_search"):
        Search(**{"values": (1, 2), "target": 5} | fields)


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_no_guess_finds_what_is_searched_for(where):
    sample = drawn(tasks.get("binary_search"), where, COUNT)
    guesses = Counter()
    for i in sample:
        n, index = len(i.values), int(answer(i))
        guesses["absent"] += index == -1
        guesses["middle"] += index == (n - 1) // 2
        guesses["in proportion"] += index == round((i.target + 9999) / 19998 * (n - 1))
    assert abs(guesses.pop("absent") / COUNT - 0.3) < SPREAD
    assert max(guesses.values()) / COUNT < 0.3


def test_every_position_and_gap_is_searched_for():
    sample = drawn(tasks.get("binary_search", ranges={"X": (7, 7)}), "X", COUNT)
    found = Counter(i.values.index(i.target) for i in sample if i.target in i.values)
    gaps = Counter(sum(v < i.target for v in i.values) for i in sample if i.target not in i.values)
    assert (set(found), set(gaps)) == (set(range(7)), set(range(8)))
    assert all(abs(n / COUNT - 0.7 / 7) < SPREAD for n in found.values())
    assert all(abs(n / COUNT - 0.3 / 8) < SPREAD for n in gaps.values())
