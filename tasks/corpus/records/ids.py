"""Record ids of the form ``TASK-RANGE-SPLIT-SEED-INDEX``, which determine a record."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.corpus.zones import SPLITS

_FORM = "TASK-RANGE-SPLIT-SEED-INDEX"
_EXAMPLE = "bubble_sort-S-eval-0-7"
_FIELDS = re.compile(r"(.+)-([^-]+)-([^-]+)-(-?[^-]*)-([^-]*)")
_SEED = re.compile(r"0|-?[1-9][0-9]{0,18}")
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class RecordId:
    """Identifier of a record, and of the item that it was made of.

    ``str`` gives the text that is stored in the column ``id``; ``parse`` reads it.

    >>> str(RecordId("bubble_sort", "S", "eval", 0, 7))
    'bubble_sort-S-eval-0-7'

    Attributes
    ----------
    task
        Name of the task.
    range
        Name of the range.
    split
        One of ``SPLITS``.
    seed
        Seed of the corpus.
    index
        Index of the item within its task, range, split and seed, from 0.
    """

    task: str
    range: str
    split: str
    seed: int
    index: int

    @classmethod
    def parse(cls, text: str) -> RecordId:
        """Parse a record id.

        Raises
        ------
        ValueError
            If a field is missing, the split does not exist, or seed or index is not a whole number
            in its normal spelling. The message names the field.
        """
        match = _FIELDS.fullmatch(text)
        if match is None:
            raise ValueError(f"record id {text!r}: must have the form {_FORM}, like {_EXAMPLE}")
        task, range_name, split, seed, index = match.groups()
        if split not in SPLITS:
            raise ValueError(
                f"record id {text!r}: {split!r} is not a split; the splits are {', '.join(SPLITS)}"
            )
        if not _SEED.fullmatch(seed):
            raise ValueError(f"record id {text!r}: the seed {seed!r} is not a whole number")
        if not _INDEX.fullmatch(index):
            raise ValueError(f"record id {text!r}: the index {index!r} is not a number from 0")
        return cls(task, range_name, split, int(seed), int(index))

    @property
    def part(self) -> str:
        """The id without its index: ``TASK-RANGE-SPLIT-SEED``."""
        return f"{self.task}-{self.range}-{self.split}-{self.seed}"

    def __str__(self) -> str:
        return f"{self.part}-{self.index}"
