"""Samplers are honest: lengths as promised, and no two seeds alike."""

from collections import Counter
from itertools import product

import pytest

import tasks
from tests.support.task_samples import drawn

FEW = 20_000


@pytest.mark.parametrize("name", tasks.names())
@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_lengths_fill_the_range(name, where):
    task = tasks.get(name)
    low, high = task.length_range(where)
    counts = Counter(task.length(instance) for instance in drawn(task, where, 2000))
    assert set(counts) == set(range(low, high + 1))
    if task.lengths == 1:
        share = 1 / (high - low + 1)
        assert all(abs(n / 2000 - share) < 5 * (share / 2000) ** 0.5 for n in counts.values())


@pytest.mark.parametrize("name", tasks.names())
def test_seeds_and_ranges_share_no_problem(name):
    task = tasks.get(name)
    longest = [task.length_range("L")[1]] * task.lengths
    if (task.count(*longest) or 2**64) < 2**40:
        return  # where there are few problems, seeds share them
    streams = [tasks.Stream(task.name, "L", "train", seed) for seed in range(3)]
    seen = Counter(task.draw(stream.at(i), "L").digest for stream in streams for i in range(500))
    assert max(seen.values()) == 1


@pytest.mark.parametrize("name", tasks.names())
def test_numbered_problems_are_all_there_are(name):
    """Where problems are few; of many, that the first numbers and the last name different ones."""
    task, draws = tasks.get(name), tasks.Stream("numbered").at(0)
    if type(task).unrank is tasks.Task.unrank:
        return  # there are too many to be shared out by number
    low, high = task.length_range("S")
    for lengths in product((low, low + 1, high), repeat=task.lengths):
        count = task.count(*lengths)
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
