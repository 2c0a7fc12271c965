"""Where a final answer stands in a text, and what counts as one.

One rule for all tasks: the answer is the last line of the text that is not blank, and it must begin
with ``answer:``. So an answer that is followed by more words is none, and of several the last
counts. What may stand after the colon is a matter of the task's ``AnswerKind``; nothing else is
accepted, however close. Reading takes linear time, never raises, and runs nothing that the text
says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

LABEL = "answer:"
_SPACE = " \t\r\n"


class Grade(StrEnum):
    """How an output was graded."""

    CORRECT = "correct"
    WRONG = "wrong"  # well formed, but not the answer
    MALFORMED = "malformed"  # an answer line that holds no answer of the task's kind
    MISSING = "missing"  # the last line is no answer line


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """A grade, and the answer that was read, in its normal spelling; None if there was none."""

    grade: Grade
    answer: str | None = None

    @property
    def correct(self) -> bool:
        return self.grade is Grade.CORRECT


def last_answer(text: str) -> str | None:
    """What stands after ``answer:`` on the last line that is not blank, if it begins so."""
    end = text.rstrip(_SPACE)
    start = end.rfind("\n") + 1
    return end[start + len(LABEL) :].strip(_SPACE) if end.startswith(LABEL, start) else None


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """A kind of answer, and which of its spellings are accepted.

    Attributes
    ----------
    form
        For people: what an answer of this kind looks like.
    pattern
        What is accepted, matched as a whole; it must be linear in the text.
    normal
        Takes an accepted text to its normal spelling, the one that the machine writes: two
        accepted texts are the same answer if, and only if, their normal spellings are equal.
    """

    form: str
    pattern: re.Pattern[str]
    normal: Callable[[str], str] = str

    def read(self, text: str) -> str | None:
        """The normal spelling of ``text``, or None if it is no answer of this kind."""
        return self.normal(text) if self.pattern.fullmatch(text) else None


_NUMBER = "(?:0|-?[1-9][0-9]*)"

INTEGER = AnswerKind(
    "an integer: ASCII digits, no plus, no leading zero, no -0", re.compile(_NUMBER)
)
INTEGERS = AnswerKind(
    "integers with commas between them, and a space or nothing after a comma",
    re.compile(f"{_NUMBER}(?:, ?{_NUMBER})*"),
    lambda text: re.sub(", ?", ", ", text),
)
_PAIR = rf"\({_NUMBER}, ?{_NUMBER}\)"
PAIRS = AnswerKind(
    "pairs of integers in parentheses, with commas, and a space or nothing after a comma",
    re.compile(f"{_PAIR}(?:, ?{_PAIR})*"),
    lambda text: re.sub(", ?", ", ", text),
)

DECIMAL = AnswerKind(
    "a decimal: ASCII digits, no sign, no needless zero at either end, no point without a fraction",
    re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?"),
)

FIXED = AnswerKind(
    "a decimal with all places that are asked: ASCII digits, no sign, no needless zero in front",
    re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]+"),
)

_SIGN = r"[!#-\[\]-{}~]"
SENTENCE = AnswerKind(
    'printable ASCII but ", \\ and |, and single spaces inside',
    re.compile(f"{_SIGN}+(?: {_SIGN}+)*"),
)

LETTERS = AnswerKind(
    "capital letters with a space or nothing between two",
    re.compile("[A-Z](?: ?[A-Z])*"),
    lambda text: re.sub("(?<=[A-Z])(?=[A-Z])", " ", text),
)

_LISTED = "[A-Za-z](?: [A-Za-z])*"
PERMUTATIONS = AnswerKind(
    "lists of letters, a space between two, with commas between lists, then a semicolon and how "
    "many, and a space or nothing after a comma and the semicolon",
    re.compile(f"{_LISTED}(?:, ?{_LISTED})*; ?[1-9][0-9]*"),
    lambda text: re.sub("([,;]) ?", r"\1 ", text),
)

_STRING = "[a-z0-9](?: ?[a-z0-9])*"
STRINGS = AnswerKind(
    "strings of a to z and 0 to 9 with commas between; a space or nothing after a sign or comma",
    re.compile(f"{_STRING}(?:, ?{_STRING})*"),
    lambda text: ", ".join(map(" ".join, text.replace(" ", "").split(","))),
)


def choice(*options: str) -> AnswerKind:
    """One of these texts, as it stands."""
    return AnswerKind("one of " + " ".join(options), re.compile("|".join(map(re.escape, options))))


def or_none(kind: AnswerKind) -> AnswerKind:
    """The same, or the word ``none``."""
    return AnswerKind(
        f"{kind.form}; or none", re.compile(f"none|{kind.pattern.pattern}"), kind.normal
    )
