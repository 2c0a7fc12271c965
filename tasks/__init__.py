"""The tasks: Turing machines that solve problems, and the Python files that pose them."""

from tasks.answers import (
    DECIMAL,
    FIXED,
    INTEGER,
    INTEGERS,
    LETTERS,
    PAIRS,
    PERMUTATIONS,
    SENTENCE,
    STRINGS,
    AnswerKind,
    Grade,
    GradedAnswer,
    choice,
    or_none,
)
from tasks.base import Instance, LengthRange, Task, listed, paragraphs, ranges
from tasks.draws import Draws, Stream
from tasks.registry import all, from_file, get, names

__all__ = [
    "DECIMAL",
    "FIXED",
    "INTEGER",
    "INTEGERS",
    "LETTERS",
    "PAIRS",
    "PERMUTATIONS",
    "SENTENCE",
    "STRINGS",
    "AnswerKind",
    "Draws",
    "Grade",
    "GradedAnswer",
    "Instance",
    "LengthRange",
    "Stream",
    "Task",
    "all",
    "choice",
    "from_file",
    "get",
    "listed",
    "names",
    "or_none",
    "paragraphs",
    "ranges",
]  # fmt: skip
