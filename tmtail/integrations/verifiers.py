"""Tasks as a task set of verifiers v1, with rewards by replay.

verifiers finds a task set by the name of a module that exports it::

    # my_tasks.py
    from tmtail.integrations.verifiers import TailTaskset

    __all__ = ["TailTaskset"]
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import verifiers.v1 as vf

from evaluation.problems.selection import draw_problems
from evaluation.rewards.functions import REWARDS
from evaluation.rewards.grading import Graded, grade
from tasks import get
from tasks.corpus.problems import training_items
from tasks.corpus.records.forms import KEYED, Form
from tasks.corpus.records.ids import RecordId

EVAL, TRAIN = "eval", "train"


class TailData(vf.TaskData):  # type: ignore[misc]
    """A problem; ``id`` is the record's."""

    prompt_kind: str
    """``plain`` or ``keyed``."""


class TailTask(vf.Task[TailData, vf.State, vf.TaskConfig]):  # type: ignore[misc]
    """A problem with its rewards; weights are set by ``rewards`` of the task's configuration."""

    @vf.reward  # type: ignore[untyped-decorator]
    async def answer(self, trace: vf.Trace) -> float:
        """Return 1 for a right answer, whatever the reasoning."""
        return REWARDS["answer"](self._graded(trace))

    @vf.reward(weight=0.0)  # type: ignore[untyped-decorator]
    async def exact(self, trace: vf.Trace) -> float:
        """Return 1 for the machine's own text."""
        return REWARDS["exact"](self._graded(trace))

    @vf.reward(weight=0.0)  # type: ignore[untyped-decorator]
    async def progress(self, trace: vf.Trace) -> float:
        """Return the share of the atomic states before the first divergence."""
        return REWARDS["progress"](self._graded(trace))

    @property
    def key(self) -> str:
        """The record's id."""
        return str(self.data.id)

    def _graded(self, trace: vf.Trace) -> Graded:
        return grade(self.data.id, trace.last_reply, form=Form(prompt=self.data.prompt_kind))


class TailConfig(vf.TasksetConfig):  # type: ignore[misc]
    """Settings of the task set."""

    tasks: tuple[str, ...] = ("bubble_sort",)
    """Names of tasks."""
    ranges: tuple[str, ...] = ("S",)
    """Names of ranges, for every task."""
    split: str = TRAIN
    """``train``, or ``eval``: the problems that corpora with this seed hold out."""
    count: int = 500
    """Number of problems of each task and range."""
    seed: int = 0
    """Seed of the corpus whose ids these are."""
    prompt: str = "plain"
    """``plain`` or ``keyed``."""


class TailTaskset(vf.Taskset[TailTask, TailConfig]):  # type: ignore[misc]
    """The problems of one split of tasks and ranges."""

    def load(self) -> Iterator[TailTask]:
        """Yield the problems, by task and range."""
        config = self.config
        posed = self._held_out() if config.split == EVAL else self._drawn()
        for name, prompt in posed:
            data = TailData(id=name, name=name, prompt=prompt, prompt_kind=config.prompt)
            yield TailTask(data, config.task)

    def _held_out(self) -> Iterator[tuple[str, str]]:
        config = self.config
        form = Form(prompt=config.prompt)
        chosen = [get(name) for name in config.tasks]
        for problem in draw_problems(
            chosen, config.ranges, config.count, seed=config.seed, form=form
        ):
            yield problem.id, problem.prompt

    def _drawn(self) -> Iterator[tuple[str, str]]:
        config = self.config
        for name in config.tasks:
            task = get(name)
            for range_name in config.ranges:
                items = training_items(task, range_name, seed=config.seed)
                for item in islice(items, config.count):
                    record = RecordId(name, range_name, TRAIN, config.seed, item.index)
                    yield str(record), item.prompt(task, keyed=config.prompt == KEYED)


__all__ = ["TailTaskset"]
