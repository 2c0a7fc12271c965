"""Every task's machine against an oracle, and what it says against what it leaves on its tape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks
from compiler import render, render_batch
from tasks.answers import last_answer
from tests.support.oracles import ORACLES
from tests.support.task_samples import run_of
from tm import Outcome, run, run_batch
from tmtail.testing import instances

NAMES = tasks.names()
RANGES = [(name, where) for name in NAMES for where in tasks.get(name).ranges]


@pytest.mark.parametrize(("name", "where"), RANGES)
def test_ten_thousand_answers_are_the_oracles(name, where):
    task, oracle = tasks.get(name), ORACLES[name]
    sample = run_of(task, where, 10_000)
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    wrong = [
        instance
        for i, instance in enumerate(sample)
        if (batch.outcome[i], batch.text("out", i)) != (Outcome.ACCEPT, oracle(instance))
    ]
    assert wrong == []


@pytest.mark.parametrize(("name", "where"), RANGES)
@pytest.mark.parametrize("style", ["minimal", "styled"])
def test_the_text_states_the_answer_of_the_tape(name, where, style):
    task = tasks.get(name)
    sample = run_of(task, where, 300, "text")
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample])
    for i, text in enumerate(render_batch(task.table, batch.trace, style=style)):
        gold = batch.text("out", i)
        assert last_answer(text) == gold
        assert task.check(sample[i], text, gold=gold).correct


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["tiny", "S", "L"])
def test_contracts_hold(name, where):
    task = tasks.get(name)
    for instance in run_of(task, where, 50, "contracts"):
        result = run(task.table, task.tapes(instance), engine="reference")
        assert result.outcome == "accept"
        assert result.text("out") == ORACLES[name](instance)


@pytest.mark.parametrize("name", NAMES)
def test_styled_text_is_at_most_two_and_a_half_times_as_long(name):
    task = tasks.get(name)
    for instance in run_of(task, "L", 20, "styled"):
        trace = task.run(instance).trace
        minimal, styled = (render(task.table, trace, style=s) for s in ("minimal", "styled"))
        assert len(minimal.string) < len(styled.string) <= 2.5 * len(minimal.string)


@pytest.mark.parametrize("name", NAMES)
def test_machines_are_small(name):
    assert len(tasks.get(name).table.states) <= 1000


@pytest.mark.parametrize("name", NAMES)
def test_instances_of_a_range(name):
    task = tasks.get(name)

    @given(instances(task, "M"), instances(task))
    def check(instance, tiny):
        low, high = task.length_range("M")
        assert low <= task.length(instance) <= high
        assert task.answer(instance) == ORACLES[name](instance)
        assert task.answer(tiny) == ORACLES[name](tiny)

    check()


@given(st.sampled_from(NAMES), st.text(max_size=20))
def test_unknown_ranges_are_named(name, where):
    task = tasks.get(name)
    if where not in task.ranges:
        with pytest.raises(ValueError, match="its ranges are S, M, L"):
            instances(task, where)
