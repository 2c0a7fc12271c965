"""Random instances of tasks, the machine's answers to them, and bounds for shares among them."""

from collections.abc import Sequence
from typing import Any

import tasks
from tasks.base import AnyTask
from tm import Outcome, run_batch
from tm.trace import Trace

SAMPLE_SIZE = 8_000
MAX_DEVIATION = 5 * SAMPLE_SIZE**-0.5
"""Upper bound of ten standard deviations of a share of ``SAMPLE_SIZE`` instances."""

LONG_RANGES: dict[tuple[str, str], tuple[str | int, int]] = {
    ("permutation_combination", "M"): ("M", 50),
    ("permutation_combination", "L"): (7, 1),
    ("derangement", "S"): ("S", 50),
    ("derangement", "M"): (31, 2),
    ("derangement", "L"): (61, 1),
}
"""Replacements for ranges with very long runs: a range or length, and a maximum of instances.

10 elements take 10⁹ transitions to permute, 6 elements a text of 100,000 tokens, and so do 61
elements to derange. A test of each task runs all lengths once.
"""


def draw_instances(
    task: AnyTask, range_name: str | int, count: int, split: str = "oracle"
) -> list[Any]:
    """Return ``count`` random instances of a range, a length, or ``tiny``."""
    stream = tasks.Stream(task.name, range_name, split, 0)
    if range_name == "tiny":
        return [task.tiny(stream.at(i)) for i in range(count)]
    return [task.draw(stream.at(i), range_name) for i in range(count)]


def draw_runnable_instances(
    task: AnyTask, range_name: str, count: int, split: str = "oracle"
) -> list[Any]:
    """Return random instances to run the machine on; of ``LONG_RANGES`` fewer and shorter ones."""
    lengths, maximum = LONG_RANGES.get((task.name, range_name), (range_name, count))
    return draw_instances(task, lengths, min(count, maximum), split)


def problem_count(task: AnyTask, *lengths: int) -> int:
    """Return the number of problems of these lengths, which must be known."""
    count = task.count(*lengths)
    assert count is not None
    return count


def all_problems(task: AnyTask, *lengths: int) -> list[Any]:
    """Return every problem of these lengths, by its index."""
    draws = tasks.Stream("every").at(0)
    return [task.unrank(draws, index, *lengths) for index in range(problem_count(task, *lengths))]


def machine_answers(task: AnyTask, instances: Sequence[Any]) -> list[str]:
    """Return the machine's answers; every run must accept."""
    batch = run_batch(task.table, [task.inputs(instance) for instance in instances], trace=False)
    assert {*batch.outcome} <= {Outcome.ACCEPT}
    return [batch.text("out", index) for index in range(len(instances))]


def trace_of(task: AnyTask, instance: Any) -> Trace:
    """Return the trace of the machine's run on an instance."""
    trace = task.run(instance).trace
    assert trace is not None
    return trace


def digit_parts(number: str) -> tuple[str, str]:
    """Return the digits before and after the point, without the sign."""
    integer, _, fraction = number.lstrip("-").partition(".")
    return integer, fraction


def digit_count(number: str) -> int:
    """Return the number of digits of a decimal."""
    return len(number.strip("-").replace(".", ""))
