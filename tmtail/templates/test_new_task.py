"""Tests of the task new_task: its answers, its machine and the rules for its text."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings

from tmtail import task_from_file, testing

TASK = task_from_file(Path(__file__).with_name("new_task.py"))


def expected_answer(instance: Any) -> str:
    """Return the right answer, by another way than the machine's."""
    return str(instance.bits.count("1") % 2)


@settings(deadline=None)  # the first run compiles the engine
@given(testing.instances(TASK, "L"))
def test_answers(instance: Any) -> None:
    testing.answers(TASK, instance, expected_answer(instance))


@settings(deadline=None)
@given(testing.instances(TASK))
def test_both_engines_agree(instance: Any) -> None:
    testing.engines_agree(TASK.table, TASK.inputs(instance))


def test_speech_changes_nothing() -> None:
    testing.speech_changes_nothing(TASK.source)


def test_the_rules_for_the_text() -> None:
    testing.text_rules(TASK)
