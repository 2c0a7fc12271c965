"""Tasks: Turing machines that solve problems, and samplers and prompts that pose the problems."""

from tasks.answers import (
    DECIMAL,
    FIXED,
    INTEGER,
    INTEGERS,
    LETTERS,
    PAIRS,
    PARTITIONS,
    PERMUTATIONS,
    SENTENCE,
    STRINGS,
    AnswerKind,
    Grade,
    GradedAnswer,
    choice,
    or_none,
)
from tasks.base import Instance, LengthRange, Task, ranges
from tasks.draws import Draws, Stream
from tasks.registry import all, from_file, get, names

__all__ = [
    "DECIMAL", "FIXED", "INTEGER", "INTEGERS", "LETTERS", "PAIRS", "PARTITIONS", "PERMUTATIONS",
    "SENTENCE", "STRINGS", "AnswerKind", "Draws", "Grade", "GradedAnswer", "Instance",
    "LengthRange", "Stream", "Task", "all", "choice", "from_file", "get", "names",
    "or_none", "ranges",
]  # fmt: skip
