"""Prompts: enough wordings, no two similar, each with every fact and the form of the answer."""

import itertools
import re

import pytest
from rapidfuzz.fuzz import ratio, token_set_ratio

import tasks
from tasks.base import AnyTask
from tests.support.tasks.task_samples import draw_instances


@pytest.fixture(params=tasks.names())
def task(request):
    return tasks.get(request.param)


def test_there_are_20_wordings(task: AnyTask) -> None:
    assert len(task.wordings) >= 20


def test_no_two_wordings_are_similar(task: AnyTask) -> None:
    plain_texts = [re.sub(r"\{\w+\}|`[^`]*`", "", wording) for wording in task.wordings]
    for one, other in itertools.combinations(plain_texts, 2):
        assert ratio(one, other) < 70, (one, other)
        assert token_set_ratio(one, other) < 85, (one, other)


def test_each_wording_gives_the_form_of_the_answer(task: AnyTask) -> None:
    for wording in task.wordings:
        assert "`answer: " in wording


@pytest.mark.parametrize("range_name", ["tiny", "S", "L"])
def test_each_wording_gives_every_fact_with_separate_tokens(task: AnyTask, range_name: str) -> None:
    """A space precedes each key, and no letter or digit follows a value."""
    instance = draw_instances(task, range_name, 1, "prompts")[0]
    for wording in range(len(task.wordings)):
        prompt = task.prompt(instance, wording)
        assert prompt.endswith(("\n",))
        assert "\n" not in prompt[:-1]
        assert not any(f"{{{placeholder}}}" in prompt for placeholder in task.words(instance))
        for key, value in task.facts(instance).items():
            assert re.search(rf" {key} = {re.escape(value)}(?![\w])", prompt), (key, prompt)


def test_an_unknown_wording_is_an_error(task: AnyTask) -> None:
    with pytest.raises(IndexError):
        task.prompt(draw_instances(task, "S", 1)[0], len(task.wordings))
