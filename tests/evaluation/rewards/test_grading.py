"""Outputs are graded from the ids of their records, and no text raises."""

from __future__ import annotations

from typing import Any

import pytest

import tasks
from tasks.corpus import Form
from tasks.corpus.items import _pool, items
from tmtail.rewards import Graded, answer, exact, grade, grade_batch, progress, weighted

BUBBLE: Any = tasks.get("bubble_sort")
ID = "bubble_sort-S-train-0-7"
MINIMAL = Form()


def written(record: str = ID, form: Form = MINIMAL) -> tuple[str, str]:
    """Return the machine's text for a record, and its answer."""
    name, range_name, split, seed, index = record.split("-")
    task = tasks.get(name)
    (item,) = items(task, range_name, split, int(seed), [int(index)])
    texts = form.write(task, [item.instance], [item.wording])
    return texts.completions[0], texts.answers[0]


def test_the_machine_s_text_is_exact() -> None:
    text, _ = written()
    graded = grade(ID, text)
    assert graded == Graded(answer=True, exact=True, states=graded.of, of=graded.of)
    assert graded.of == text.count("\n")
    assert [answer(graded), exact(graded), progress(graded)] == [1, 1, 1]


def test_a_wrong_value_is_located() -> None:
    text, _ = written()
    line = text.split("\n")[3]
    wrong = text.replace(line, line.replace(" = ", " = 9", 1), 1)
    graded = grade(ID, wrong)
    assert (graded.answer, graded.exact, graded.states) == (True, False, 3)
    assert graded.role in ("fetch", "solve")
    assert graded.step
    assert progress(graded) == 3 / graded.of


@pytest.mark.parametrize("spelling", ["{}", " {}\n", "answer: {}", "I sort them.\nanswer: {}"])
def test_a_bare_answer_is_right(spelling: str) -> None:
    graded = grade(ID, spelling.format(written()[1]))
    assert (graded.answer, graded.exact, graded.states) == (True, False, 0)


@pytest.mark.parametrize(
    "text",
    ["", "answer:", "\ud800\x00", "1, 2\nor 3", None, 7, ["x"], b"answer: 1", "(" * 100_000],
)
def test_nothing_raises_or_is_right(text: object) -> None:
    graded = grade(ID, text)
    assert not graded.answer
    assert not graded.exact
    assert 0 <= progress(graded) < 1


def test_the_answer_with_another_text_around_it_is_wrong() -> None:
    _, right = written()
    for text in (f"{right} or not", f"maybe {right}", f"{right}\n{right}"):
        assert not grade(ID, text).answer, text


def test_a_batch_of_several_tasks_is_graded_in_order() -> None:
    ids = [f"{name}-S-eval-3-{index}" for index in (0, 1) for name in ("lcs", "bubble_sort")]
    texts = [written(record)[0] for record in ids]
    assert all(graded.exact for graded in grade_batch(ids, texts))
    texts[2] = "none of it"
    graded = grade_batch(ids, texts)
    assert [each.exact for each in graded] == [True, True, False, True]
    assert graded == [grade(*pair) for pair in zip(ids, texts, strict=True)]
    assert grade_batch([], []) == []


def test_an_instance_in_a_wording_is_a_problem_too() -> None:
    instance = BUBBLE.instance(values=(3, 1, 2))
    for wording in (0, 5):
        text = Form().write(BUBBLE, [instance], [wording]).completions[0]
        assert grade((BUBBLE, instance, wording), text).exact
    assert grade((BUBBLE, instance), "1, 2, 3").answer


def test_references_have_the_form_of_the_corpus() -> None:
    form = Form(style="styled", prompt="keyed")
    text, _ = written(form=form)
    assert grade(ID, text, form=form).exact
    assert not grade(ID, text).exact


def test_a_task_with_ranges_of_its_own() -> None:
    longer = BUBBLE.with_ranges({"XL": (9, 10)})
    graded = grade("bubble_sort-XL-train-0-0", "", tasks=[longer])
    assert graded.of > grade(ID, "").of


NO_PROBLEM: list[tuple[Any, str]] = [
    ("bubble_sort", "must have the form"),
    ("", "must have the form"),
    ("bubble_srot-S-train-0-7", "did you mean `bubble_sort`"),
    ("run_length-S-train-0-7", "; give a task of your own in `tasks`"),
    ("../../tmp/x-S-train-0-7", "is not a task name"),
    ("bubble_sort-Q-train-0-7", "has no range 'Q'"),
    ("bubble_sort-S-test-0-7", "'test' is not a split"),
    ("bubble_sort-S-train-0-7.0", "is not a number from 0"),
    ("derangement-S-eval-0-999999", "no item has the index 999999"),
    (None, "must be a record's id, or a task with an instance: None"),
    (7, "must be a record's id"),
    ((BUBBLE,), "not enough values"),
    ((BUBBLE, "3, 1"), "is not an instance"),
    ((BUBBLE, BUBBLE.instance(values=(3, 1)), 10**6), "IndexError: "),
]


@pytest.mark.parametrize(("problem", "message"), NO_PROBLEM)
def test_a_problem_that_does_not_exist_is_no_wrong_answer(problem: Any, message: str) -> None:
    graded = grade(problem, "answer: 1")
    assert message in graded.error
    assert graded == Graded(False, False, 0, 0, error=graded.error)
    assert progress(graded) == 0
    assert grade(ID, "answer: 1").error == ""


def test_the_other_outputs_of_a_batch_are_graded() -> None:
    text, _ = written()
    problems = [problem for faulty, _ in NO_PROBLEM for problem in (ID, faulty)]
    graded = grade_batch(problems, [text] * len(problems))
    assert [each.exact for each in graded] == [True, False] * len(NO_PROBLEM)
    assert [bool(each.error) for each in graded] == [False, True] * len(NO_PROBLEM)


def test_only_the_problem_whose_text_is_too_long_has_no_grade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short, long = ((BUBBLE, BUBBLE.instance(values=tuple(range(n, 0, -1)))) for n in (2, 9))
    monkeypatch.setattr("tasks.corpus.records.forms.MAX_RECORD_LETTERS", 300)
    graded = grade_batch([short, long, short], ["1, 2", "1, 2", "2, 1"])
    assert [each.answer for each in graded] == [True, False, False]
    assert [bool(each.error) for each in graded] == [False, True, False]
    assert "over 256 KiB" in graded[1].error


def test_the_problems_of_a_corpus_of_all_tasks_are_prepared_once() -> None:
    ids = [f"{name}-{r}-train-0-0" for name in tasks.names() for r in tasks.get(name).ranges]
    first = grade_batch(ids, [""] * len(ids))
    prepared = _pool.cache_info().misses
    assert grade_batch(ids, [""] * len(ids)) == first
    assert _pool.cache_info().misses == prepared


def test_texts_and_problems_must_match() -> None:
    with pytest.raises(ValueError, match="2 texts for 1 problems"):
        grade_batch([ID], ["", ""])
    with pytest.raises(ValueError, match="must be a chain of thought"):
        grade(ID, "", form=Form(format="answer"))


def test_rewards_are_weighted() -> None:
    graded = Graded(answer=True, exact=False, states=1, of=4)
    assert weighted(answer=0.5, progress=2)(graded) == 1.0
    with pytest.raises(ValueError, match="'speed' is not a reward; the rewards are answer, exact"):
        weighted(speed=1)
    with pytest.raises(ValueError, match="at least one weight"):
        weighted()
