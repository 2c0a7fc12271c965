"""Base classes of the rules: a rule observes run after run and then reports its findings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.subject import Finding, first_of_each_kind


class Rule(ABC):
    """One rule, applied to one evidence.

    A run, its text and its trace are discarded once every rule has observed it. A rule therefore
    keeps what its findings need, and never a sample.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    @abstractmethod
    def observe(self, sample: Sample) -> None:
        """Examine one run; runs come in the order of ``Evidence.samples``."""

    @abstractmethod
    def findings(self) -> Iterator[Finding]:
        """Yield the findings, after all runs were observed."""


class PerRunRule(Rule):
    """A rule that each run follows or breaks by itself; every range is sampled equally often."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.collected: list[Finding] = []

    def observe(self, sample: Sample) -> None:
        if sample.compared:
            self.collected = [*first_of_each_kind([*self.collected, *self.check_run(sample)])]

    @abstractmethod
    def check_run(self, sample: Sample) -> Iterator[Finding]:
        """Yield what is wrong in one run."""

    def findings(self) -> Iterator[Finding]:
        yield from self.collected
