"""The input and output of the rules: a machine with its instances, and findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from tm.table import Table

TINY = "tiny"
"""Name of the range of the smallest instances, over the smallest alphabet: steps soon recur."""


class Severity(StrEnum):
    """Importance of a finding."""

    ERROR = "error"  # a model trained on such text cannot continue beyond its training lengths
    WARNING = "warning"  # the model may fail to
    NOTE = "note"  # information: a figure, or why something was not checked


class Finding(NamedTuple):
    """One observation of a rule.

    Attributes
    ----------
    rule
        Name of the rule.
    step, label
        Name and label of the step; empty if the finding concerns the whole text.
    instance
        Name of the instance; empty if the finding concerns the machine.
    message
        Description of the fault and, where possible, of its repair.
    what
        Short code that distinguishes the findings of one rule.
    """

    rule: str
    severity: Severity
    step: str
    label: str
    instance: str
    message: str
    what: str = ""


def first_of_each_kind(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first finding for each rule, step and code: many runs show the same fault."""
    seen: set[tuple[str, str, str]] = set()
    for finding in findings:
        kind = (finding.rule, finding.step, finding.what)
        if kind not in seen:
            seen.add(kind)
            yield finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One instance in the form that the rules need.

    Attributes
    ----------
    name
        Name of the instance in findings.
    tapes
        Initial word on each tape that is not blank.
    operands
        The operands as the prompt writes them, by name, in the order of reading.
    leads
        The words before each operand in the prompt.
    names
        The names that the prompt gives for the text, in the order of reading.
    answer
        Correct answer from an independent source, or None without such a source.
    """

    name: str
    tapes: Mapping[str, str]
    operands: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()
    answer: str | None = None


class Subject(Protocol):
    """A machine with instances by range.

    Attributes
    ----------
    table
        The machine; it writes its answer on the tape ``out``.
    ranges
        Names of the ranges (S, M, L); the first is that of the training texts.
    coarse
        Names of steps that may work out values of more than 8 symbols at once.
    far
        Names of steps whose fetches may reach as far back as the text is long.
    unseen
        Names of steps that may have labels or results which the first range does not contain.
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

    def form_fault(self, answer: str) -> str:
        """Return what an answer must be to have exactly the requested form; empty if it has it."""
        ...

    def cases(self, range_name: str, count: int) -> Sequence[Case]:
        """Return the first ``count`` random instances of a range or of ``TINY``.

        Every call returns the same instances.
        """
        ...
