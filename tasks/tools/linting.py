"""A task as the rules for its text see it: ``tmtail lint TASK``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice, product
from typing import Any

from compiler.lint import TINY, Case
from tasks.base import AnyTask, Instance
from tasks.draws import Stream
from tm.table import Table

NUMBERED = 20_000
"""A first range of so many problems is run through, lest something rare seem never to occur."""


@dataclass(frozen=True, slots=True)
class Linted:
    """The ``compiler.lint.Subject`` of a task.

    Attributes
    ----------
    oracle
        The right answer to an instance from an independent source, where there is one.
    """

    task: AnyTask
    oracle: Callable[[Any], str] | None = None
    seed: int = 0

    @property
    def table(self) -> Table:
        return self.task.table

    @property
    def ranges(self) -> Sequence[str]:
        """Those whose texts fit the budget: no model is trained or scored on others.

        The first, where there is none.
        """
        names = tuple(self.task.ranges)
        return tuple(where for where in names if where not in self.task.beyond) or names[:1]

    @property
    def coarse(self) -> Collection[str]:
        return self.task.coarse

    @property
    def far(self) -> Collection[str]:
        return self.task.far

    @property
    def unseen(self) -> Collection[str]:
        return self.task.unseen

    def is_well_formed(self, answer: str) -> bool:
        """Whether the task's ``kind`` takes an answer as it stands."""
        return self.task.kind.read(answer) == answer

    def cases(self, where: str, count: int) -> Sequence[Case]:
        stream = Stream("lint", self.task.name, where, self.seed)
        draw = self.task.tiny if where == TINY else partial(self.task.draw, lengths=where)
        few = self._every(count) if where == self.ranges[0] else []
        chosen = enumerate(few or (draw(stream.at(index)) for index in range(count)))
        return [self._case(where, index, instance) for index, instance in chosen]

    def _every(self, count: int) -> Sequence[Instance]:
        """All problems of the first range, the longest first, if they are few and numbered.

        If they are fewer than ``count``, over and over again, under other names.
        """
        low, high = self.task.length_range(self.ranges[0])
        sizes = {
            lengths: self.task.count(*lengths)
            for lengths in product(range(high, low - 1, -1), repeat=self.task.lengths)
        }
        if sum(NUMBERED + 1 if size is None else size for size in sizes.values()) > NUMBERED:
            return []
        stream = Stream("lint", self.task.name, "every", self.seed)
        numbers = [(index, n) for n, size in sizes.items() for index in range(size or 0)]
        return [
            self.task.unrank(stream.at(at), index, *lengths)
            for at, (index, lengths) in enumerate(islice(cycle(numbers), max(count, len(numbers))))
        ]

    def _case(self, where: str, index: int, instance: Instance) -> Case:
        tiny = where == TINY
        facts = self.task.facts(instance)
        return Case(
            name=f"{self.task.name} {where} {index}: {instance.to_json()}",
            tapes=self.task.tapes(instance),
            facts=facts,
            prompt=None if tiny else self._prompt(instance, index, facts),
            answer=None if tiny or self.oracle is None else self.oracle(instance),
        )

    def _prompt(self, instance: Instance, index: int, facts: Mapping[str, str]) -> str:
        """The wordings in turn; a ValueError where one leaves out what the machine is given."""
        wording = index % len(self.task.wordings)
        prompt = self.task.prompt(instance, wording)
        for key, value in facts.items():
            if f"{key} = {value}" not in prompt:
                raise ValueError(
                    f"wording {wording} of {self.task.name} does not give the fact "
                    f"`{key} = {value}`: {prompt.rstrip()}"
                )
        return prompt
