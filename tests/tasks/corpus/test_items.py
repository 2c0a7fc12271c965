"""Items: each made alone, lengths in turns, zones of small spaces that no two splits share."""

from collections import Counter

import pytest

import tasks
from tasks.corpus.items import ItemPool, items
from tasks.corpus.zones import MAX_ENUMERATED_PROBLEMS, SPLITS, apportion
from tests.tasks.corpus.bits import reverse_bits

KEYS = [("S", "train", 0), ("S", "train", 1), ("S", "eval", 0), ("M", "train", 0)]


def problems(source):
    """The items of a numbered range, all there are."""
    found = [source.item(index) for index in range(source.end)]
    return [item for item in found if item is not None]


@pytest.mark.parametrize("name", tasks.names())
def test_an_item_is_the_same_alone_and_among_others(name):
    task = tasks.get(name)
    for where in task.ranges:
        end = ItemPool(task, where, "eval", 3).end or 6
        together = list(items(task, where, "eval", 3, range(min(end, 6))))
        for index, item in reversed(list(enumerate(together))):
            assert list(items(task, where, "eval", 3, [index])) == [item]


def few(task):
    """Whether the shortest problems are numbered: splits and seeds share their space."""
    shortest = task.count(*[task.length_range("S")[0]] * task.lengths)
    return shortest is not None and shortest <= MAX_ENUMERATED_PROBLEMS


@pytest.mark.parametrize("name", [task.name for task in tasks.all() if not few(task)])
def test_keys_share_nothing(name):
    task = tasks.get(name)
    sources = [ItemPool(task, *key) for key in KEYS]
    seen = Counter(source.item(i).instance.digest for source in sources for i in range(300))
    assert max(seen.values()) == 1


@pytest.mark.parametrize("name", ["bubble_sort", "large_number_addition"])
def test_lengths_take_turns(name):
    task = tasks.get(name)
    low, high = task.length_range("S")
    cells = (high - low + 1) ** task.lengths
    drawn = [item.instance for item in items(task, "S", "train", 0, range(2 * cells))]
    if task.lengths == 1:
        counts = Counter(map(task.length, drawn))
        assert counts == dict.fromkeys(range(low, high + 1), 2)
    else:
        counts = Counter(
            tuple(len(number.replace(".", "")) for number in (i.x, i.y)) for i in drawn
        )
        assert set(counts.values()) == {2}
        assert len(counts) == cells
        first = [tuple(len(n.replace(".", "")) for n in (i.x, i.y)) for i in drawn[:100]]
        assert first != sorted(first)


def test_zones_cut_a_small_space_in_three(tmp_path):
    task = reverse_bits(tmp_path)
    found = {split: problems(ItemPool(task, "S", split, 0)) for split in SPLITS}
    distinct = {split: {item.instance for item in found[split]} for split in SPLITS}
    assert {split: len(distinct[split]) for split in SPLITS} == {
        "eval": 13,
        "probe": 12,
        "train": 99,
    }
    assert len(set.union(*distinct.values())) == 4 + 8 + 16 + 32 + 64
    for split, share in (("eval", 0.1), ("probe", 0.1), ("train", 0.8)):
        for n, count in Counter(len(i.bits) for i in distinct[split]).items():
            assert abs(count - share * 2**n) < 2


def test_training_comes_again_in_every_wording_and_nothing_else_does(tmp_path):
    task = reverse_bits(tmp_path)
    trained = problems(ItemPool(task, "S", "train", 0))
    posed = Counter(item.instance for item in trained)
    assert set(posed.values()) == {3}
    assert len({(item.instance, item.wording) for item in trained}) == len(trained)
    first = [item for item in trained if not item.repeats]
    assert len({item.instance for item in first}) == len(first) == 99
    assert max(i.index for i in first) < min(i.index for i in trained if i.repeats)
    for split in ("eval", "probe"):
        assert not any(item.repeats for item in problems(ItemPool(task, "S", split, 0)))


def test_other_seeds_cut_a_space_elsewhere(tmp_path):
    task = reverse_bits(tmp_path)
    one, two = ({i.instance for i in problems(ItemPool(task, "S", "eval", s))} for s in (0, 1))
    assert one != two


def test_a_later_range_of_few_problems_is_for_evaluation_alone(tmp_path):
    task = reverse_bits(tmp_path)
    sizes = [len(problems(ItemPool(task, "M", split, 0))) for split in SPLITS]
    assert sizes == [128 + 256, 0, 0]
    with pytest.raises(ValueError, match="no item has the index 0; there are 0 problems"):
        next(items(task, "M", "train", 0, [0]))
    large = ItemPool(task, "L", "train", 0)
    assert large.end is None
    assert large.item(10**9) is not None


def test_one_length_is_no_part_of_a_corpus(tmp_path):
    task = reverse_bits(tmp_path)
    for split in SPLITS:
        assert {i.instance.bits for i in problems(ItemPool(task, 2, split, 0))} == {
            "00", "01", "10", "11"
        }  # fmt: skip


def test_the_very_smallest_spaces_are_evaluated_first(tmp_path):
    task = reverse_bits(tmp_path, ranges={"S": (1, 4)})
    sizes = [len({i.instance for i in problems(ItemPool(task, "S", s, 0))}) for s in SPLITS]
    assert sizes == [6, 0, 24]


def test_a_task_may_hold_problems_out_itself(tmp_path):
    """Here those whose word has three ones or more in a row, in whatever split they might stand."""
    own = type(reverse_bits(tmp_path))

    class Held(own):
        def held_out(self, instance, seed):
            return "111" in instance.bits

    for numbered in (True, False):
        task = Held(numbered=numbered)
        for where in ("S", "L"):
            words = {}
            for split in SPLITS:
                source = ItemPool(task, where, split, 0)
                made = map(source.item, range(source.end or 500))
                words[split] = {item.instance.bits for item in made if item is not None}
            assert not [word for word in words["train"] if "111" in word]
            assert not [word for word in words["eval"] | words["probe"] if "111" not in word]
            assert all(words.values())


def test_an_unknown_split(tmp_path):
    with pytest.raises(
        ValueError, match="'test' is not a split; the splits are eval, probe, train"
    ):
        ItemPool(reverse_bits(tmp_path), "S", "test", 0)


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
def test_shares_add_up(weights, total, shares):
    assert apportion(weights, total) == shares
    assert sum(shares) == total
    order = list(range(len(weights)))[::-1]
    assert sum(apportion(weights, total, order)) == total
