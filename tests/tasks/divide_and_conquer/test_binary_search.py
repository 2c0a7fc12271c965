from collections import Counter
from typing import Any

import pytest

import tasks
from tasks.divide_and_conquer.binary_search import Search
from tests.support.oracles.divide_and_conquer.binary_search import answer
from tests.support.tasks.task_samples import MAX_DEVIATION, SAMPLE_SIZE, draw_instances


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
        {"first": "10"},
        {"first": "98"},
        {"first": "100"},
        {"first": "998"},
        {"first": "9"},
        {"first": "1001"},
        {"first": "ab"},
        {"low": "w"},
        {"low": ""},
    ],
    ids=str,
)
def test_invalid_searches_are_rejected(fields: dict[str, Any]) -> None:
    good: dict[str, Any] = {"values": (1, 2), "target": 5, "first": "97", "low": "v"}
    Search(**good)
    with pytest.raises(ValueError, match=r"binary_search|cannot begin"):
        Search(**good | fields)


def test_places_have_three_digits_where_two_are_too_few() -> None:
    task = tasks.get("binary_search", ranges={"X": (60, 120)})
    sample = draw_instances(task, "X", 200)
    assert {len(i.first) for i in sample if len(i.values) <= 80} == {2}
    assert {len(i.first) for i in sample if len(i.values) > 80} == {3}
    assert [task.answer(i) for i in sample] == [*map(answer, sample)]
    borders = [Search(values=tuple(range(1, 801)), target=99, first=f) for f in ("101", "199")]
    assert [*map(task.answer, borders)] == ["98", "98"]


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_no_simple_guess_is_often_right(range_name: str) -> None:
    sample = draw_instances(tasks.get("binary_search"), range_name, SAMPLE_SIZE)
    guesses: Counter[str] = Counter()
    for i in sample:
        n, index = len(i.values), int(answer(i))
        guesses["absent"] += index == -1
        guesses["middle"] += index == (n - 1) // 2
        guesses["in proportion"] += index == round((i.target + 9999) / 19998 * (n - 1))
    assert abs(guesses.pop("absent") / SAMPLE_SIZE - 0.3) < MAX_DEVIATION
    assert max(guesses.values()) / SAMPLE_SIZE < 0.3


def test_positions_and_gaps_are_drawn_uniformly() -> None:
    sample = draw_instances(tasks.get("binary_search", ranges={"X": (7, 7)}), "X", SAMPLE_SIZE)
    positions = Counter(i.values.index(i.target) for i in sample if i.target in i.values)
    gaps = Counter(sum(v < i.target for v in i.values) for i in sample if i.target not in i.values)
    assert (set(positions), set(gaps)) == (set(range(7)), set(range(8)))
    assert all(abs(n / SAMPLE_SIZE - 0.7 / 7) < MAX_DEVIATION for n in positions.values())
    assert all(abs(n / SAMPLE_SIZE - 0.3 / 8) < MAX_DEVIATION for n in gaps.values())
