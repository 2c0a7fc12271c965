"""Outputs with random faults: no exception, no wrong answer accepted, no right answer rejected."""

import re
from random import Random

import pytest

import tasks
from evaluation.backends.base import End, Output
from evaluation.problems.replays import EvalProblem
from evaluation.problems.selection import draw_problems
from evaluation.scoring.scores import Verdict, score
from tasks import Task

CHARACTERS = "0123456789abcxyz ,;.:=<>-\n\t\x00\u2028é\U0001f600"
INSERTIONS = (
    "answer: ",
    "\nanswer: 1",
    " -> end",
    "none",
    "\n\n",
    "</pre>",
    "answer:",
    "٣",
    "\ud800",
)


def with_faults(text: str, other: str, random: Random) -> str:
    """Return the text with one to three faults; ``other`` is the reference of another problem."""
    for _ in range(random.randint(1, 3)):
        at, end = sorted(random.choices(range(len(text) + 1), k=2))
        kind = random.randrange(8)
        if kind == 0:
            text = text[:at] + random.choice(CHARACTERS) + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + random.choice(INSERTIONS) + text[at:]
        elif kind == 2:
            text = text[:at] + text[end:]
        elif kind == 3:
            text = text[:at] + text[at:end] * 2 + text[end:]
        elif kind == 4:
            text = text[:at]
        elif kind == 5:
            text = text[: text.rfind("\n") + 1] + other[other.rfind("\n") + 1 :]
        elif kind == 6:
            text += random.choice(INSERTIONS)
        else:
            text = text[:at] + other[at:]
    return text


def normal_answer(text: str) -> str:
    """Return the last line that is not blank, without characters that spellings differ in."""
    line = text.rstrip(" \t\r\n").rpartition("\n")[2]
    return re.sub("[ ,\t]", "", line)


def check(problem: EvalProblem, text: str) -> None:
    expected = problem.completion
    scored = score(problem, Output(text, End.STOP, 1))
    assert scored.exact == (text == expected)
    last_line = text.rstrip(" \t\r\n").rpartition("\n")[2]
    if last_line == expected.rpartition("\n")[2]:
        assert scored.verdict is Verdict.RIGHT
    elif scored.verdict is Verdict.RIGHT and type(problem.task).right is Task.right:
        assert normal_answer(text) == normal_answer(expected)
    if scored.divergence:
        at = scored.divergence.at
        assert text[:at] == expected[:at]
        assert text[at : at + 1] != expected[at : at + 1]


def fuzz(count: int) -> None:
    random = Random(0)
    for task in tasks.all():
        problems = [p for p in draw_problems([task], ("S",), 6, seed=1) if p.fits]
        for _ in range(count // len(tasks.names())):
            problem, other = random.choice(problems), random.choice(problems)
            check(problem, with_faults(problem.completion, other.completion, random))
        for problem in problems:
            check(problem, problem.completion)


def test_four_thousand_faulty_outputs() -> None:
    fuzz(4_000)


@pytest.mark.slow
def test_a_hundred_thousand_faulty_outputs() -> None:
    fuzz(100_000)
