"""Which items are taken: new problems in the order of their indices, none that is held."""

from functools import partial

import numpy as np
import pytest

import tasks
from tasks.corpus import selection
from tasks.corpus.items import items
from tasks.corpus.selection import find_candidates, select_items
from tests.tasks.corpus.bits import reverse_bits

NOTHING = np.zeros(0, np.uint64)


def chosen(task, where, split, count, held=NOTHING):
    return select_items(partial(map, partial(find_candidates, task, where, split, 0)), count, held)


def test_fewer_are_the_first_of_more():
    task = tasks.get("compare_numbers")
    many = chosen(task, "S", "train", 2500)
    few = chosen(task, "S", "train", 700)
    assert few.indices.tolist() == many.indices[:700].tolist()
    assert set(few.problems.tolist()) < set(many.problems.tolist())
    assert np.all(np.diff(many.indices) > 0)


def test_each_problem_is_taken_once(tmp_path):
    """Of 4 + 8 words that are drawn, not numbered, 12 are found, and then no more."""
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3)})
    found = chosen(task, "S", "train", 100)
    words = [item.instance.bits for item in items(task, "S", "train", 0, found.indices.tolist())]
    assert len(words) == len(set(words)) == 12
    assert found.indices[-1] < selection.MAX_INDICES_WITHOUT_NEW


def test_what_is_held_is_passed_over(tmp_path):
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3)})
    held = chosen(task, "S", "eval", 5)
    rest = chosen(task, "S", "train", 100, held.problems)
    assert len(rest.problems) == 7
    assert not np.isin(rest.problems, held.problems).any()


def test_a_small_space_comes_again_and_what_is_held_does_not(tmp_path):
    """Overlapping ranges: what one of them evaluates, the other's training must not hold."""
    task = reverse_bits(tmp_path, ranges={"S": (2, 6), "M": (5, 6)})
    held = chosen(task, "M", "eval", 500)
    assert len(held.problems) == 32 + 64
    trained = chosen(task, "S", "train", 10_000, held.problems)
    assert not np.isin(trained.problems, held.problems).any()
    assert len(trained.indices) == 3 * len(trained.problems)
    words = [i.instance.bits for i in items(task, "S", "train", 0, trained.indices.tolist())]
    assert {len(word) for word in words} == {2, 3, 4}


def test_a_task_that_holds_out_everything_trains_on_nothing(tmp_path):
    own = type(reverse_bits(tmp_path))

    class Kept(own):
        def held_out(self, instance, seed):
            return True

    for numbered in (True, False):
        assert len(chosen(Kept(numbered=numbered), "S", "train", 10).indices) == 0


@pytest.mark.parametrize("size", [1, 3, 500])
def test_however_many_items_are_looked_at_in_a_round(tmp_path, monkeypatch, size):
    monkeypatch.setattr(selection, "MAX_INDICES_PER_ROUND", size * selection.INDICES_PER_CHUNK)
    for task in (reverse_bits(tmp_path, ranges={"S": (2, 13)}), tasks.get("bubble_sort")):
        found = chosen(task, "S", "train", 4321)
        made = items(task, "S", "train", 0, found.indices.tolist())
        keys = {int.from_bytes(item.instance.digest[:8], "little") for item in made}
        assert sorted(keys) == found.problems.tolist()
        assert len(found.indices) == 4321
        assert np.all(np.diff(found.indices) > 0)


@pytest.mark.parametrize("count", [0, 1, 13, 14])
def test_no_more_than_there_are(tmp_path, count):
    found = chosen(reverse_bits(tmp_path), "S", "eval", count)
    assert len(found.indices) == len(found.problems) == min(count, 13)


def test_problems_are_those_of_the_items_taken(tmp_path):
    found = chosen(reverse_bits(tmp_path), "S", "train", 150)
    assert len(found.indices) == 150
    made = items(reverse_bits(tmp_path), "S", "train", 0, found.indices.tolist())
    assert len({item.instance for item in made}) == len(found.problems) == 99
