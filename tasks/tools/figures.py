"""Measure a task: the tokens of its texts, the steps of its machine, and its number of problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import log
from statistics import mean

from compiler import render_batch
from compiler.styles import MINIMAL
from compiler.vocabulary import Vocabulary
from tasks.base import AnyTask
from tasks.draws import Stream
from tm import Limits, Outcome, run_batch

MAX_LETTERS = 4_000_000
"""Texts with more utterances and captured letters are not written: no context can hold them."""
MAX_OVERSIZED_RECORDS = 10
"""Number of records measured of a range whose texts mostly exceed the budget."""
CONTEXT = 32_768
"""Number of tokens of the context for which ``fitting_length`` measures."""
FITTING_RECORDS = 12
"""Number of records that ``fitting_length`` measures of a length."""


@dataclass(frozen=True, slots=True)
class RecordSizes:
    """Tokens of the records of one range, prompt and completion together.

    Attributes
    ----------
    tokens
        The number of tokens of each record that was written, in ascending order.
    prompt
        The mean number of tokens of a prompt.
    fitting
        The number of records that are within the task's budget with a margin of 5 %.
    unwritten
        The number of texts that exceed ``MAX_LETTERS``.
    """

    tokens: Sequence[int]
    prompt: float
    fitting: int
    unwritten: int

    @property
    def count(self) -> int:
        return len(self.tokens) + self.unwritten

    def quantile(self, share: float) -> int:
        """Return the number of tokens that this share of the written records does not exceed."""
        return self.tokens[min(len(self.tokens) - 1, int(share * len(self.tokens)))]


def record_sizes(
    task: AnyTask, range_name: str, style: str, vocabulary: Vocabulary, count: int
) -> RecordSizes:
    """Measure ``count`` random records of a range, or fewer if most exceed the budget."""
    stream = Stream("figures", task.name, range_name, 0)
    if range_name in task.beyond:
        count = min(count, MAX_OVERSIZED_RECORDS)
    instances = [task.draw(stream.at(i), range_name) for i in range(count)]
    limits = Limits(letters=MAX_LETTERS)
    wordings = [index % len(task.wordings) for index in range(count)]
    inputs = list(map(task.inputs, instances, wordings))
    batch = run_batch(task.table, inputs, limits=limits)
    assert batch.trace is not None  # tracing is on by default
    texts = render_batch(task.table, batch.trace, style=style)
    written = [index for index in range(count) if batch.outcome[index] == Outcome.ACCEPT]
    prompts = [task.prompt(instances[index], wordings[index]) for index in written]
    prompt_tokens = vocabulary.count_tokens(prompts)
    completion_tokens = vocabulary.count_tokens([texts.text(index) for index in written])
    record_tokens = [a + b for a, b in zip(prompt_tokens, completion_tokens, strict=True)]
    return RecordSizes(
        tokens=sorted(record_tokens),
        prompt=mean(prompt_tokens or [0]),
        fitting=sum(1.05 * tokens <= task.budget for tokens in record_tokens),
        unwritten=count - len(written),
    )


def fitting_length(task: AnyTask, vocabulary: Vocabulary) -> int:
    """Return the greatest length of which half of the records fit ``CONTEXT`` tokens."""
    low, high = task.ranges["S"][0], task.greatest_length
    while low < high:
        length = min(2 * low, (low + high + 1) // 2)
        sized = task.with_ranges({"fitting": (length, length)})
        sizes = record_sizes(sized, "fitting", MINIMAL, vocabulary, FITTING_RECORDS)
        if 2 * sum(tokens <= CONTEXT for tokens in sizes.tokens) >= FITTING_RECORDS:
            low = length
        else:
            high = length - 1
    return low


def mean_transitions(task: AnyTask, length: int, count: int) -> float:
    """Return the mean number of transitions for ``count`` random instances of a length."""
    stream = Stream("figures", task.name, length, 0)
    instances = [task.draw(stream.at(i), length) for i in range(count)]
    limits = Limits(steps=2**40, cells=2**30)
    batch = run_batch(task.table, [task.inputs(i) for i in instances], limits=limits, trace=False)
    return float(batch.transitions.mean())


def growth(task: AnyTask, count: int) -> tuple[dict[str, float], float]:
    """Return the mean transitions at the top of each range, and the exponent of their growth.

    The exponent is the power of the length by which transitions grow from the last range but one
    to the last.
    """
    tops = {name: high for name, (_, high) in task.ranges.items()}
    transitions = {
        name: mean_transitions(task, top, 1 if name in task.beyond else count)
        for name, top in tops.items()
    }
    *_, previous, last = tops
    ratio = log(transitions[last] / transitions[previous])
    return transitions, ratio / log(tops[last] / tops[previous])


def range_problem_count(task: AnyTask, range_name: str) -> int | None:
    """Return the number of different problems of a range; None if ``task.count`` is not known."""
    low, high = task.length_range(range_name)
    counts = [task.count(*n) for n in product(range(low, high + 1), repeat=task.lengths)]
    return None if None in counts else sum(filter(None, counts))
