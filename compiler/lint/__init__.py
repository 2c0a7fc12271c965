"""What makes a chain of thought one that a model can follow past the lengths it saw: nine rules.

Each is a function of the evidence (a machine, and runs of its instances by range) that yields
findings. The rules hold for the text in the derived style, down to the depth that the evidence was
made for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from compiler.lint.answered import answered
from compiler.lint.atomic import atomic
from compiler.lint.closed import closed
from compiler.lint.covered import covered
from compiler.lint.evidence import COUNTS, Evidence
from compiler.lint.fetched import fetched
from compiler.lint.labels_in_range import labels_in_range
from compiler.lint.linear import linear
from compiler.lint.reach import reach
from compiler.lint.same_tokens import same_tokens
from compiler.lint.subject import TINY, Case, Finding, Severity, Subject
from compiler.lint.vocabulary import Vocabulary

__all__ = [
    "COUNTS", "RULES", "TINY", "Case", "Evidence", "Finding", "Severity", "Subject", "Vocabulary",
    "lint",
]  # fmt: skip

Rule = Callable[[Evidence], Iterator[Finding]]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        closed, fetched, atomic, linear, answered, covered, same_tokens, labels_in_range, reach,
    )
}  # fmt: skip
"""The rules by name, in the order of the design."""


def lint(
    subject: Subject,
    *,
    vocabulary: Vocabulary | None = None,
    depth: int = 1,
    counts: Mapping[str, int] = COUNTS,
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
    return [finding for rule in RULES.values() for finding in rule(evidence)]
