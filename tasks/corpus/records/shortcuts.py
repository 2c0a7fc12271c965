"""Accuracy of rules that do not solve a problem: what a score must exceed to mean something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from tasks.base import AnyTask, Instance

COMMONEST = "commonest answer"
"""Name of the rule that always gives the commonest answer."""

Solution = tuple[Instance, str]
"""A problem with the machine's answer."""


def shortcut_accuracies(task: AnyTask, problems: Sequence[Solution]) -> dict[str, float]:
    """Return the accuracy of each shortcut on problems of a task; see ``Task.shortcuts``.

    The first is to give the commonest answer always.
    """
    answers = Counter(gold for _, gold in problems)
    right = {COMMONEST: max(answers.values(), default=0)}
    for instance, gold in problems:
        for name, answer in task.shortcuts(instance).items():
            right[name] = right.get(name, 0) + task.right(instance, answer, gold)
    return {name: count / max(len(problems), 1) for name, count in right.items()}


def stored_shortcuts(task: AnyTask, files: Iterable[Path]) -> dict[str, float]:
    """Return the accuracy of each shortcut on the records of Parquet files, to four decimals."""
    problems: list[Solution] = []
    for file in files:
        columns = pq.read_table(file, columns=["instance", "answer"]).to_pydict()
        instances = map(task.instance.from_json, columns["instance"])
        problems += zip(instances, columns["answer"], strict=True)
    return {name: round(rate, 4) for name, rate in shortcut_accuracies(task, problems).items()}
