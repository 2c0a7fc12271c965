"""Present a task to the lint rules for its text; ``tmtail lint TASK`` uses this."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice, product
from typing import Any, overload

from compiler.lint import TINY, Case
from tasks.base import AnyTask, Instance, Task
from tasks.draws import Stream
from tm.table import Table

MAX_ENUMERATED_PROBLEMS = 20_000
"""A first range with at most this many problems is checked completely: samples miss rare steps."""


@dataclass(frozen=True, slots=True)
class _Cases(Sequence[Case]):
    """Cases that are made when they are asked for: a search often ends before the last one."""

    size: int
    make: Callable[[int], Case]

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, i: int) -> Case: ...
    @overload
    def __getitem__(self, i: slice) -> list[Case]: ...
    def __getitem__(self, i: int | slice) -> Case | list[Case]:
        if isinstance(i, slice):
            return [self.make(index) for index in range(*i.indices(self.size))]
        return self.make(range(self.size)[i])


@dataclass(frozen=True, slots=True)
class TaskSubject:
    """The ``compiler.lint.Subject`` of a task.

    Attributes
    ----------
    task
        The task to be checked.
    oracle
        A function that returns the correct answer to an instance from an independent source, or
        None to check no answers.
    seed
        The seed of the sampled instances.
    """

    task: AnyTask
    oracle: Callable[[Any], str] | None = None
    seed: int = 0

    @property
    def table(self) -> Table:
        return self.task.table

    @property
    def ranges(self) -> Sequence[str]:
        """The ranges whose texts fit the budget, or the first range if no text fits.

        No model is trained or scored on the other ranges.
        """
        names = tuple(self.task.ranges)
        return tuple(name for name in names if name not in self.task.beyond) or names[:1]

    @property
    def coarse(self) -> Collection[str]:
        return self.task.coarse

    @property
    def far(self) -> Collection[str]:
        return self.task.far

    @property
    def unseen(self) -> Collection[str]:
        return self.task.unseen

    def form_fault(self, answer: str) -> str:
        """Return what the task's ``kind`` requires instead of this spelling of an answer."""
        normal = self.task.kind.read(answer)
        if normal is None:
            return f"it must be {self.task.kind.form}"
        return "" if normal == answer else f"the machine must write `{normal}`"

    def cases(self, range_name: str, count: int) -> Sequence[Case]:
        """Return ``count`` cases of a range, or all problems of a small first range."""
        stream = Stream("lint", self.task.name, range_name, self.seed)
        draw = self.task.tiny if range_name == TINY else partial(self.task.draw, lengths=range_name)
        problems = self._all_problems(count) if range_name == self.ranges[0] else []

        def make(index: int) -> Case:
            instance = problems[index] if problems else draw(stream.at(index))
            return self._case(range_name, index, instance)

        return _Cases(len(problems) or count, make)

    def _all_problems(self, count: int) -> Sequence[Instance]:
        """Return all problems of the first range, the longest first, if they are few and numbered.

        If there are fewer than ``count``, they are repeated with other names.
        """
        if type(self.task).unrank is Task.unrank:
            return []
        low, high = self.task.length_range(self.ranges[0])
        counts = {
            lengths: self.task.count(*lengths)
            for lengths in product(range(high, low - 1, -1), repeat=self.task.lengths)
        }
        if None in counts.values() or sum(filter(None, counts.values())) > MAX_ENUMERATED_PROBLEMS:
            return []
        stream = Stream("lint", self.task.name, "every", self.seed)
        numbers = [(index, n) for n, problems in counts.items() for index in range(problems or 0)]
        chosen = islice(cycle(numbers), max(count, len(numbers)))
        return [
            self.task.unrank(stream.at(place), index, *lengths)
            for place, (index, lengths) in enumerate(chosen)
        ]

    def _case(self, range_name: str, index: int, instance: Instance) -> Case:
        tiny = range_name == TINY
        wording = index % len(self.task.wordings)
        return Case(
            name=f"{self.task.name} {range_name} {index}: {instance.to_json()}",
            tapes=self.task.inputs(instance, wording),
            operands=self.task.words(instance),
            leads=self.task.leads(wording),
            names=self.task.names(instance),
            answer=None if tiny or self.oracle is None else self.oracle(instance),
        )
