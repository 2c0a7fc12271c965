"""Every task's text keeps the nine rules, from S to L, in the tokens of a real vocabulary."""

import pytest

import tasks
from compiler import render
from compiler.lint import Severity, lint
from tasks.linting import Linted
from tests.compiler.machines import qwen
from tests.tasks.oracles import ORACLES


@pytest.mark.parametrize("name", tasks.names())
def test_lint_is_clean(name):
    found = lint(Linted(tasks.get(name), oracle=ORACLES[name]), vocabulary=qwen())
    assert [f for f in found if f.severity is not Severity.NOTE] == []
    assert {f.rule for f in found} == {"reach"}  # which is reported for every range


@pytest.mark.parametrize("name", tasks.names())
def test_text_fits_its_context(name):
    """Prompt and completion and 5 % more: 8,192 tokens at the top of L, in the minimal style."""
    task, vocabulary = tasks.get(name), qwen()
    longest = task.span("L")[1]
    stream = tasks.Stream(name, "fits", 0)
    for index in range(50):
        instance = task.draw(stream.at(index), longest)
        prompt = task.prompt(instance, index % len(task.wordings))
        text = prompt + render(task.table, task.run(instance).trace).string
        assert 1.05 * len(vocabulary.cut(text).ids) <= 8192
