"""Requests: what a corpus must hold, by task, range and split, and how its records are written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from typing import Any

from compiler.vocabulary import Vocabulary
from tasks.base import AnyTask
from tasks.corpus.records.table import RecordOptions
from tasks.corpus.selection import CorpusPart
from tasks.corpus.zones import apportion
from tasks.draws import VERSION
from tm.support.files import sha256

DEFAULT_RANGES = ("S", "M", "L")

MAX_SEED = 10**18
"""Seeds are below this in magnitude, as in record ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusRequest:
    """Request for a corpus; it determines every byte of the corpus.

    Attributes
    ----------
    tasks
        Tasks of the corpus; each name once.
    train
        Training records of each task, over all its ranges.
    eval, probe
        Evaluation and probe records of each task and range.
    ranges
        Names of the ranges that get evaluation and probe records.
    mix
        Weights that distribute the training records of a task over its ranges, in the task's order:
        ``(8, 1, 1)`` is 80 % S, 10 % M, 10 % L. By default all are of the first range.
    weights
        Weights that distribute the training records over the tasks, without changing their total;
        equal if empty.
    seed
        Seed of all random choices; corpora with different seeds hold different problems.
    options
        How records are written.

    Raises
    ------
    ValueError
        If a count is negative, a task does not have a range or style, a task or range occurs twice,
        or the number of weights does not match the tasks or ranges.
    """

    tasks: Sequence[AnyTask]
    train: int = 100_000
    eval: int = 500
    probe: int = 200
    ranges: Sequence[str] = DEFAULT_RANGES
    mix: Sequence[int] = (1,)
    weights: Sequence[int] = ()
    seed: int = 0
    options: RecordOptions = RecordOptions()

    def __post_init__(self) -> None:
        for split in ("eval", "probe", "train"):
            if getattr(self, split) < 0:
                raise ValueError(f"`{split}` must be at least 0, not {getattr(self, split)}")
        if not -MAX_SEED < self.seed < MAX_SEED:
            raise ValueError(f"`seed` must have at most 18 digits, not {self.seed}")
        _check_weights("weights", self.weights or (1,) * len(self.tasks))
        _check_weights("mix", self.mix)
        if self.weights and len(self.weights) != len(self.tasks):
            raise ValueError(
                f"`weights` must have one weight for each of the {len(self.tasks)} tasks, not "
                f"{len(self.weights)}"
            )
        for task in self.tasks:
            if len(self.mix) > len(task.ranges):
                raise ValueError(
                    f"`mix` must have at most {len(task.ranges)} weights, one for each range of "
                    f"{task.name}, not {len(self.mix)}"
                )
            for range_name in self.ranges:
                task.length_range(range_name)
            self.options.form.check(task)
        part_names = [part.name for part in self.parts]
        if duplicates := {name for name in part_names if part_names.count(name) > 1}:
            raise ValueError(
                f"{min(duplicates)}: requested twice; name each task and each range once"
            )

    @property
    def records(self) -> int:
        """Number of records that are requested; there may be fewer, if few problems exist."""
        return sum(part.requested for part in self.parts)

    @property
    def parts(self) -> list[CorpusPart]:
        """Parts in the order in which items are chosen: evaluation, then probes, then training."""
        parts = [
            CorpusPart(task, range_name, split, getattr(self, split))
            for split in ("eval", "probe")
            for task in self.tasks
            for range_name in self.ranges
        ]
        weights = self.weights or (1,) * len(self.tasks)
        totals = apportion(weights, self.train * len(self.tasks))
        for task, total in zip(self.tasks, totals, strict=True):
            shares = zip(task.ranges, apportion(self.mix, total), strict=False)
            parts += [
                CorpusPart(task, range_name, "train", share)
                for range_name, share in shares
                if share
            ]
        return parts

    @property
    def description(self) -> dict[str, Any]:
        """The request as plain data, which determines every byte of the corpus."""
        options = self.options
        return {
            "tasks": [describe_task(task) for task in self.tasks],
            "parts": [
                {
                    "task": part.task.name,
                    "range": part.range,
                    "split": part.split,
                    "asked": part.requested,
                }
                for part in self.parts
            ],
            "seed": self.seed,
            "style": options.form.name,
            "form": asdict(options.form),
            "spans": options.spans,
            "tokenizer": options.tokenizer and sha256(Vocabulary.find_file(options.tokenizer)),
            "max_tokens": options.max_tokens,
            "version": VERSION,
        }

    @property
    def key(self) -> str:
        """Hexadecimal digest of the request, 12 digits, used in file names."""
        return blake2b(json.dumps(self.description).encode(), digest_size=6).hexdigest()


def describe_task(task: AnyTask) -> dict[str, Any]:
    """Return the properties of a task that determine its records, as plain data."""
    options: dict[str, Any] = {
        field.name: getattr(task, field.name) for field in fields(task) if field.name != "stored"
    }
    options["ranges"] = {name: list(lengths) for name, lengths in task.ranges.items()}
    return {
        "name": task.name,
        "paradigm": task.paradigm,
        "source": task.source_digest,
        "machine": task.table.digest,
        "options": options,
    }


def _check_weights(name: str, weights: Sequence[int]) -> None:
    if not weights or min(weights) < 0 or not sum(weights):
        shown = ":".join(map(str, weights))
        raise ValueError(f"`{name}` must be whole numbers from 0 that are not all 0, not {shown!r}")
