"""Every machine's answers agree with an oracle, and its texts state the answer on its tape."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks
from compiler import render, render_batch
from tasks.answers import last_answer
from tests.support.oracles import ORACLES
from tests.support.tasks.task_samples import draw_runnable_instances, trace_of
from tm import Outcome, check, run, run_batch
from tmtail.testing import instances

NAMES = tasks.names()
RANGES = [(name, range_name) for name in NAMES for range_name in tasks.get(name).ranges]


@pytest.mark.parametrize("name", NAMES)
def test_the_source_has_no_warnings(name: str) -> None:
    assert check(tasks.get(name).source).warnings == ()


@pytest.mark.parametrize(("name", "range_name"), RANGES)
def test_ten_thousand_answers_equal_the_oracles(name: str, range_name: str) -> None:
    task, oracle = tasks.get(name), ORACLES[name]
    sample = draw_runnable_instances(task, range_name, 10_000)
    batch = run_batch(task.table, [task.inputs(instance) for instance in sample], trace=False)
    wrong = [
        instance
        for i, instance in enumerate(sample)
        if (batch.outcome[i], batch.text("out", i)) != (Outcome.ACCEPT, oracle(instance))
    ]
    assert wrong == []


@pytest.mark.parametrize(("name", "range_name"), RANGES)
@pytest.mark.parametrize("style", ["minimal", "styled"])
def test_the_text_states_the_answer_of_the_tape(name: str, range_name: str, style: str) -> None:
    task = tasks.get(name)
    sample = draw_runnable_instances(task, range_name, 300, "text")
    batch = run_batch(task.table, [task.inputs(instance) for instance in sample])
    assert batch.trace is not None
    for i, text in enumerate(render_batch(task.table, batch.trace, style=style)):
        gold = batch.text("out", i)
        assert last_answer(text) == gold
        assert task.check(sample[i], text, gold=gold).correct


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("range_name", ["tiny", "S", "L"])
def test_the_reference_engine_accepts(name: str, range_name: str) -> None:
    task = tasks.get(name)
    for instance in draw_runnable_instances(task, range_name, 50, "contracts"):
        result = run(task.table, task.inputs(instance), engine="reference")
        assert result.outcome == "accept"
        assert result.text("out") == ORACLES[name](instance)


@pytest.mark.parametrize("name", NAMES)
def test_styled_text_is_at_most_2_5_times_as_long(name: str) -> None:
    task = tasks.get(name)
    for instance in draw_runnable_instances(task, "L", 20, "styled"):
        trace = trace_of(task, instance)
        minimal, styled = (render(task.table, trace, style=s) for s in ("minimal", "styled"))
        assert len(minimal.string) < len(styled.string) <= 2.5 * len(minimal.string)


@pytest.mark.parametrize("name", NAMES)
def test_machines_have_at_most_1000_states(name: str) -> None:
    assert len(tasks.get(name).table.states) <= 1000


@pytest.mark.parametrize("name", NAMES)
def test_strategies_draw_instances_of_a_range(name: str) -> None:
    task = tasks.get(name)

    @given(instances(task, "M"), instances(task))
    def check(instance: Any, tiny: Any) -> None:
        low, high = task.length_range("M")
        assert low <= task.length(instance) <= high
        assert task.answer(instance) == ORACLES[name](instance)
        assert task.answer(tiny) == ORACLES[name](tiny)

    check()


@given(st.sampled_from(NAMES), st.text(max_size=20))
def test_unknown_ranges_are_named(name: str, range_name: str) -> None:
    task = tasks.get(name)
    if range_name not in task.ranges:
        with pytest.raises(ValueError, match="its ranges are S, M, L"):
            instances(task, range_name)
