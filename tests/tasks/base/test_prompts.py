"""Prompts: enough wordings, no two alike, each with every fact and with the form of the answer."""

import itertools
import re

import pytest
from rapidfuzz.fuzz import ratio, token_set_ratio

import tasks
from tests.support.task_samples import drawn


@pytest.fixture(params=tasks.names())
def task(request):
    return tasks.get(request.param)


def test_there_are_enough(task):
    assert len(task.wordings) >= 20


def test_no_two_are_alike_but_for_a_word(task):
    bare = [re.sub(r"\{\w+\}|`[^`]*`", "", wording) for wording in task.wordings]
    for one, other in itertools.combinations(bare, 2):
        assert ratio(one, other) < 70, (one, other)
        assert token_set_ratio(one, other) < 85, (one, other)


def test_each_says_how_to_answer(task):
    for wording in task.wordings:
        assert "`answer: " in wording


@pytest.mark.parametrize("where", ["tiny", "S", "L"])
def test_each_gives_every_fact_with_its_own_tokens(task, where):
    """A key has a space before it, and a value ends where no letter or digit follows."""
    instance = drawn(task, where, 1, "prompts")[0]
    for wording in range(len(task.wordings)):
        prompt = task.prompt(instance, wording)
        assert prompt.endswith(("\n",))
        assert "\n" not in prompt[:-1]
        assert not any(f"{{{hole}}}" in prompt for hole in task.words(instance))
        for key, value in task.facts(instance).items():
            assert re.search(rf" {key} = {re.escape(value)}(?![\w])", prompt), (key, prompt)


def test_an_unknown_wording(task):
    with pytest.raises(IndexError):
        task.prompt(drawn(task, "S", 1)[0], len(task.wordings))
