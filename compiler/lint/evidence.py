"""Runs of sampled instances, which all the rules see, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler.lint.subject import TINY, Case, Subject
from compiler.rendering import render
from compiler.steps import DecodedRun, decode
from compiler.text import Text
from compiler.vocabulary import Tokens, Vocabulary
from tm.engine import run_batch
from tm.table import Table
from tm.trace import Trace

DEFAULT_COUNTS = {TINY: 4000, "first": 2000, "others": 100, "many": 20_000}
"""Instances that are run: tiny ones, of the first range, of each other one; and of the first again,
a fifth of what a corpus trains on, where something seems never to occur in it."""

BATCH = 100
"""Instances that are run together: as many traces are kept at a time."""


@dataclass(slots=True, eq=False)
class Sample:
    """One instance and its run.

    Attributes
    ----------
    where, number
        Its range, or ``TINY``, and its number there.
    compared
        Whether it is one of those of which every range has as many.
    """

    where: str
    number: int
    compared: bool
    case: Case
    table: Table
    trace: Trace
    index: int
    depth: int
    vocabulary: Vocabulary | None
    outcome: str
    out: str | None
    _story: DecodedRun | None = None
    _text: Text | None = None
    _tokens: Tokens | None = None

    @property
    def decoded(self) -> DecodedRun:
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
            self._tokens = self.vocabulary.tokenize(self.text.string)
        return self._tokens


class Evidence:
    """What the rules stand on: a subject, its runs by range, a vocabulary or none.

    Parameters
    ----------
    depth
        The deepest level of steps that the texts say.
    counts
        Instances to run, see ``DEFAULT_COUNTS``.
    """

    def __init__(
        self,
        subject: Subject,
        *,
        vocabulary: Vocabulary | None = None,
        depth: int = 1,
        counts: Mapping[str, int] = DEFAULT_COUNTS,
    ) -> None:
        self.subject = subject
        self.vocabulary = vocabulary
        self.depth = depth
        self.counts = counts

    @property
    def table(self) -> Table:
        return self.subject.table

    def samples(self) -> Iterator[Sample]:
        """The sampled runs: tiny ones, those of the first range, and of each other one."""
        first, *others = self.subject.ranges
        yield from self._runs(TINY, self.counts[TINY])
        yield from self._runs(first, self.counts["first"])
        for where in others:
            yield from self._runs(where, self.counts["others"])

    def many_short(self) -> Iterator[Sample]:
        """Many more runs of the first range than are sampled."""
        first = self.subject.ranges[0]
        yield from self._runs(first, self.counts["many"], begin=self.counts["first"])

    def _runs(self, where: str, count: int, *, begin: int = 0) -> Iterator[Sample]:
        cases = self.subject.cases(where, count)
        has_out = any(tape.name == "out" for tape in self.table.tapes)
        for start in range(begin, len(cases), BATCH):
            batch = run_batch(self.table, [c.tapes for c in cases[start : start + BATCH]])
            assert batch.trace is not None  # asked for by default
            for index, case in enumerate(cases[start : start + BATCH]):
                yield Sample(
                    where,
                    start + index,
                    where != TINY and start + index < self.counts["others"],
                    case,
                    self.table,
                    batch.trace,
                    index,
                    self.depth,
                    self.vocabulary,
                    str(batch.outcome[index]),
                    batch.text("out", index) if has_out else None,
                )
