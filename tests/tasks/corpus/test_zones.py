"""Zones: small spaces are partitioned between the splits, and their problems add up."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tasks.base import AnyTask
from tasks.corpus.items import Item, ItemPool
from tasks.corpus.zones import SPLITS, apportion
from tests.support.tasks.reversal_task import reverse_bits


def all_items(task: AnyTask, range_or_length: str | int, split: str, seed: int = 0) -> list[Item]:
    """Return all items of an enumerated range."""
    pool = ItemPool(task, range_or_length, split, seed)
    assert pool.end is not None
    return [item for item in map(pool.item, range(pool.end)) if item is not None]


def word(item: Item) -> str:
    """Return the word of bits that an item poses."""
    instance: Any = item.instance
    return str(instance.bits)


def first_name(item: Item) -> str:
    """Return the random name of an item."""
    instance: Any = item.instance
    return str(instance.first)


def test_zones_cut_a_small_space_in_three(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    words = {split: {word(item) for item in all_items(task, "S", split)} for split in SPLITS}
    assert {split: len(words[split]) for split in SPLITS} == {
        "eval": 13, "probe": 12, "train": 99
    }  # fmt: skip
    assert len(set.union(*words.values())) == 4 + 8 + 16 + 32 + 64
    for split, share in (("eval", 0.1), ("probe", 0.1), ("train", 0.8)):
        for length, count in Counter(map(len, words[split])).items():
            assert abs(count - share * 2**length) < 2


def test_training_repeats_problems_in_every_wording_and_other_splits_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["tasks.corpus.items"], "MAX_NAMINGS", 2)
    task = reverse_bits(tmp_path)
    training = all_items(task, "S", "train")
    assert set(Counter(item.instance for item in training).values()) == {6}
    assert set(Counter((item.instance, item.wording) for item in training).values()) == {2}
    first_pass = [item for item in training if not item.repeats]
    assert len({item.instance for item in first_pass}) == len(first_pass) == 99
    assert {first_name(item) for item in training} == {"1", "2", "3"}
    assert len({item.instance.to_json() for item in training}) > 2 * 99  # names are drawn anew
    for split in ("eval", "probe"):
        assert not any(item.repeats for item in all_items(task, "S", split))


def test_lengths_with_few_problems_stay_as_frequent_as_others(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path, ranges={"S": (2, 22)})
    items_of_length = Counter(
        task.length(item.instance)
        for item in map(ItemPool(task, "S", "train", 0).item, range(21 * 100))
        if item is not None
    )
    assert items_of_length[3] == items_of_length[4] == items_of_length[22] == 100


def test_seeds_partition_a_space_differently(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    one, two = ({i.instance for i in all_items(task, "S", "eval", seed)} for seed in (0, 1))
    assert one != two


def test_a_later_range_of_few_problems_is_for_evaluation_only(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    sizes = [len(all_items(task, "M", split)) for split in SPLITS]
    assert sizes == [128 + 256, 0, 0]


def test_every_split_holds_all_problems_of_a_single_length(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    for split in SPLITS:
        words = {word(item) for item in all_items(task, 2, split)}
        assert words == {"00", "01", "10", "11"}


def test_evaluation_gets_six_problems_of_a_very_small_space_before_probes(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path, ranges={"S": (1, 4)})
    sizes = [len({item.instance for item in all_items(task, "S", split)}) for split in SPLITS]
    assert sizes == [6, 0, 24]


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("range_name", ["S", "L"])
def test_a_task_may_hold_out_problems_itself(
    tmp_path: Path, numbered: bool, range_name: str
) -> None:
    """The task holds out words with three ones in a row; only evaluation and probes have them."""
    own_class: type[AnyTask] = type(reverse_bits(tmp_path))

    class HoldsOut(own_class):  # type: ignore[valid-type,misc]
        def held_out(self, instance: Any, seed: int) -> bool:
            return "111" in instance.bits

    task = HoldsOut(numbered=numbered)
    words = {}
    for split in SPLITS:
        pool = ItemPool(task, range_name, split, 0)
        pool_items = map(pool.item, range(pool.end or 500))
        words[split] = {word(item) for item in pool_items if item is not None}
    assert not [bits for bits in words["train"] if "111" in bits]
    assert not [bits for bits in words["eval"] | words["probe"] if "111" not in bits]
    assert all(words.values())


@pytest.mark.parametrize(
    ("weights", "total", "shares"),
    [
        ((1, 1, 1), 10, [3, 3, 4]),
        ((8, 1, 1), 100_000, [80_000, 10_000, 10_000]),
        ((4, 3, 3), 7, [2, 2, 3]),
        ((0, 5), 3, [0, 3]),
        ((0, 0), 0, [0, 0]),
    ],
)
def test_shares_add_up(weights: Sequence[int], total: int, shares: Sequence[int]) -> None:
    assert apportion(weights, total) == shares
    assert sum(shares) == total
    order = list(range(len(weights)))[::-1]
    assert sum(apportion(weights, total, order)) == total
