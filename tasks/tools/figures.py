"""Measure a task: how many tokens its texts take, how far its machine runs, how many problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import log
from statistics import mean

from compiler import render_batch
from compiler.vocabulary import Vocabulary
from tasks.base import AnyTask
from tasks.draws import Stream
from tm import Limits, Outcome, run_batch

LETTERS = 4_000_000
"""A text of more utterances and captured letters is not written: no context holds it."""
RARE = 10
"""Problems that are measured where most texts are beyond the budget anyway."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Tokens of one range's records: prompt and completion together.

    Attributes
    ----------
    tokens
        Of each record that was written, in ascending order.
    prompt
        Of a prompt, on average.
    fitting
        How many records are within the task's budget, with 5 % to spare.
    unwritten
        How many texts were longer than ``LETTERS``.
    """

    tokens: Sequence[int]
    prompt: float
    fitting: int
    unwritten: int

    @property
    def count(self) -> int:
        return len(self.tokens) + self.unwritten

    def quantile(self, share: float) -> int:
        """The number of tokens that this share of the written records does not exceed."""
        return self.tokens[min(len(self.tokens) - 1, int(share * len(self.tokens)))]


def sizes(task: AnyTask, where: str, style: str, vocabulary: Vocabulary, count: int) -> Sizes:
    """The sizes of ``count`` random records of a range, or of ``RARE`` where few would fit."""
    stream = Stream("figures", task.name, where, 0)
    posed = [task.draw(stream.at(i), where) for i in range(_fewer(task, where, count))]
    limits = Limits(letters=LETTERS)
    batch = run_batch(task.table, [task.tapes(i) for i in posed], limits=limits)
    assert batch.trace is not None  # it was asked for
    texts = render_batch(task.table, batch.trace, style=style)
    written = [index for index in range(len(posed)) if batch.outcome[index] == Outcome.ACCEPT]
    asked = [task.prompt(posed[index], index % len(task.wordings)) for index in written]
    prompts = vocabulary.count_tokens(asked)
    completions = vocabulary.count_tokens([texts.text(index) for index in written])
    wholes = [prompt + text for prompt, text in zip(prompts, completions, strict=True)]
    fitting = sum(1.05 * tokens <= task.budget for tokens in wholes)
    return Sizes(sorted(wholes), mean(prompts or [0]), fitting, len(posed) - len(wholes))


def transitions(task: AnyTask, length: int, count: int) -> float:
    """Mean transitions of the machine on ``count`` random instances of a length."""
    stream = Stream("figures", task.name, length, 0)
    posed = [task.draw(stream.at(i), length) for i in range(count)]
    limits = Limits(steps=2**40, cells=2**30)
    batch = run_batch(task.table, [task.tapes(i) for i in posed], limits=limits, trace=False)
    return float(batch.transitions.mean())


def growth(task: AnyTask, count: int) -> tuple[dict[str, float], float]:
    """Transitions at the top of each range, and the power of n by which they grow to the last."""
    tops = {where: high for where, (_, high) in task.ranges.items()}
    found = {
        where: transitions(task, top, 1 if where in task.beyond else count)
        for where, top in tops.items()
    }
    *_, before, last = tops
    power = log(found[last] / found[before]) / log(tops[last] / tops[before])
    return found, power


def problems(task: AnyTask, where: str) -> int | None:
    """How many different problems a range has; None where nobody has counted."""
    low, high = task.length_range(where)
    counts = [task.count(*n) for n in product(range(low, high + 1), repeat=task.lengths)]
    return None if None in counts else sum(filter(None, counts))


def _fewer(task: AnyTask, where: str, count: int) -> int:
    return min(count, RARE) if where in task.beyond else count
