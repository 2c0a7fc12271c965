"""Items: the problems of a split of a range, each posed in words and numbered by an index.

The item at an index is a function of task, range, split and seed alone, so it can be made alone, on
any machine. The lengths of a range alternate in a random order, so all lengths are equally
frequent.

Small spaces are partitioned between the splits (``tasks.corpus.zones``). When a zone is used up,
training poses its problems again, in the other wordings and then with other names, so that lengths
stay equally frequent; in evaluation and probes the other lengths continue. In large spaces problems
are drawn at random, and ``tasks.corpus.selection`` keeps the splits disjoint. A task may also hold
out problems itself (``Task.held_out``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b

from tasks.base import AnyTask, Instance
from tasks.corpus.zones import SPLITS, zones_of
from tasks.draws import Stream

MAX_NAMINGS = 676
"""Training poses a problem in each wording at most this often, with other names each time."""


@dataclass(frozen=True, slots=True)
class Item:
    """A problem posed in words.

    Attributes
    ----------
    index
        Its index within its task, range, split and seed, from 0.
    instance
        The problem, with the names its text uses.
    wording
        Index of the wording that poses it.
    repeats
        Whether an item with a lower index poses the same problem, as training items do when the
        problems of a length are used up.
    """

    index: int
    instance: Instance
    wording: int
    repeats: bool = False

    @property
    def key(self) -> int:
        """64-bit key of the problem with its wording and its names; equal for equal prompts."""
        posed = f"{self.wording} {self.instance.to_json()}".encode()
        return int.from_bytes(blake2b(posed, digest_size=8).digest(), "little")

    def prompt(self, task: AnyTask, *, keyed: bool = False) -> str:
        """Return the problem in words, ending in a line break."""
        return task.prompt(self.instance, self.wording, keyed=keyed)


class ItemPool:
    """All items of one task, range, split and seed.

    Parameters
    ----------
    range_or_length
        Name of a range, or one length. Every split holds all problems of a single length, because
        no corpus is built from single lengths.

    Attributes
    ----------
    end
        Smallest index from which on no item exists; None if problems are drawn at random.

    Raises
    ------
    ValueError
        If the task does not have the range, or the split does not exist.
    """

    def __init__(self, task: AnyTask, range_or_length: str | int, split: str, seed: int) -> None:
        if split not in SPLITS:
            raise ValueError(f"{split!r} is not a split; the splits are {', '.join(SPLITS)}")
        self.task = task
        self._seed = seed
        self._is_train = None if isinstance(range_or_length, int) else split == "train"
        key = (task.name, range_or_length, split, seed)
        self._stream = Stream(*key)
        zones = [zone for zone in zones_of(task, range_or_length, split, seed) if zone.size != 0]
        self._zones = Stream(*key, "lengths").at(0).shuffled(zones)
        sizes = [zone.size for zone in self._zones]
        known = [size for size in sizes if size is not None]
        self._wordings = task.wording_indices(split)
        self._passes = _passes(task) if split == "train" else 1
        has_end = len(known) == len(sizes)
        self.end = max(known, default=0) * len(sizes) * self._passes if has_end else None

    @property
    def problem_count(self) -> int | None:
        """Number of different problems; None if problems are drawn at random."""
        sizes = [zone.size for zone in self._zones]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def item(self, index: int) -> Item | None:
        """Return the item at an index, or None if that index has none.

        Indices below ``end`` have no item if the problems of their length are used up, or if the
        task keeps the problem for another split (``Task.held_out``).
        """
        if self.end is not None and index >= self.end:
            return None
        position, zone_number = divmod(index, len(self._zones))
        zone = self._zones[zone_number]
        draws = self._stream.at(index)
        wording = self._wordings[draws.below(len(self._wordings))]
        if zone.order is None or zone.size is None:
            instance = self.task.draw_at(draws, *zone.lengths)
            return self._unless_held_out(Item(index, instance, wording))
        pass_number, position = divmod(position, zone.size)
        if pass_number >= self._passes:
            return None
        number = zone.order(zone.first + position)
        instance = self.task.unrank(draws, number, *zone.lengths)
        if pass_number:  # each pass uses the wording after that of the pass before
            first_index = position * len(self._zones) + zone_number
            first_wording = self._stream.at(first_index).below(len(self._wordings))
            wording = self._wordings[(first_wording + pass_number) % len(self._wordings)]
        return self._unless_held_out(Item(index, instance, wording, repeats=pass_number > 0))

    def _unless_held_out(self, item: Item) -> Item | None:
        held_out = self.task.held_out(item.instance, self._seed)
        return None if held_out is not None and held_out is self._is_train else item


def _passes(task: AnyTask) -> int:
    """Return how often training may pose the problems of a length: in each wording with names."""
    has_names = any(not field.compare for field in fields(task.instance))
    return len(task.wording_indices("train")) * (MAX_NAMINGS if has_names else 1)


@lru_cache(maxsize=256)  # a corpus of all tasks has 171 pools, of 25 kB each
def _pool(
    task: AnyTask, wordings: tuple[range, range], range_or_length: str | int, split: str, seed: int
) -> ItemPool:
    return ItemPool(task, range_or_length, split, seed)


def item_pool(task: AnyTask, range_or_length: str | int, split: str, seed: int) -> ItemPool:
    """Return an ``ItemPool``, which may be one that was made before.

    Tasks are equal if their files have the same paths, and the prompts files may have changed: the
    numbers of wordings are all that a pool takes from them.
    """
    wordings = task.wording_indices(split), task.wording_indices("train")
    return _pool(task, wordings, range_or_length, split, seed)


def items(
    task: AnyTask, range_or_length: str | int, split: str, seed: int, indices: Iterable[int]
) -> Iterator[Item]:
    """Yield the items at the given indices of a range or length, each made alone.

    Raises
    ------
    ValueError
        If an index has no item, the task does not have the range, or the split does not exist.
    """
    pool = item_pool(task, range_or_length, split, seed)
    for index in indices:
        item = pool.item(index)
        if item is None:
            raise ValueError(
                f"{task.name} {range_or_length} {split}: no item has the index {index}; "
                f"{_reason(pool, index)}"
            )
        yield item


def _reason(pool: ItemPool, index: int) -> str:
    if pool.problem_count is None or index < (pool.end or 0):
        return "its problem belongs to another split, or all problems of its length are used up"
    return f"there are {pool.problem_count} problems"
