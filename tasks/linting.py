"""A task as the rules for its text see it: ``tmtail lint TASK``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.lint import TINY, Case
from tasks.base import Task
from tasks.draws import Stream
from tm.table import Table


@dataclass(frozen=True, slots=True)
class Linted:
    """The ``compiler.lint.Subject`` of a task.

    Attributes
    ----------
    oracle
        The right answer to an instance from an independent source, where there is one.
    """

    task: Task[Any]
    oracle: Callable[[Any], str] | None = None
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
        stream = Stream("lint", self.task.name, where, self.seed)
        return [self._case(where, stream, index) for index in range(count)]

    def _case(self, where: str, stream: Stream, index: int) -> Case:
        draws = stream.at(index)
        tiny = where == TINY
        instance = self.task.tiny(draws) if tiny else self.task.draw(draws, where)
        return Case(
            name=f"{self.task.name} {where} {index}: {instance.to_json()}",
            tapes=self.task.tapes(instance),
            facts=self.task.facts(instance),
            prompt=None if tiny else self.task.prompt(instance, index % len(self.task.wordings)),
            answer=None if tiny or self.oracle is None else self.oracle(instance),
        )
