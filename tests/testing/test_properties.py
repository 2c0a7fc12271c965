"""Each property holds for our own tasks, and fails where it should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks
import tm.engine.compiled
from compiler import Spans, render
from tm import Outcome, run
from tm.engine.result import Run
from tmtail import testing

TASKS = tasks.all()


@given(st.data(), st.sampled_from(TASKS))
def test_our_tasks_have_them(data, task) -> None:
    instance = data.draw(testing.instances(task, "S"))
    answer = testing.engines_agree(task.table, task.inputs(instance)).text("out")
    testing.answers(task, instance, answer)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_emptied_templates_change_no_machine(task) -> None:
    testing.speech_changes_nothing(task.source)


def test_a_wrong_answer_is_seen() -> None:
    task = tasks.get("bubble_sort")
    instance = task.instance(values=(2, 1))
    testing.answers(task, instance, "1, 2")
    with pytest.raises(AssertionError, match="tape `out`: '1, 2' is not '2, 1'"):
        testing.answers(task, instance, "2, 1")
    with pytest.raises(ValueError, match="`expected` must be a text, not 12; write str"):
        testing.answers(task, instance, 12)  # type: ignore[arg-type]


def test_a_failing_case_shows_its_instance() -> None:
    @given(testing.instances(tasks.get("word_flip"), 3))
    def fails(instance) -> None:
        raise AssertionError(instance)

    with pytest.raises(AssertionError) as caught:
        fails()
    notes = " ".join("".join(caught.value.__notes__).split())
    assert f"instance={caught.value.args[0]!r}" in notes


def test_engines_that_differ_are_seen(monkeypatch) -> None:
    task = tasks.get("bubble_sort")
    right = tm.engine.compiled.run

    def wrong(*arguments, **options) -> Run:
        return replace(right(*arguments, **options), outcome=Outcome.REJECT)

    inputs = task.inputs(task.instance(values=(1,)))
    testing.engines_agree(task.table, inputs)
    monkeypatch.setattr(tm.engine.compiled, "run", wrong)
    with pytest.raises(AssertionError, match="outcome"):
        testing.engines_agree(task.table, inputs)


def _cut(spans: Spans, kept: slice) -> Spans:
    columns = ("start", "end", "role", "part", "step", "name", "depth", "state")
    return replace(spans, **{name: getattr(spans, name)[kept] for name in columns})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda spans: replace(spans, end=spans.end + (spans.end == spans.end[0])),
            "start of span 1: 4 is not 5",
        ),
        (lambda spans: _cut(spans, slice(1, None)), "start of span 0"),
        (lambda spans: _cut(spans, slice(-1)), "end of the last span"),
    ],
    ids=["overlap", "gap at the start", "gap at the end"],
)
def test_spans_that_do_not_tile_are_seen(change, message: str) -> None:
    task = tasks.get("bubble_sort")
    result = run(task.table, task.inputs(task.instance(values=(2, 1))), trace=True)
    text = render(task.table, result.trace)
    testing.spans_tile(text)
    with pytest.raises(AssertionError, match=message):
        testing.spans_tile(replace(text, spans=change(text.spans)))


def test_a_text_that_breaks_a_rule_is_seen(tmp_path: Path) -> None:
    source = tasks.get("compare_numbers").source
    for suffix in (".tm", ".py", ".prompts.txt"):
        text = source.with_suffix(suffix).read_text()
        (tmp_path / "mute_place").with_suffix(suffix).write_text(text)
    broken = tmp_path / "mute_place.tm"
    text = broken.read_text()
    fetched = 'fetch_both(x, y, "x {place}", "y {place}")'
    assert fetched in text
    muted = 'fetch x "x {place}" = {x.cell|none}, y "y {place}" = "none"'
    broken.write_text(text.replace(fetched, muted))
    with pytest.raises(AssertionError, match="closed: step whole"):
        testing.text_rules(tasks.from_file(tmp_path / "mute_place.py"))
