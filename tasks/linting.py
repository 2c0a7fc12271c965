"""A task as the rules for the text look at it (`compiler.lint`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.lint.subject import TINY, Case
from tasks.base import Task
from tasks.draws import Stream
from tm import Table


@dataclass(frozen=True, slots=True)
class TaskSubject:
    """A task with random instances of it; a `compiler.lint.subject.Subject`."""

    task: Task[Any]
    seed: int = 0

    @property
    def table(self) -> Table:
        return self.task.table

    @property
    def ranges(self) -> Sequence[str]:
        return tuple(self.task.ranges)

    @property
    def coarse(self) -> Collection[str]:
        return self.task.coarse

    def cases(self, where: str, count: int) -> Sequence[Case]:
        """The first ``count`` instances of a range or of ``TINY``; the same at each call."""
        stream = Stream(self.task.name, where, "lint", self.seed)
        return [self._case(where, stream, index) for index in range(count)]

    def _case(self, where: str, stream: Stream, index: int) -> Case:
        task, draws = self.task, stream.at(index)
        instance = task.tiny(draws) if where == TINY else task.draw(draws, where)
        wording = draws.below(len(task.wordings))
        return Case(
            name=f"{where} {index}: {instance.to_json()}",
            tapes=task.tapes(instance),
            facts=task.facts(instance),
            prompt=task.prompt(instance, wording),
        )
