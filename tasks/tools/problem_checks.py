"""Check the Python side of a task on sampled instances: lengths, draws and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from compiler.lint import Finding, Severity
from tasks.base import AnyTask
from tasks.checks import OTHER_RANDOM_NUMBERS
from tasks.draws import Stream
from tm.engine import run_batch

MAX_SHARE_OF_ONE_ANSWER = 0.8
"""Share of one answer among sampled instances above which a model can score without solving."""

MIN_ANSWERS = 20
"""Number of answers below which their shares are not judged."""


def check_problems(task: AnyTask, count: int, seed: int = 0) -> Iterator[Finding]:
    """Yield the faults of a task's ``length``, ``sample`` and distribution of answers.

    Parameters
    ----------
    count
        Number of sampled instances of each range.
    """
    for range_name in task.ranges:
        yield from _check_range(task, range_name, count, seed)


def _check_range(task: AnyTask, range_name: str, count: int, seed: int) -> Iterator[Finding]:
    low, high = task.length_range(range_name)
    stream = Stream("lint", task.name, f"problems {range_name}", seed)
    instances = [task.draw(stream.at(index), range_name) for index in range(count)]
    finding = partial(Finding, "problems", step="", label="")
    for index, instance in enumerate(instances):
        name = f"{task.name} {range_name} {index}: {instance.to_json()}"
        if task.draw(stream.at(index), range_name).to_json() != instance.to_json():
            message = f"`sample` {OTHER_RANDOM_NUMBERS}"
            yield finding(severity=Severity.ERROR, instance=name, message=message, what="draws")
            return
        length = task.length(instance)
        if not low <= length <= high:
            message = f"`length` returns {length} for an instance of lengths {low} to {high}"
            yield finding(severity=Severity.ERROR, instance=name, message=message, what="length")
            return
    if range_name in task.beyond or count < MIN_ANSWERS:
        return
    batch = run_batch(task.table, [task.inputs(instance) for instance in instances], trace=False)
    answers = Counter(batch.text("out", index) for index in range(count))
    (answer, times), *_ = answers.most_common(1)
    if times > MAX_SHARE_OF_ONE_ANSWER * count:
        message = (
            f"the answer {answer!r} is right for {times} of {count} instances of {range_name}; "
            "sample problems whose answers differ"
        )
        yield finding(severity=Severity.WARNING, instance="", message=message, what="one answer")
