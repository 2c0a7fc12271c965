"""Runs of sampled instances, made once and shared by all the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from compiler.lint.subject import TINY, Case, Subject
from compiler.lint.vocabulary import Tokens, Vocabulary
from compiler.rendering import render
from compiler.steps import Story, decode
from compiler.text import Text
from tm.engine import run_batch
from tm.table import Table
from tm.trace import Trace

COUNTS = {TINY: 4000, "first": 2000, "others": 100, "many": 20_000}
"""Instances that are run: tiny ones, of the first range, of each other one; and of the first again,
a fifth of what a corpus trains on, where something seems never to occur in it."""

BATCH = 500
"""Instances that are run together where their runs are not kept."""


@dataclass(slots=True, eq=False)
class Sample:
    """One instance and its run."""

    case: Case
    table: Table
    trace: Trace
    index: int
    depth: int
    vocabulary: Vocabulary | None
    outcome: str
    out: str | None
    _story: Story | None = None
    _text: Text | None = None
    _tokens: Tokens | None = None

    @property
    def story(self) -> Story:
        """What the run said."""
        if self._story is None:
            self._story = decode(self.table, self.trace, self.index)
        return self._story

    @property
    def text(self) -> Text:
        """Its text, minimal style."""
        if self._text is None:
            self._text = render(self.table, self.trace, self.index, depth=self.depth)
        return self._text

    @property
    def tokens(self) -> Tokens:
        """The tokens of its text."""
        if self.vocabulary is None:
            raise ValueError("no vocabulary was given")
        if self._tokens is None:
            self._tokens = self.vocabulary.cut(self.text.string)
        return self._tokens


class Evidence:
    """What the rules stand on: a subject, its runs by range, a vocabulary or none.

    Parameters
    ----------
    depth
        The deepest level of steps that the texts say.
    counts
        Instances to run, see ``COUNTS``.
    """

    def __init__(
        self,
        subject: Subject,
        *,
        vocabulary: Vocabulary | None = None,
        depth: int = 1,
        counts: Mapping[str, int] = COUNTS,
    ) -> None:
        self.subject = subject
        self.vocabulary = vocabulary
        self.depth = depth
        self.counts = counts
        self._runs: dict[str, list[Sample]] = {}

    @property
    def table(self) -> Table:
        return self.subject.table

    def samples(self, where: str) -> list[Sample]:
        """The sampled runs of a range, or of ``TINY``."""
        if where not in self._runs:
            self._runs[where] = self._run(where)
        return self._runs[where]

    def many_short(self) -> Iterator[Sample]:
        """Many more runs of the first range than are sampled, none of which is kept."""
        first = self.subject.ranges[0]
        cases = self.subject.cases(first, self.counts["many"])[len(self.samples(first)) :]
        for start in range(0, len(cases), BATCH):
            yield from self._made(cases[start : start + BATCH])

    def longer(self) -> Iterator[tuple[str, list[Sample]]]:
        """The ranges after the first, with their runs."""
        for where in self.subject.ranges[1:]:
            yield where, self.samples(where)

    def everything(self) -> Iterator[tuple[str, list[Sample]]]:
        """All ranges, with their runs; of the first as many as of the others."""
        for where in self.subject.ranges:
            yield where, self.samples(where)[: self.counts["others"]]

    def all_samples(self) -> Iterator[Sample]:
        """The runs of ``everything``, one after the other."""
        for _, samples in self.everything():
            yield from samples

    @cached_property
    def has_out(self) -> bool:
        return any(tape.name == "out" for tape in self.table.tapes)

    def _run(self, where: str) -> list[Sample]:
        first = where == self.subject.ranges[0]
        count = self.counts[TINY if where == TINY else "first" if first else "others"]
        return self._made(self.subject.cases(where, count))

    def _made(self, cases: Sequence[Case]) -> list[Sample]:
        batch = run_batch(self.table, [case.tapes for case in cases])
        assert batch.trace is not None  # asked for by default
        return [
            Sample(
                case,
                self.table,
                batch.trace,
                index,
                self.depth,
                self.vocabulary,
                str(batch.outcome[index]),
                batch.text("out", index) if self.has_out else None,
            )
            for index, case in enumerate(cases)
        ]
