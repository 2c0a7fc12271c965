"""Answers as models write them, read by the strict rule and by the lenient one."""

from __future__ import annotations

from typing import Any

import pytest

import tasks
from evaluation.backends.base import End, Output
from evaluation.problems.replays import replay
from evaluation.scoring.lenient import is_leniently_right
from evaluation.scoring.scores import score
from tasks import Grade

SUM: Any = tasks.get("large_number_addition")
SORT: Any = tasks.get("bubble_sort")
ORDER: Any = tasks.get("compare_numbers")

STYLES = [
    # text, read by the strict rule, read by the lenient rule
    ("answer: {}", True, True),
    ("I add the digits.\nanswer: {}", True, True),
    ("answer: {}\n", True, True),
    ("{}", False, True),
    ("Answer: {}", False, True),
    ("**Answer:** {}", False, True),
    ("**Answer: {}**", False, True),
    ("answer: **{}**", False, True),
    ("answer: `{}`", False, True),
    ("answer: {}.", False, True),
    ("Final answer: {}", False, True),
    ("The answer is {}.", False, True),
    ("The answer is: **{}**.", False, True),
    ("The final answer is $\\boxed{{{}}}$.", False, True),
    ("So we get \\boxed{{{}}}.\n", False, True),
    ("\\[\n\\boxed{{\\text{{{}}}}}\n\\]", False, True),
    ("### Answer\n\n{}", False, True),
    ("**Answer**\n`{}`", False, True),
    ("answer:\n```\n{}\n```", False, True),
    ("answer: [{}]", False, True),
    ("answer: ({})", False, True),
    ('answer: "{}"', False, True),
    ("answer = {}", False, True),
    ("`answer: {}`", False, True),
    ("answer: {}\n\nI hope this helps!", False, True),
    # no credit for containing the answer
    ("answer: {} or not", False, False),
    ("answer: not {}", False, False),
    ("I think it is {}, or so", False, False),
    ("answer: {}\nWait. Final answer: 7", False, False),
    ("\\boxed{{{}}} \\boxed{{7}}", False, False),
    ("\\boxed{{{}", False, False),
    ("The answer is {} because 1 + 1 = 2.", False, False),
]


def problem(task: Any, wording: int = 0) -> Any:
    instance = task.draw(tasks.Stream("lenient", task.name).at(0), "S")
    return replay(task, "S", ["x"], [instance], [wording], free=True)[0]


@pytest.mark.parametrize("task", [SUM, SORT], ids=["sum", "sort"])
@pytest.mark.parametrize(("style", "strict", "lenient"), STYLES)
def test_styles_of_answers(task: Any, style: str, strict: bool, lenient: bool) -> None:
    posed = problem(task)
    text = style.format(posed.gold)
    scored = score(posed, Output(text, End.STOP, 1))
    assert (scored.verdict == "right", scored.lenient) == (strict, lenient)


@pytest.mark.parametrize("minus", ["-", "−", "–"])
def test_a_unicode_minus_is_a_minus(minus: str) -> None:
    instance = SORT.instance(values=(3, -1))
    assert is_leniently_right(SORT, instance, f"[{minus}1, 3]", "-1, 3")
    strict = SORT.check(instance, f"answer: {minus}1, 3", gold="-1, 3")
    assert strict.correct == (minus == "-")


@pytest.mark.parametrize("text", ["None.", "**NONE**", "The answer is None", "answer: none"])
def test_words_are_read_in_any_case(text: str) -> None:
    task: Any = tasks.get("prime_search")
    instance = task.draw(tasks.Stream("lenient").at(0), "S")
    assert is_leniently_right(task, instance, text, "none")
    assert not is_leniently_right(task, instance, text, "2, 3")


def test_the_machine_s_own_answers_are_read_for_every_task() -> None:
    for task in tasks.all():
        posed = problem(task)
        for style in ("answer: {}", "**Answer:** `{}`", "\\boxed{{{}}}"):
            text = style.format(posed.gold)
            assert is_leniently_right(task, posed.instance, text, posed.gold), (task.name, text)


def test_the_question_echoed_is_wrong_in_every_wording() -> None:
    for task in tasks.all():
        instances = [task.draw(tasks.Stream("echo", task.name).at(i), "S") for i in range(5)]
        for wording in range(len(task.wordings)):
            for instance in instances:
                prompt, gold = task.prompt(instance, wording), task.answer(instance)
                assert not is_leniently_right(task, instance, prompt, gold), prompt


def test_what_is_strictly_right_is_leniently_right_and_a_cut_text_is_neither() -> None:
    posed = problem(SUM)
    text = f"answer: {posed.gold}"
    assert SUM.check(posed.instance, text, gold=posed.gold).grade is Grade.CORRECT
    assert score(posed, Output(text, End.STOP, 1)).lenient
    assert not score(posed, Output(text, End.LENGTH, 1)).lenient


@pytest.mark.parametrize(
    "text",
    ["", "\\boxed{", "(" * 100_000, "answer " * 50_000, "answer" + " " * 100_000, "\n" * 100_000],
)
def test_hostile_texts_are_wrong(text: str) -> None:
    posed = problem(SUM)
    assert not is_leniently_right(SUM, posed.instance, text, posed.gold)
