"""Ten rules for a chain of thought that a model can continue beyond its training lengths.

The rules observe runs of a machine's instances, one run at a time and range by range, and then
report findings. They hold for the text in the minimal style, down to the depth that the evidence
was made for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.lint.evidence import (
    DEFAULT_COUNTS,
    SECONDS_PER_RUN,
    Evidence,
    planned_runs,
    scaled_counts,
)
from compiler.lint.rule import Rule, observe_all
from compiler.lint.rules.answered import Answered
from compiler.lint.rules.atomic import Atomic
from compiler.lint.rules.closed import Closed
from compiler.lint.rules.covered import Covered
from compiler.lint.rules.fetched import Fetched
from compiler.lint.rules.labels_in_range import LabelsInRange
from compiler.lint.rules.linear import Linear
from compiler.lint.rules.reach import Reach
from compiler.lint.rules.read import Read
from compiler.lint.rules.same_tokens import SameTokens
from compiler.lint.subject import TINY, Case, Finding, Severity, Subject
from compiler.vocabulary import Vocabulary

__all__ = [
    "DEFAULT_COUNTS", "RULES", "SECONDS_PER_RUN", "TINY", "Case", "Evidence", "Finding", "Severity",
    "Subject", "lint", "planned_runs", "scaled_counts",
]  # fmt: skip

RULES: Mapping[str, type[Rule]] = {
    "closed": Closed,
    "fetched": Fetched,
    "atomic": Atomic,
    "linear": Linear,
    "answered": Answered,
    "covered": Covered,
    "same_tokens": SameTokens,
    "labels_in_range": LabelsInRange,
    "reach": Reach,
    "read": Read,
}
"""The rules by name, in the order of their numbers; the docstring of each class explains it."""


def lint(
    subject: Subject,
    *,
    vocabulary: Vocabulary | None = None,
    depth: int = 1,
    counts: Mapping[str, int] = DEFAULT_COUNTS,
    report: Callable[[int, int], None] = lambda completed, total: None,
) -> list[Finding]:
    """Check a machine against all rules and return the findings, rule by rule.

    Parameters
    ----------
    subject
        The machine and its instances.
    vocabulary
        Vocabulary of a language model. If None, the checks that count or compare tokens are
        skipped, and a note reports that for each rule that has such a check.
    depth
        The deepest level of nested steps that the texts contain, at least 1.
    counts
        Number of instances to run; see ``DEFAULT_COUNTS``.
    report
        Called with the number of runs so far and the number planned, which grows if rare results
        have to be searched for.
    """
    evidence = Evidence(subject, vocabulary=vocabulary, depth=depth, counts=counts, report=report)
    rules = [rule(evidence) for rule in RULES.values()]
    observe_all(evidence, rules)
    return [finding for rule in rules for finding in rule.findings()]
