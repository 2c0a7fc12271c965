"""Every task's text keeps the nine rules, from S to L, in the tokens of a real vocabulary."""

import pytest

import tasks
from compiler import render
from compiler.lint import Severity, lint
from tasks.tools.linting import TaskSubject
from tests.support.oracles import ORACLES
from tests.support.vocabularies import qwen
from tm import Limits

SOME = 50
WITHIN = Limits(letters=1_000_000)
"""No budget holds so many."""


FITTING = [task.name for task in tasks.all() if set(task.ranges) - task.beyond]
"""Tasks with texts to train on; of the others, a task of the same machine stands here."""


@pytest.mark.parametrize("name", FITTING)
def test_lint_is_clean(name):
    task = tasks.get(name)
    found = lint(TaskSubject(task, oracle=ORACLES[name]), vocabulary=qwen())
    assert [f for f in found if f.severity is not Severity.NOTE] == []
    owned = {"covered", "labels_in_range", "fetched"} if task.unseen else set()
    assert {f.rule for f in found} - owned == {"reach"}  # which is reported for every range


@pytest.mark.parametrize("name", tasks.names())
def test_what_is_owned_up_to_is_there(name):
    task = tasks.get(name)
    steps = {utterance.step for utterance in task.table.utterances}
    assert task.coarse | task.far | task.unseen <= steps
    assert task.beyond | task.partly <= set(task.ranges)


@pytest.mark.parametrize("name", tasks.names())
def test_longest_texts_fit_the_budget_or_are_owned_up_to(name):
    """Prompt and completion and 5 % more, at the top of each range, in the minimal style."""
    task, vocabulary = tasks.get(name), qwen()
    beyond = set()
    for where, (_, longest) in task.ranges.items():
        stream = tasks.Stream(name, "fits", where, 0)
        for index in range(SOME if where not in task.beyond else 1):
            instance = task.draw(stream.at(index), longest)
            result = task.run(instance, limits=WITHIN)
            if result.outcome == "text_limit":
                beyond.add(where)
                continue
            prompt = task.prompt(instance, index % len(task.wordings))
            text = prompt + render(task.table, result.trace).string
            if 1.05 * len(vocabulary.tokenize(text).ids) > task.budget:
                beyond.add(where)
    assert beyond == task.beyond | task.partly
