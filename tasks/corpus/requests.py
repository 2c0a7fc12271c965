"""What a corpus is asked to hold: parts by task, range and split, and how records are made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from typing import Any, NamedTuple

from compiler.vocabulary import Vocabulary
from tasks.base import AnyTask
from tasks.corpus.items import apportion
from tasks.corpus.records.table import RecordOptions
from tasks.draws import VERSION
from tasks.registry import from_file, get, names
from tm.support.files import sha256

RANGES = ("S", "M", "L")


class CorpusPart(NamedTuple):
    """What a corpus holds of one task, range and split."""

    task: AnyTask
    range: str
    split: str
    asked: int

    @property
    def name(self) -> str:
        return f"{self.task.name} {self.range} {self.split}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusRequest:
    """What a corpus is asked to hold.

    Attributes
    ----------
    train
        Training records of each task, over all ranges.
    eval, probe
        Records of each task and range.
    ranges
        The ranges that are evaluated and probed.
    mix
        How training shares itself out over the ranges, in the task's order; ``(8, 1, 1)`` is eight
        parts S, one M, one L.
    weights
        How training shares itself out over the tasks, its total unchanged; equally when empty.

    Raises
    ------
    ValueError
        For a range or a style that a task does not have, a task or a range named twice, less than
        no records, or weights that are not those of the tasks or ranges.
    """

    tasks: Sequence[AnyTask]
    train: int = 100_000
    eval: int = 500
    probe: int = 200
    ranges: Sequence[str] = RANGES
    mix: Sequence[int] = (1,)
    weights: Sequence[int] = ()
    seed: int = 0
    options: RecordOptions = RecordOptions()

    def __post_init__(self) -> None:
        for split in ("eval", "probe", "train"):
            if getattr(self, split) < 0:
                raise ValueError(f"{getattr(self, split)} records of {split} cannot be made")
        _check_weights("weights", self.weights or (1,) * len(self.tasks))
        _check_weights("mix", self.mix)
        if self.weights and len(self.weights) != len(self.tasks):
            raise ValueError(f"{len(self.weights)} weights for {len(self.tasks)} tasks")
        for task in self.tasks:
            if len(self.mix) > len(task.ranges):
                raise ValueError(
                    f"{task.name} has {len(task.ranges)} ranges, too few for a mix of "
                    f"{len(self.mix)}"
                )
            for range_name in self.ranges:
                task.length_range(range_name)
            self.options.form.check(task)
        named = [part.name for part in self.parts]
        if twice := {name for name in named if named.count(name) > 1}:
            raise ValueError(f"asked for twice: {min(twice)}")

    @property
    def parts(self) -> list[CorpusPart]:
        """Evaluation of every task, then probes, then training: the order in which items go."""
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
        """The request as plain data: what decides about every byte of the corpus."""
        options = self.options
        return {
            "tasks": [describe_task(task) for task in self.tasks],
            "parts": [
                {
                    "task": part.task.name,
                    "range": part.range,
                    "split": part.split,
                    "asked": part.asked,
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
        """12 letters that stand for the request in the names of files."""
        return blake2b(json.dumps(self.description).encode(), digest_size=6).hexdigest()


def describe_task(task: AnyTask) -> dict[str, Any]:
    """What of a task decides about its records."""
    options: dict[str, Any] = {field.name: getattr(task, field.name) for field in fields(task)}
    options["ranges"] = {name: list(span) for name, span in task.ranges.items()}
    return {
        "name": task.name,
        "paradigm": task.paradigm,
        "source": task.source_digest,
        "machine": task.table.digest,
        "options": options,
    }


def restore_tasks(
    request: Mapping[str, Any], given: Sequence[AnyTask] = (), *, only: bool = False
) -> Iterator[AnyTask]:
    """The tasks that a request was made of, by what ``CorpusRequest.description`` tells of them.

    Parameters
    ----------
    given
        Those that do not come with the project: their files are read again, with the request's own
        options.
    only
        Whether no others than those given are wanted.

    Raises
    ------
    ValueError
        When a task cannot be found, has another machine now, or one is given that the request does
        not have.
    """
    files = {task.name: task.path for task in given}
    told = {about["name"]: about for about in request["tasks"]}
    if missing := [name for name in files if name not in told]:
        raise ValueError(f"the corpus holds nothing of {missing[0]}")
    for name, about in told.items():
        if only and name not in files:
            continue
        spans = {name: tuple(span) for name, span in about["options"]["ranges"].items()}
        options = about["options"] | {"ranges": spans}
        if name not in files and name not in names():
            raise ValueError(
                f"no task is called `{name}`; if it is one of your own, give its file: "
                f"--tasks {name}.py"
            )
        task = from_file(files[name], **options) if name in files else get(name, **options)
        if task.table.digest != about["machine"]:
            raise ValueError(f"the corpus was made by another machine of {name}")
        yield task


def _check_weights(name: str, weights: Sequence[int]) -> None:
    if not weights or min(weights) < 0 or not sum(weights):
        shown = ":".join(map(str, weights))
        raise ValueError(f"{name} {shown!r}: whole numbers, none below 0, and not all 0")
