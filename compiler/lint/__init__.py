"""What makes a chain of thought one that a model can follow past the lengths it saw: nine rules.

Each is shown the evidence, runs of a machine's instances by range, one run at a time, and then
yields findings. The rules hold for the text in the derived style, down to the depth that the
evidence was made for.
"""

from __future__ import annotations

from collections.abc import Mapping

from compiler.lint.evidence import DEFAULT_COUNTS, Evidence
from compiler.lint.rule import Rule
from compiler.lint.rules.answered import Answered
from compiler.lint.rules.atomic import Atomic
from compiler.lint.rules.closed import Closed
from compiler.lint.rules.covered import Covered
from compiler.lint.rules.fetched import Fetched
from compiler.lint.rules.labels_in_range import LabelsInRange
from compiler.lint.rules.linear import Linear
from compiler.lint.rules.reach import Reach
from compiler.lint.rules.same_tokens import SameTokens
from compiler.lint.subject import TINY, Case, Finding, Severity, Subject
from compiler.vocabulary import Vocabulary

__all__ = [
    "DEFAULT_COUNTS", "RULES", "TINY", "Case", "Evidence", "Finding", "Severity", "Subject", "lint",
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
}
"""The rules by name, in the order of the design."""


def lint(
    subject: Subject,
    *,
    vocabulary: Vocabulary | None = None,
    depth: int = 1,
    counts: Mapping[str, int] = DEFAULT_COUNTS,
) -> list[Finding]:
    """All findings of all rules.

    Parameters
    ----------
    vocabulary
        That of a language model; without one the rules about tokens say that they were skipped.
    depth
        The deepest level of nested steps that the texts say.
    counts
        Instances to run: of ``tiny``, of the ``first`` range, and of each of the ``others``.
    """
    evidence = Evidence(subject, vocabulary=vocabulary, depth=depth, counts=counts)
    rules = [rule(evidence) for rule in RULES.values()]
    for sample in evidence.samples():
        for rule in rules:
            rule.observe(sample)
    return [finding for rule in rules for finding in rule.findings()]
