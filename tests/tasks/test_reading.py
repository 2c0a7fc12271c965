"""From prompt to answer: an independent reader and an oracle agree with the machine that reads."""

from __future__ import annotations

import pytest

import tasks
from tests.support.oracles import right
from tests.support.oracles.prompt_readers import read_instance
from tests.support.tasks.task_samples import draw_runnable_instances
from tm import Outcome, run_batch

RANGES = [(name, range) for name in tasks.names() for range in tasks.get(name).ranges]


@pytest.mark.parametrize(("name", "range_name"), RANGES)
@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=pytest.mark.slow)])
def test_the_machine_answers_what_the_prompt_asks(name: str, range_name: str, count: int) -> None:
    task = tasks.get(name)
    sample = draw_runnable_instances(task, range_name, count, "reading")
    wordings = [index % len(task.wordings) for index in range(len(sample))]
    prompts = list(map(task.prompt, sample, wordings))
    problems = [read_instance(task, *pair) for pair in zip(prompts, sample, strict=True)]
    batch = run_batch(task.table, list(map(task.inputs, sample, wordings)), trace=False)
    assert {*batch.outcome} == {Outcome.ACCEPT}
    wrong = [
        (prompt, answer)
        for prompt, problem, answer in zip(prompts, problems, batch.texts("out"), strict=True)
        if not right(name, problem, answer)
    ]
    assert wrong == []
