"""Items: each one is made alone, lengths alternate, keys share no items."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tasks
from tasks.base import AnyTask
from tasks.corpus import CorpusRequest, build
from tasks.corpus.items import ItemPool, items
from tasks.corpus.zones import MAX_ENUMERATED_PROBLEMS
from tests.support.tasks.reversal_task import reverse_bits

KEYS = [("S", "train", 0), ("S", "train", 1), ("S", "eval", 0), ("M", "train", 0)]


@pytest.mark.parametrize("name", tasks.names())
def test_an_item_is_the_same_alone_and_among_others(name: str) -> None:
    task = tasks.get(name)
    for range_name in task.ranges:
        end = ItemPool(task, range_name, "eval", 3).end or 6
        together = list(items(task, range_name, "eval", 3, range(min(end, 6))))
        for index, item in reversed(list(enumerate(together))):
            assert list(items(task, range_name, "eval", 3, [index])) == [item]


def is_enumerated(task: AnyTask) -> bool:
    """Return whether the shortest problems are enumerated, so that splits and seeds share them."""
    shortest = task.count(*[task.length_range("S")[0]] * task.lengths)
    is_numbered = type(task).unrank is not tasks.Task.unrank
    return is_numbered and shortest is not None and shortest <= MAX_ENUMERATED_PROBLEMS


DRAWN = [task.name for task in tasks.all() if not is_enumerated(task)]
SMALL_AT_FIRST = {
    "count_letters", "dijkstra", "knapsack_01", "lcs", "levenshtein_distance",
    "palindrome_combination", "word_flip",
}  # fmt: skip
"""Drawn tasks whose shortest problems are few: items repeat, and the choice for a corpus skips."""


@pytest.mark.parametrize("name", sorted({*DRAWN} - SMALL_AT_FIRST))
def test_ranges_splits_and_seeds_share_no_drawn_problem(name: str) -> None:
    task = tasks.get(name)
    digests: Counter[bytes] = Counter()
    for range_name, split, seed in KEYS:
        first_items = items(task, range_name, split, seed, range(300))
        digests.update(item.instance.digest for item in first_items)
    assert max(digests.values()) == 1


@pytest.mark.parametrize("name", sorted(SMALL_AT_FIRST))
def test_splits_of_a_corpus_share_no_problem_though_items_do(name: str, tmp_path: Path) -> None:
    task = tasks.get(name)
    request = CorpusRequest(tasks=[task], ranges=["S"], train=600, eval=200, probe=100)
    corpus = build(request, out=tmp_path / "corpus", workers=1)
    problems = {
        split: {
            task.instance.from_json(record["instance"]).digest
            for record in corpus.records(split, task=name, range_name="S")
        }
        for split in ("train", "eval", "probe")
    }
    assert {split: len(digests) for split, digests in problems.items()} == {
        "train": 600, "eval": 200, "probe": 100
    }  # fmt: skip
    assert len(set.union(*problems.values())) == 900


def test_lengths_alternate() -> None:
    task = tasks.get("bubble_sort")
    low, high = task.length_range("S")
    two_rounds = items(task, "S", "train", 0, range(2 * (high - low + 1)))
    counts = Counter(task.length(item.instance) for item in two_rounds)
    assert counts == dict.fromkeys(range(low, high + 1), 2)


def test_pairs_of_lengths_alternate_in_a_random_order() -> None:
    task = tasks.get("large_number_addition")
    low, high = task.length_range("S")
    pair_count = (high - low + 1) ** 2
    drawn: list[Any] = [
        item.instance for item in items(task, "S", "train", 0, range(2 * pair_count))
    ]
    pairs = [tuple(len(number.replace(".", "")) for number in (i.x, i.y)) for i in drawn]
    counts = Counter(pairs)
    assert set(counts.values()) == {2}
    assert len(counts) == pair_count
    assert pairs[:100] != sorted(pairs[:100])


def test_a_range_without_training_problems_has_no_training_items(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    with pytest.raises(ValueError, match="no item has the index 0; there are 0 problems"):
        next(items(task, "M", "train", 0, [0]))


def test_drawn_problems_have_no_last_index(tmp_path: Path) -> None:
    pool = ItemPool(reverse_bits(tmp_path), "L", "train", 0)
    assert pool.end is None
    assert pool.item(10**9) is not None


def test_an_unknown_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="'test' is not a split; the splits are eval, probe, train"
    ):
        ItemPool(reverse_bits(tmp_path), "S", "test", 0)


def test_a_pool_is_not_that_of_other_wordings_in_the_same_folder(tmp_path: Path) -> None:
    text = tasks.get("lcs").source.with_suffix(".prompts.txt").read_text()

    def drawn_wordings(prompts: str) -> set[int]:
        (tmp_path / "lcs.prompts.txt").write_text(prompts)
        stored = replace(tasks.get("lcs"), stored=tmp_path)
        return {item.wording for item in items(stored, "S", "train", 0, range(200))}

    first, second, *_ = text.split("\n\n")
    assert drawn_wordings(text) == {*range(18)}
    assert drawn_wordings(f"{first}\n\n{second}\n") == {0, 1}
    assert drawn_wordings(text) == {*range(18)}
