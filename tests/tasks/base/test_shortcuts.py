"""Shortcuts give answers in the form of the task, and none of them solves it."""

from __future__ import annotations

import pytest

import tasks
from tasks.base import AnyTask
from tests.support.tasks.task_samples import draw_instances

WITH_SHORTCUTS = [task for task in tasks.all() if task.shortcuts(draw_instances(task, "S", 1)[0])]


def test_tasks_name_shortcuts() -> None:
    without = {task.name for task in tasks.all() if task not in WITH_SHORTCUTS}
    assert without <= {"prime_search", "diophantine_equation"}


@pytest.mark.parametrize("task", WITH_SHORTCUTS, ids=lambda task: task.name)
def test_shortcuts_are_well_formed_and_often_wrong(task: AnyTask) -> None:
    instances = draw_instances(task, "S", 60)
    golds = [task.answer(instance) for instance in instances]
    names = list(task.shortcuts(instances[0]))
    assert names
    right = dict.fromkeys(names, 0)
    for instance, gold in zip(instances, golds, strict=True):
        for name, answer in task.shortcuts(instance).items():
            assert task.kind.read(answer) == answer, (name, answer)
            right[name] += task.right(instance, answer, gold)
    assert max(right.values()) < len(instances), right
