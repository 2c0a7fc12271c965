"""Questions in plain words are read as the problems that the prompts pose."""

from __future__ import annotations

from pathlib import Path

import pytest

import tasks
from tasks import Stream
from tasks.base import AnyTask
from tasks.questions import read_question
from tests.support.tasks.reversal_task import reverse_bits
from tests.support.tasks.task_samples import draw_instances

DRAWS = Stream("questions").at(0)


@pytest.mark.parametrize("task", tasks.all(), ids=lambda task: task.name)
def test_every_prompt_is_read_as_its_own_problem(task: AnyTask) -> None:
    for instance in draw_instances(task, "S", 3):
        for wording in range(len(task.wordings)):
            question = read_question(task.prompt(instance, wording), [task], DRAWS)
            assert question is not None, task.wordings[wording]
            assert question.instance == instance
            assert task.words(question.instance) == task.words(instance)


@pytest.mark.parametrize(
    "text",
    [
        "Which is greater, 4.38 or 4.09?",
        "Which is greater, 4.38 or 4.09",
        "  Which is greater,\n4.38 or 4.09? ",
    ],
)
def test_the_first_sentence_of_a_wording_is_enough(text: str) -> None:
    question = read_question(text, tasks.all(), DRAWS)
    assert question is not None
    assert question.task.words(question.instance) == {"x": "4.38", "y": "4.09"}
    assert question.prompt.startswith("Which is greater, 4.38 or 4.09? The last line")


@pytest.mark.parametrize(
    "text", ["", "Which is greater, a or b?", "Which is greater, 4.38 or 04.09?", "Why?"]
)
def test_other_questions_are_not_read(text: str) -> None:
    assert read_question(text, tasks.all(), DRAWS) is None


def test_a_task_that_cannot_read_questions_says_so(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    assert read_question("What are the letters of ab?", [task], DRAWS) is None
    with pytest.raises(ValueError, match="reverse_bits: questions cannot be read; define `pose`"):
        read_question("What are the bits 011 from the end?", [task], DRAWS)
