"""Find the final answer of a text and check its form.

One rule applies to all tasks: the answer is the last line of the text that is not blank, and this
line must begin with ``answer:``. Text after the answer line therefore makes the answer missing, and
of several answer lines the last one counts. The task's ``AnswerKind`` defines which texts are
accepted after the colon. Reading takes linear time, never raises an error and never executes text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

LABEL = "answer:"
_SPACE = " \t\r\n"


class Grade(StrEnum):
    """The judgement of a final answer."""

    CORRECT = "correct"
    WRONG = "wrong"  # well formed, but not the correct answer
    MALFORMED = "malformed"  # the answer line does not have the form of the task's answers
    MISSING = "missing"  # the last line is not an answer line


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """A grade, and the answer in its normal spelling; None if it is missing or malformed."""

    grade: Grade
    answer: str | None = None

    @property
    def correct(self) -> bool:
        return self.grade is Grade.CORRECT


def last_answer(text: str) -> str | None:
    """Return the text after ``answer:`` on the last line that is not blank.

    None means that this line does not begin with ``answer:``.
    """
    end = text.rstrip(_SPACE)
    start = end.rfind("\n") + 1
    return end[start + len(LABEL) :].strip(_SPACE) if end.startswith(LABEL, start) else None


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """A kind of answer and its accepted spellings.

    Attributes
    ----------
    form
        A description of the answer's form for people.
    pattern
        The regular expression that a whole answer must match, in time linear in its length.
    normal
        A function from an accepted text to its normal spelling, the one that the machine writes.
        Two accepted texts are the same answer exactly if their normal spellings are equal.
    """

    form: str
    pattern: re.Pattern[str]
    normal: Callable[[str], str] = str

    def read(self, text: str) -> str | None:
        """Return the normal spelling of ``text``, or None if it is not an answer of this kind."""
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
    "a decimal with all requested places: ASCII digits, no sign, no needless zero in front",
    re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]+"),
)

_CHARACTER = r"[!#-\[\]-{}~]"
SENTENCE = AnswerKind(
    'printable ASCII without ", \\ and |, and single spaces inside',
    re.compile(f"{_CHARACTER}+(?: {_CHARACTER}+)*"),
)

LETTERS = AnswerKind(
    "capital letters with a space or nothing between two",
    re.compile("[A-Z](?: ?[A-Z])*"),
    lambda text: re.sub("(?<=[A-Z])(?=[A-Z])", " ", text),
)

_LISTED = "[A-Za-z](?: [A-Za-z])*"
PERMUTATIONS = AnswerKind(
    "lists of letters, a space between two, with commas between lists, then a semicolon and their "
    "number, and a space or nothing after a comma and the semicolon",
    re.compile(f"{_LISTED}(?:, ?{_LISTED})*; ?[1-9][0-9]*"),
    lambda text: re.sub("([,;]) ?", r"\1 ", text),
)

_STRING = "[a-z0-9](?: ?[a-z0-9])*"
STRINGS = AnswerKind(
    "strings of a to z and 0 to 9, with commas between; a space or nothing after a character or "
    "comma",
    re.compile(f"{_STRING}(?:, ?{_STRING})*"),
    lambda text: ", ".join(map(" ".join, text.replace(" ", "").split(","))),
)


_PIECES = "[a-z]+(?: [a-z]+)*"
PARTITIONS = AnswerKind(
    "strings of a to z with spaces between their pieces, with commas between strings, then a "
    "semicolon and their number, and a space or nothing after a comma and the semicolon",
    re.compile(f"{_PIECES}(?:, ?{_PIECES})*; ?[1-9][0-9]*"),
    lambda text: re.sub("([,;]) ?", r"\1 ", text),
)


def choice(*options: str) -> AnswerKind:
    """Return the kind of answers that are exactly one of these texts.

    Raises
    ------
    ValueError
        If there are no options, or an option is not a text.
    """
    if not options or not all(isinstance(option, str) for option in options):
        raise ValueError(f'choice takes texts, such as choice("yes", "no"), not {options!r}')
    return AnswerKind("one of " + " ".join(options), re.compile("|".join(map(re.escape, options))))


def or_none(kind: AnswerKind) -> AnswerKind:
    """Return the kind that also accepts the word ``none``."""
    return AnswerKind(
        f"{kind.form}; or none", re.compile(f"none|{kind.pattern.pattern}"), kind.normal
    )
