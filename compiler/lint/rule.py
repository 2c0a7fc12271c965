"""Base classes of the rules: a rule observes run after run and then reports its findings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator

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

    def is_searching(self) -> bool:
        """Return whether more runs of the first range could clear a fault that is seen so far.

        It is asked after all runs were observed, and then after every further run.
        """
        return False

    def search(self, sample: Sample) -> None:
        """Examine a further run of the first range; called only while the rule is searching."""
        raise NotImplementedError(f"{type(self).__name__} does not search")

    @abstractmethod
    def findings(self) -> Iterator[Finding]:
        """Yield the findings, after all runs were observed."""


def observe_all(evidence: Evidence, rules: Collection[Rule]) -> None:
    """Let all rules examine the runs of an evidence, each run made once for all of them."""
    for sample in evidence.samples():
        for rule in rules:
            rule.observe(sample)
    searching = [rule for rule in rules if rule.is_searching()]
    for sample in evidence.further_short_samples() if searching else ():
        for rule in searching:
            rule.search(sample)
        searching = [rule for rule in searching if rule.is_searching()]
        if not searching:
            break


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
