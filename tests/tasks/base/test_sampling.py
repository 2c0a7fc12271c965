"""Samplers draw uniform lengths, different problems for each seed, and all numbered problems."""

from collections import Counter
from itertools import product
from typing import Any

import pytest

import tasks
from tests.support.tasks.task_samples import draw_instances, problem_count

FEW = 20_000


@pytest.mark.parametrize("name", tasks.names())
@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_lengths_are_uniform_in_the_range(name: str, range_name: str) -> None:
    task = tasks.get(name)
    low, high = task.length_range(range_name)
    counts = Counter(task.length(instance) for instance in draw_instances(task, range_name, 2000))
    assert set(counts) == set(range(low, high + 1))
    if task.lengths == 1:
        share = 1 / (high - low + 1)
        assert all(abs(n / 2000 - share) < 5 * (share / 2000) ** 0.5 for n in counts.values())


@pytest.mark.parametrize("name", tasks.names())
def test_seeds_and_ranges_share_no_problem(name: str) -> None:
    task = tasks.get(name)
    longest = [task.length_range("L")[1]] * task.lengths
    if (task.count(*longest) or 2**64) < 2**40:
        return  # seeds share problems if there are few
    streams = [tasks.Stream(task.name, "L", "train", seed) for seed in range(3)]
    problems = Counter(
        task.draw(stream.at(i), "L").digest for stream in streams for i in range(500)
    )
    assert max(problems.values()) == 1


@pytest.mark.parametrize("name", tasks.names())
def test_unrank_yields_every_problem(name: str) -> None:
    """All indices are tested if there are few problems, else the first and the last 500."""
    task, draws = tasks.get(name), tasks.Stream("numbered").at(0)
    if type(task).unrank is tasks.Task.unrank:
        return  # the task has too many problems to number them
    low, high = task.length_range("S")
    for lengths in product((low, low + 1, high), repeat=task.lengths):
        count = problem_count(task, *lengths)
        few = count <= FEW
        indices = range(count) if few else [*range(500), *range(count - 500, count)]
        problems = {task.unrank(draws, index, *lengths).digest for index in indices}
        assert len(problems) == len(indices)
        sample = [task.sample(draws, *lengths) for _ in range(200)]
        assert not few or {instance.digest for instance in sample} <= problems
        assert {task.length(instance) for instance in sample} == {max(lengths)}


@pytest.mark.parametrize(
    ("name", "options", "length"),
    [
        ("bubble_sort", {}, 51),
        ("compare_numbers", {}, 676),
        ("compare_numbers", {"plain": True}, 25),
    ],
)
def test_lengths_without_enough_names_are_rejected(
    name: str, options: dict[str, Any], length: int
) -> None:
    task = tasks.get(name, **options)
    draws = tasks.Stream("names").at(0)
    if name == "bubble_sort" or options:
        assert task.length(task.draw(draws, length - 1)) == length - 1
    with pytest.raises(ValueError, match="names"):
        task.draw(draws, length)
