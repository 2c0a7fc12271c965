"""Accuracy of rules that do not solve a problem: what a score must exceed to mean something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluation.problems.replays import EvalProblem

COMMONEST = "commonest answer"
"""Name of the rule that always gives the commonest answer."""


def shortcut_accuracies(problems: Sequence[EvalProblem]) -> dict[str, float]:
    """Return the accuracy of each shortcut on problems of one task; see ``Task.shortcuts``.

    The first is to give the commonest answer always.
    """
    answers = Counter(problem.gold for problem in problems)
    right = {COMMONEST: max(answers.values(), default=0)}
    for problem in problems:
        task, instance, gold = problem.task, problem.instance, problem.gold
        for name, answer in task.shortcuts(instance).items():
            right[name] = right.get(name, 0) + task.right(instance, answer, gold)
    return {name: count / max(len(problems), 1) for name, count in right.items()}
