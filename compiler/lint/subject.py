"""What the rules look at: a machine with instances of it, and what they find."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from tm.table import Table

TINY = "tiny"
"""The range of the smallest instances, over the smallest alphabet, in which steps soon recur."""


class Severity(StrEnum):
    ERROR = "error"  # a model trained on such text cannot go on past the lengths it saw
    WARNING = "warning"  # it may not
    NOTE = "note"  # to know: a figure, or why something was not checked


class Finding(NamedTuple):
    """One thing that a rule found.

    Attributes
    ----------
    rule
        The rule's name.
    step, label
        The step in question and its label; empty where it is about the whole text.
    instance
        The instance in question; empty where it is about the machine.
    message
        A sentence, with the way out where there is one.
    what
        Tells the findings of one rule apart, in a word.
    """

    rule: str
    severity: Severity
    step: str
    label: str
    instance: str
    message: str
    what: str = ""


def once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The first finding of each kind for each step: a fault shows in many runs."""
    told: set[tuple[str, str, str]] = set()
    for finding in findings:
        kind = (finding.rule, finding.step, finding.what)
        if kind not in told:
            told.add(kind)
            yield finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One instance, as the rules need it.

    Attributes
    ----------
    name
        What it is called in a finding.
    tapes
        What stands on the tapes before the machine starts.
    facts
        The named values that the prompt gives.
    prompt
        The prompt, for the rules about tokens; None leaves facts out of them.
    answer
        The right answer from an independent source, where there is one.
    """

    name: str
    tapes: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)
    prompt: str | None = None
    answer: str | None = None


class Subject(Protocol):
    """A machine with instances by range.

    Attributes
    ----------
    table
        The machine; it writes its answer on the tape ``out``.
    ranges
        Names of the ranges, that of the training texts first (S, M, L).
    coarse
        Names of steps that own up to working on long values in one go.
    far
        Of steps whose fetches reach as far back as the text is long.
    unseen
        Of steps whose labels or results in longer ranges the first cannot show.
    """

    @property
    def table(self) -> Table: ...
    @property
    def ranges(self) -> Sequence[str]: ...
    @property
    def coarse(self) -> Collection[str]: ...
    @property
    def far(self) -> Collection[str]: ...
    @property
    def unseen(self) -> Collection[str]: ...

    def is_well_formed(self, answer: str) -> bool:
        """Whether an answer has, as it stands, the form that is asked for."""
        ...

    def cases(self, where: str, count: int) -> Sequence[Case]:
        """The first ``count`` random instances of a range or of ``TINY``; the same at each call."""
        ...
