"""Selection: new problems in the order of their indices, none that is excluded."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tasks
from tasks.base import AnyTask
from tasks.corpus import selection
from tasks.corpus.items import items
from tasks.corpus.selection import (
    ChosenItems,
    CorpusPart,
    ProblemKeys,
    choose_items,
    find_candidates,
    problem_keys,
    select_items,
)
from tests.support.tasks.reversal_task import reverse_bits

NO_KEYS = np.zeros(0, np.uint64)


def select(
    task: AnyTask, range_name: str, split: str, count: int, excluded: ProblemKeys = NO_KEYS
) -> ChosenItems:
    candidates = partial(map, partial(find_candidates, task, range_name, split, 0))
    return select_items(candidates, count, excluded)


def instances(task: AnyTask, range_name: str, split: str, chosen: ChosenItems) -> list[Any]:
    return [i.instance for i in items(task, range_name, split, 0, chosen.indices.tolist())]


def test_a_smaller_selection_is_the_beginning_of_a_larger_one() -> None:
    task = tasks.get("compare_numbers")
    large = select(task, "S", "train", 2500)
    small = select(task, "S", "train", 700)
    assert small.indices.tolist() == large.indices[:700].tolist()
    assert set(small.problems.tolist()) < set(large.problems.tolist())
    assert np.all(np.diff(large.indices) > 0)


def test_each_problem_is_selected_once(tmp_path: Path) -> None:
    """The 4 + 8 words are drawn, not numbered; all 12 are selected, and then no more."""
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3)})
    chosen = select(task, "S", "train", 100)
    words = [instance.bits for instance in instances(task, "S", "train", chosen)]
    assert len(words) == len(set(words)) == 12
    assert chosen.indices[-1] < selection.MAX_INDICES_WITHOUT_NEW


def test_excluded_problems_are_skipped(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3)})
    excluded = select(task, "S", "eval", 5).problems
    chosen = select(task, "S", "train", 100, excluded)
    assert len(chosen.problems) == 7
    assert not np.isin(chosen.problems, excluded).any()


def test_a_small_space_repeats_but_not_its_excluded_problems(tmp_path: Path) -> None:
    """The ranges overlap: training of one must not hold what the other evaluates."""
    task = reverse_bits(tmp_path, ranges={"S": (2, 6), "M": (5, 6)})
    excluded = select(task, "M", "eval", 500).problems
    assert len(excluded) == 32 + 64
    chosen = select(task, "S", "train", 10_000, excluded)
    assert not np.isin(chosen.problems, excluded).any()
    assert len(chosen.indices) == 9 * len(chosen.problems)
    words = [instance.bits for instance in instances(task, "S", "train", chosen)]
    assert {len(word) for word in words} == {2, 3, 4}


@pytest.mark.parametrize("numbered", [True, False])
def test_a_task_that_holds_out_everything_trains_on_nothing(tmp_path: Path, numbered: bool) -> None:
    own_class: type[AnyTask] = type(reverse_bits(tmp_path))

    class HoldsOutAll(own_class):  # type: ignore[valid-type,misc]
        def held_out(self, instance: Any, seed: int) -> bool:
            return True

    assert len(select(HoldsOutAll(numbered=numbered), "S", "train", 10).indices) == 0


@pytest.mark.parametrize("chunks", [1, 3, 500])
@pytest.mark.parametrize(
    "make_task",
    [
        lambda folder: reverse_bits(folder, ranges={"S": (2, 13)}),
        lambda _: tasks.get("bubble_sort"),
    ],
    ids=["reverse_bits", "bubble_sort"],
)
def test_the_size_of_a_round_does_not_matter(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunks: int,
    make_task: Callable[[Path], AnyTask],
) -> None:
    monkeypatch.setattr(selection, "MAX_INDICES_PER_ROUND", chunks * selection.INDICES_PER_CHUNK)
    task = make_task(tmp_path)
    chosen = select(task, "S", "train", 4321)
    keys = problem_keys(instances(task, "S", "train", chosen))
    assert sorted(set(keys.tolist())) == chosen.problems.tolist()
    assert len(chosen.indices) == 4321
    assert np.all(np.diff(chosen.indices) > 0)


@pytest.mark.parametrize("count", [0, 1, 13, 14])
def test_no_more_items_are_selected_than_exist(tmp_path: Path, count: int) -> None:
    chosen = select(reverse_bits(tmp_path), "S", "eval", count)
    assert len(chosen.indices) == len(chosen.problems) == min(count, 13)


def test_problem_keys_are_those_of_the_selected_items(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    chosen = select(task, "S", "train", 150)
    assert len(chosen.indices) == 150
    assert len(set(instances(task, "S", "train", chosen))) == len(chosen.problems) == 80


def test_parts_of_a_task_share_no_problem(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3), "M": (3, 4)})
    parts = [CorpusPart(task, "S", "eval", 5), CorpusPart(task, "M", "eval", 50)]
    first, second = choose_items(parts, 0)
    assert len(first.problems) == 5
    assert not np.isin(second.problems, first.problems).any()
    together = np.concatenate([first.problems, second.problems])
    longer_words = select(task, "M", "eval", 50).problems
    assert set(longer_words.tolist()) <= set(together.tolist())
