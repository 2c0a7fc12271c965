"""Outputs that were spoilt at random: no exception, no wrong answer taken, no right one refused."""

import re
from random import Random

import pytest

import tasks
from evaluation.backends.base import End, Output
from evaluation.problems.replays import EvalProblem
from evaluation.problems.selection import problems
from evaluation.scoring.scores import Verdict, score
from tasks import Task

SIGNS = "0123456789abcxyz ,;.:=<>-\n\t\x00\u2028é\U0001f600"
WORDS = ("answer: ", "\nanswer: 1", " -> end", "none", "\n\n", "</pre>", "answer:", "٣", "\ud800")


def spoilt(text: str, other: str, random: Random) -> str:
    """The text with one to three faults; ``other`` is the right text of another problem."""
    for _ in range(random.randint(1, 3)):
        at, end = sorted(random.choices(range(len(text) + 1), k=2))
        kind = random.randrange(8)
        if kind == 0:
            text = text[:at] + random.choice(SIGNS) + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + random.choice(WORDS) + text[at:]
        elif kind == 2:
            text = text[:at] + text[end:]
        elif kind == 3:
            text = text[:at] + text[at:end] * 2 + text[end:]
        elif kind == 4:
            text = text[:at]
        elif kind == 5:
            text = text[: text.rfind("\n") + 1] + other[other.rfind("\n") + 1 :]
        elif kind == 6:
            text += random.choice(WORDS)
        else:
            text = text[:at] + other[at:]
    return text


def bare(text: str) -> str:
    """The last line that is not blank, without what two spellings may differ in."""
    line = text.rstrip(" \t\r\n").rpartition("\n")[2]
    return re.sub("[ ,\t]", "", line)


def check(item: EvalProblem, text: str) -> None:
    expected = item.completion
    found = score(item, Output(text, End.STOP, 1))
    assert found.exact == (text == expected)
    said = text.rstrip(" \t\r\n").rpartition("\n")[2]
    if said == expected.rpartition("\n")[2]:
        assert found.verdict is Verdict.RIGHT
    elif found.verdict is Verdict.RIGHT and type(item.task).right is Task.right:
        assert bare(text) == bare(expected)
    if found.divergence:
        at = found.divergence.at
        assert text[:at] == expected[:at]
        assert text[at : at + 1] != expected[at : at + 1]


def fuzz(count: int) -> None:
    random = Random(0)
    for task in tasks.all():
        items = [i for i in problems([task], ("S",), 6, seed=1) if i.fits]
        for _ in range(count // len(tasks.names())):
            item, other = random.choice(items), random.choice(items)
            check(item, spoilt(item.completion, other.completion, random))
        for item in items:
            check(item, item.completion)


def test_four_thousand_spoilt_outputs() -> None:
    fuzz(4_000)


@pytest.mark.slow
def test_a_hundred_thousand_spoilt_outputs() -> None:
    fuzz(100_000)
