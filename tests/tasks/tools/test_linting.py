"""Every task's texts keep the nine rules, from S to L, in the tokens of a real vocabulary."""

from typing import Any

import pytest

import tasks
from compiler import render
from compiler.lint import Severity, lint
from tasks.base import AnyTask
from tasks.tools.linting import TaskSubject
from tests.support.models.vocabularies import qwen
from tests.support.oracles import ORACLES
from tm import Limits

INSTANCES = 50
TEXT_LIMIT = Limits(letters=1_000_000)
"""A text of this length exceeds every budget."""


FITTING = [task.name for task in tasks.all() if set(task.ranges) - task.beyond]
"""Tasks with texts that fit the budget; each other task shares its machine with one of these."""


@pytest.mark.parametrize("name", FITTING)
def test_lint_reports_only_notes(name: str) -> None:
    task = tasks.get(name)
    findings = lint(TaskSubject(task, oracle=ORACLES[name]), vocabulary=qwen())
    assert [f for f in findings if f.severity is not Severity.NOTE] == []
    exempt = {"fetched", "read"} | ({"covered", "labels_in_range"} if task.unseen else set())
    assert {f.rule for f in findings} - exempt == {"reach"}  # reach reports every range


@pytest.mark.parametrize("name", tasks.names())
def test_exempt_steps_and_ranges_exist(name: str) -> None:
    task = tasks.get(name)
    steps = {utterance.step for utterance in task.table.utterances}
    assert task.coarse | task.far | task.unseen <= steps
    assert task.beyond | task.partly <= set(task.ranges)


@pytest.mark.parametrize("name", tasks.names())
def test_exactly_the_exempt_ranges_exceed_the_budget(name: str) -> None:
    """Records at the top of each range are measured in the minimal style, with a margin of 5 %."""
    task = tasks.get(name)
    beyond = set()
    for range_name, (_, longest) in task.ranges.items():
        stream = tasks.Stream(name, "fits", range_name, 0)
        count = 10 * INSTANCES if range_name in task.partly else INSTANCES
        sample = (task.draw(stream.at(index), longest) for index in range(count))
        if any(exceeds_budget(task, *numbered) for numbered in enumerate(sample)):
            beyond.add(range_name)
    assert beyond == task.beyond | task.partly


def exceeds_budget(task: AnyTask, index: int, instance: Any) -> bool:
    """Return whether a record has more tokens than the budget of its task."""
    result = task.run(instance, limits=TEXT_LIMIT)
    if result.outcome == "text_limit":
        return True
    assert result.trace is not None
    prompt = task.prompt(instance, index % len(task.wordings))
    text = prompt + render(task.table, result.trace).string
    most = task.budget / 1.05
    # No token is shorter than a byte, so most texts need not be tokenized.
    return len(text.encode()) > most and len(qwen().tokenize(text).ids) > most
