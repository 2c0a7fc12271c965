"""Read a question in plain words as a problem of a task, by the wordings of its prompts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

from tasks.base import AnyTask, Instance, Task
from tasks.draws import Draws
from tasks.wordings import CAPITALS_FIRST, NAMES_LEAD

_SENTENCE_END = re.compile(r"[.?!](?=\s|$)|\n")
_NAMES_CLAUSE = re.compile(rf"\s*{NAMES_LEAD} [a-zA-Z0-9, ]+\.?\s*$")


class Question(NamedTuple):
    """A problem that was read from a question.

    Attributes
    ----------
    wording
        Index of the wording of the task that poses the problem.
    """

    task: AnyTask
    instance: Instance
    wording: int

    @property
    def prompt(self) -> str:
        """The whole prompt: the question may have been only its beginning."""
        return self.task.prompt(self.instance, self.wording)


def read_question(text: str, tasks: Iterable[AnyTask], draws: Draws) -> Question | None:
    """Return the problem that a question poses, or None if no wording of the tasks fits.

    A question fits a wording if it is the whole wording, or its beginning up to the end of the
    sentence with the last operand. White space, and a full stop or question mark at the end, do
    not matter.

    Parameters
    ----------
    text
        The question, with or without the names that the text of the machine uses.
    tasks
        The tasks whose wordings are tried, in this order.
    draws
        Random numbers for the names.

    Raises
    ------
    ValueError
        If a wording of a task fits whose class does not define ``pose``.
    """
    question = _NAMES_CLAUSE.sub("", text.strip()).removesuffix(CAPITALS_FIRST).rstrip()
    for task in tasks:
        for wording, template in enumerate(task.wordings):
            for pattern in _patterns(template):
                match = pattern.fullmatch(question)
                if match and (instance := _posed(task, match.groupdict(), draws)):
                    return Question(task, instance, wording)
    return None


def _posed(task: AnyTask, words: dict[str, str], draws: Draws) -> Instance | None:
    """Return the instance with these operands, or None if the task has none.

    Raises
    ------
    ValueError
        If the class of the task does not define ``pose``.
    """
    if type(task).pose is Task.pose:
        task.pose(draws, words)  # raises
    try:
        instance: Instance = task.pose(draws, words)
    except ValueError:
        return None
    return instance if dict(task.words(instance)) == words else None


@lru_cache(maxsize=4096)
def _patterns(template: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a wording: the whole of it, and its beginning."""
    pieces = [(literal, name) for literal, name, _, _ in Formatter().parse(template)]
    whole = "".join(_pattern(pieces))
    tail = pieces[-1][0] if pieces[-1][1] is None else ""
    operands = [*pieces[:-1]] if pieces[-1][1] is None else pieces
    end = _SENTENCE_END.search(tail)
    patterns = [whole]
    if end is not None and end.end() < len(tail):
        patterns.append("".join(_pattern([*operands, (tail[: end.start()], None)])) + r"\s*[.?!]?")
    return tuple(re.compile(pattern) for pattern in patterns)


def _pattern(pieces: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    known: set[str] = set()
    for literal, name in pieces:
        parts = re.split(r"\s+", literal)
        yield r"\s+".join(map(re.escape, parts))
        if name is not None:
            yield f"(?P={name})" if name in known else f"(?P<{name}>.+?)"
            known.add(name)
