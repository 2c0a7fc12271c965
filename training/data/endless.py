"""Endless training records of a task, and a curriculum that moves their range of lengths.

Records are written when a trainer asks for them. None poses one of the first ``held_out`` problems
of evaluation or of probes, in any range of the task or of its class, of a corpus with the same seed
(``tasks.corpus.problems.training_items``). Other seeds draw other problems, which may be among the
records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any

from datasets import IterableDataset
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from tasks.base import AnyTask
from tasks.corpus.items import Item
from tasks.corpus.problems import training_items
from tasks.corpus.records.forms import Form
from tasks.corpus.records.ids import RecordId

RECORDS_PER_BATCH = 64
"""Records that the machine writes at once, and that are of one range."""


class EndlessRecords:
    """The training records of a task, one range at a time.

    Parameters
    ----------
    ranges
        Names of ranges, in the order in which a curriculum goes through them.
    form
        Form of the completions.
    seed
        Seed of the corpus whose ids the records have.
    held_out
        Problems of each range that evaluation, and as many that probes may take from it.
    shards
        Number of streams without a common record: at most so many processes and workers share them.

    Attributes
    ----------
    level
        Index of the range of the next records.

    Raises
    ------
    ValueError
        If there are no ranges, the task does not have one of them, or does not have the form.
    """

    def __init__(
        self,
        task: AnyTask,
        ranges: Sequence[str],
        *,
        form: Form = Form(),
        seed: int = 0,
        held_out: int = 500,
        shards: int = 1,
    ) -> None:
        if not ranges:
            raise ValueError(f"{task.name}: give at least one range of the records")
        for name in ranges:
            task.length_range(name)
        form.check(task)
        self.task, self.ranges, self.form = task, tuple(ranges), form
        self.seed, self.held_out, self.shards = seed, held_out, shards
        self.level = 0

    @property
    def range(self) -> str:
        """Name of the range of the next records."""
        return self.ranges[self.level]

    def advance(self) -> bool:
        """Move to the next range; return whether there is one."""
        has_next = self.level + 1 < len(self.ranges)
        self.level += has_next
        return has_next

    def dataset(self) -> IterableDataset:
        """Return the records as an endless data set with the columns id, prompt and completion.

        A worker process sees the level at which it started, so a curriculum needs
        ``dataloader_num_workers=0``.
        """

        def generate(shards: list[int]) -> Iterator[dict[str, str]]:
            yield from self._records(shards)

        return IterableDataset.from_generator(
            generate, gen_kwargs={"shards": [*range(self.shards)]}
        )

    def _records(self, shards: Sequence[int]) -> Iterator[dict[str, str]]:
        """Yield the records of some shards by turns."""
        items: dict[tuple[int, str], Iterator[Item]] = {}
        for shard in cycle(shards):
            range_name = self.range
            key = shard, range_name
            if key not in items:
                items[key] = training_items(
                    self.task,
                    range_name,
                    seed=self.seed,
                    held_out=self.held_out,
                    first=shard,
                    step=self.shards,
                )
            yield from self._write(range_name, list(islice(items[key], RECORDS_PER_BATCH)))

    def _write(self, range_name: str, items: Sequence[Item]) -> Iterator[dict[str, str]]:
        """Yield the records of items that fit (``MAX_RECORD_BYTES``)."""
        instances, wordings = [i.instance for i in items], [i.wording for i in items]
        written = self.form.write(self.task, instances, wordings)
        for item, fits, prompt, completion in zip(
            items, written.fits, written.prompts, written.completions, strict=True
        ):
            if fits:
                record = RecordId(self.task.name, range_name, "train", self.seed, item.index)
                yield {"id": str(record), "prompt": prompt, "completion": completion}


class LengthCurriculum(TrainerCallback):
    """Moves endless records to the next range when probes of the present one are good enough.

    The figures are those that ``training.probes.ProbeCallback`` logs, or any other callback that
    comes before this one and appends ``probe_TASK_RANGE_exact`` or ``…_label`` to
    ``state.log_history``.

    Parameters
    ----------
    figure
        ``exact`` for exact chains, ``label`` for right answers.
    threshold
        Least share at which the range moves.
    """

    def __init__(
        self, records: EndlessRecords, *, figure: str = "exact", threshold: float = 0.9
    ) -> None:
        self.records, self.figure, self.threshold = records, figure, threshold

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        latest = state.log_history[-1] if state.log_history else {}
        name = f"probe_{self.records.task.name}_{self.records.range}_{self.figure}"
        if latest.get("step") == state.global_step and latest.get(name, -1.0) >= self.threshold:
            self.records.advance()
