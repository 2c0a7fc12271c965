"""Lengths: ranges of a user's own, and the greatest length of each task."""

from __future__ import annotations

import pytest

import tasks
from tasks.base import MAX_LENGTH
from tests.support.tasks.reversal_task import reverse_bits


@pytest.mark.parametrize("name", tasks.names())
def test_instances_have_the_greatest_length_and_no_greater_one(name: str) -> None:
    task = tasks.get(name)
    greatest = task.greatest_length
    assert max(high for _, high in task.ranges.values()) <= greatest <= MAX_LENGTH
    draws = tasks.Stream("greatest", name).at(0)
    for _ in range(60):  # of some tasks, a third of the samples need too many names
        assert task.length(task.draw(draws, greatest)) == greatest
    if greatest < MAX_LENGTH:
        with pytest.raises(ValueError, match=f"{name}: a length must be at most {greatest:,}, not"):
            [task.draw(draws, greatest + 1) for _ in range(20)]


def test_a_task_without_a_limit_has_the_greatest_length_that_is_looked_for(tmp_path) -> None:
    assert reverse_bits(tmp_path).greatest_length == MAX_LENGTH


def test_ranges_of_ones_own_replace_and_follow_those_of_the_task() -> None:
    task = tasks.get("compare_numbers").with_ranges({"XL": (60, 99), "S": (2, 4)})
    assert list(task.ranges.items()) == [("S", (2, 4)), ("M", (11, 20)), ("L", (21, 50)),
                                         ("XL", (60, 99))]  # fmt: skip
    draws = tasks.Stream("own").at(0)
    assert {task.length(task.draw(draws, "S")) for _ in range(50)} <= {2, 3, 4}
    assert 60 <= task.length(task.draw(draws, "XL")) <= 99


@pytest.mark.parametrize(
    ("name", "lengths", "message"),
    [
        (
            "XL",
            (20, 5_000),
            "the length of range XL must be at most .*, not 5,000",
        ),
        ("XL", (9, 8), "9–8 is not a range of lengths"),
        ("XL", (0, 8), "must be 1 ≤ least ≤ greatest"),
        ("X L", (1, 2), "'X L' is not the name of a range; use letters and digits"),
    ],
)
def test_invalid_ranges(name: str, lengths: tuple[int, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tasks.get("compare_numbers").with_ranges({name: lengths})
