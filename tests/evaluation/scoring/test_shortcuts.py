"""The accuracy of rules that solve nothing."""

from __future__ import annotations

import tasks
from evaluation.problems.replays import replay
from tasks.corpus.records.shortcuts import shortcut_accuracies


def test_each_rule_is_scored_on_the_same_problems() -> None:
    task = tasks.get("compare_numbers")
    pairs = [("12", "3"), ("2", "10"), ("1.50", "1.5"), ("-7", "6")]
    instances = [task.instance(x=x, y=y) for x, y in pairs]
    ids = [str(number) for number in range(len(pairs))]
    problems = replay(task, "S", ids, instances, [0] * len(pairs))
    assert [problem.gold for problem in problems] == [">", "<", "=", "<"]
    assert shortcut_accuracies(task, [(p.instance, p.gold) for p in problems]) == {
        "commonest answer": 2 / 4,
        "the longer is greater": 2 / 4,  # right for 12 and 3, 2 and 10
        "the first character decides": 2 / 4,  # right for 1.50 and 1.5, -7 and 6
    }


def test_without_problems_nothing_is_right() -> None:
    assert shortcut_accuracies(tasks.get("lcs"), []) == {"commonest answer": 0}
