"""What a rule is: it is shown run after run, and then says what it found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.subject import Finding, once


class Rule(ABC):
    """One of the rules for the text, made for one evidence.

    A run, its text and its trace are dropped once every rule has seen it: a rule keeps what its
    findings say, and no run.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    @abstractmethod
    def observe(self, sample: Sample) -> None:
        """Look at a run; they come in the order of ``Evidence.samples``."""

    @abstractmethod
    def findings(self) -> Iterator[Finding]:
        """What was found, when all runs were seen."""


class PerRunRule(Rule):
    """A rule that a run keeps or breaks by itself. Of every range as many runs are looked at."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.found: list[Finding] = []

    def observe(self, sample: Sample) -> None:
        if sample.compared:
            self.found = [*once([*self.found, *self.check_run(sample)])]

    @abstractmethod
    def check_run(self, sample: Sample) -> Iterator[Finding]:
        """What is wrong in a run."""

    def findings(self) -> Iterator[Finding]:
        yield from self.found
