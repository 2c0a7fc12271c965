"""Runs of sampled instances, which all rules observe one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from compiler.lint.subject import TINY, Case, Subject
from compiler.rendering import render
from compiler.steps import DecodedRun, Decoder, Step, steps_with_next
from compiler.text import Text
from compiler.vocabulary import Tokens, Vocabulary
from tm.engine import run_batch
from tm.table import Table
from tm.trace import Trace

DEFAULT_COUNTS = {TINY: 4000, "first": 2000, "others": 100, "many": 20_000}
"""Number of instances to run.

``tiny`` counts tiny instances, ``first`` those of the first range, and ``others`` those of each
other range. If something seems never to occur in the first range, ``many`` of its instances are
searched: a fifth of the default number of training records.
"""


def scaled_counts(count: int) -> dict[str, int]:
    """Return numbers of instances in the proportions of ``DEFAULT_COUNTS``.

    Parameters
    ----------
    count
        Number of instances of each range but the first.
    """
    others = DEFAULT_COUNTS["others"]
    return {name: max(1, count * default // others) for name, default in DEFAULT_COUNTS.items()}


SECONDS_PER_RUN = 1.5e-3
"""Processor time of a sampled run with all rules, on average over the shipped tasks."""

RUNS_PER_BATCH = 100
"""Instances that run together; as many traces are in memory at a time."""


def planned_runs(subject: Subject, counts: Mapping[str, int]) -> int:
    """Return the number of runs of a check, unless rare results have to be searched for."""
    others = len(subject.ranges) - 1
    return counts[TINY] + counts["first"] + others * counts["others"]


@dataclass(slots=True, eq=False)
class Sample:
    """One instance and its run.

    Attributes
    ----------
    range_name, number
        Its range (or ``TINY``) and its index there, from 0.
    compared
        Whether the index is below ``counts["others"]``, so that every range has equally many.
    case
        The instance.
    table, decoder, trace, index
        The machine, its decoder, the trace of a batch, and the number of this run within it.
    depth
        The deepest level of nested steps in the text.
    vocabulary
        Vocabulary that ``tokens`` uses, or None.
    outcome
        How the run ended: ``accept``, ``reject``, ``stuck`` or a limit.
    out
        Word on the tape ``out`` at the end, or None if the machine has no such tape.
    """

    range_name: str
    number: int
    compared: bool
    case: Case
    table: Table
    decoder: Decoder
    trace: Trace
    index: int
    depth: int
    vocabulary: Vocabulary | None
    outcome: str
    out: str | None
    _decoded: DecodedRun | None = None
    _steps: list[tuple[Step, str]] | None = None
    _text: Text | None = None
    _tokens: Tokens | None = None

    @property
    def decoded(self) -> DecodedRun:
        """The steps and the answer of the run."""
        if self._decoded is None:
            self._decoded = self.decoder.decode(self.trace, self.index)
        return self._decoded

    @property
    def steps(self) -> list[tuple[Step, str]]:
        """Each step that the text contains, with the name and label of the next one."""
        if self._steps is None:
            self._steps = steps_with_next(self.decoded, self.depth)
        return self._steps

    @property
    def text(self) -> Text:
        """The text of the run, in the minimal style."""
        if self._text is None:
            self._text = render(self.table, self.trace, self.index, depth=self.depth)
        return self._text

    @property
    def tokens(self) -> Tokens:
        """The tokens of the text; raises ``ValueError`` without a vocabulary."""
        if self.vocabulary is None:
            raise ValueError("tokens: no vocabulary was given; make the evidence with one")
        if self._tokens is None:
            self._tokens = self.vocabulary.tokenize(self.text.string)
        return self._tokens


class Evidence:
    """The basis of a check: a subject, its runs by range, and perhaps a vocabulary.

    Parameters
    ----------
    subject
        The machine and its instances.
    vocabulary
        Vocabulary of a language model, or None.
    depth
        The deepest level of nested steps that the texts contain, at least 1.
    counts
        Number of instances to run; see ``DEFAULT_COUNTS``.
    report
        Called with the number of runs so far and the number planned, after each batch.
    """

    def __init__(
        self,
        subject: Subject,
        *,
        vocabulary: Vocabulary | None = None,
        depth: int = 1,
        counts: Mapping[str, int] = DEFAULT_COUNTS,
        report: Callable[[int, int], None] = lambda completed, planned: None,
    ) -> None:
        self.subject = subject
        self.vocabulary = vocabulary
        self.depth = depth
        self.counts = counts
        self.report = report
        self.decoder = Decoder(subject.table)
        self.completed = 0
        self.planned = planned_runs(subject, counts)

    @property
    def table(self) -> Table:
        """The machine."""
        return self.subject.table

    def samples(self) -> Iterator[Sample]:
        """Yield the sampled runs: of tiny instances, of the first range, of each other range."""
        first, *others = self.subject.ranges
        yield from self._runs(TINY, self.counts[TINY])
        yield from self._runs(first, self.counts["first"])
        for range_name in others:
            yield from self._runs(range_name, self.counts["others"])

    def further_short_samples(self) -> Iterator[Sample]:
        """Yield runs of the first range beyond those of ``samples``, up to ``counts["many"]``."""
        first = self.subject.ranges[0]
        self.planned += max(0, self.counts["many"] - self.counts["first"])
        yield from self._runs(first, self.counts["many"], begin=self.counts["first"])

    def _runs(self, range_name: str, count: int, *, begin: int = 0) -> Iterator[Sample]:
        cases = self.subject.cases(range_name, count)
        has_out = any(tape.name == "out" for tape in self.table.tapes)
        for start in range(begin, len(cases), RUNS_PER_BATCH):
            batch_cases = cases[start : start + RUNS_PER_BATCH]
            batch = run_batch(self.table, [case.tapes for case in batch_cases])
            assert batch.trace is not None  # run_batch keeps traces by default
            for index, case in enumerate(batch_cases):
                yield Sample(
                    range_name,
                    start + index,
                    range_name != TINY and start + index < self.counts["others"],
                    case,
                    self.table,
                    self.decoder,
                    batch.trace,
                    index,
                    self.depth,
                    self.vocabulary,
                    str(batch.outcome[index]),
                    batch.text("out", index) if has_out else None,
                )
            self.completed += len(batch_cases)
            self.report(self.completed, max(self.completed, self.planned))
