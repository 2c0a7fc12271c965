"""Every task's machine against an oracle, and what it says against what it leaves on its tape."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks
from compiler import render, render_batch
from tasks.answers import last_answer
from tasks.simulation.large_number_addition import Summands
from tasks.simulation.word_flip import Sentence
from tests.tasks.oracles import ORACLES
from tm import Outcome, run, run_batch
from tmtail.testing import instances

NAMES = tasks.names()
RANGES = [(name, where) for name in NAMES for where in tasks.get(name).ranges]


def drawn(task, where, count, split="oracle"):
    stream = tasks.Stream(task.name, where, split, 0)
    if where == "tiny":
        return [task.tiny(stream.at(i)) for i in range(count)]
    return [task.draw(stream.at(i), where) for i in range(count)]


def test_every_task_has_an_oracle():
    assert set(NAMES) == set(ORACLES)


@pytest.mark.parametrize(("name", "where"), RANGES)
def test_ten_thousand_answers_are_the_oracles(name, where):
    task, oracle = tasks.get(name), ORACLES[name]
    sample = drawn(task, where, 10_000)
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    wrong = [
        instance
        for i, instance in enumerate(sample)
        if (batch.outcome[i], batch.text("out", i)) != (Outcome.ACCEPT, oracle(instance))
    ]
    assert wrong == []


def test_every_sum_of_two_digits_each():
    task, oracle = tasks.get("large_number_addition"), ORACLES["large_number_addition"]
    numbers = [*map(str, range(100)), *(f"{n // 10}.{n % 10}" for n in range(100))]
    sample = [Summands(x=x, y=y) for x in numbers for y in numbers]
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    assert [batch.text("out", i) for i in range(len(sample))] == [oracle(i) for i in sample]


def test_every_short_sentence():
    task = tasks.get("word_flip")
    texts = ["".join(signs) for n in range(1, 8) for signs in product("a- ", repeat=n)]
    sample = [Sentence(text=text) for text in texts if text == " ".join(text.split())]
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    assert [batch.text("out", i) for i in range(len(sample))] == [*map(ORACLES[task.name], sample)]


@pytest.mark.parametrize(("name", "where"), RANGES)
@pytest.mark.parametrize("style", ["minimal", "styled"])
def test_the_text_states_the_answer_of_the_tape(name, where, style):
    task = tasks.get(name)
    sample = drawn(task, where, 300, "text")
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample])
    for i, text in enumerate(render_batch(task.table, batch.trace, style=style)):
        gold = batch.text("out", i)
        assert last_answer(text) == gold
        assert task.check(sample[i], text, gold=gold).correct


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["tiny", "S", "L"])
def test_contracts_hold(name, where):
    task = tasks.get(name)
    for instance in drawn(task, where, 50, "contracts"):
        result = run(task.table, task.tapes(instance), engine="reference")
        assert result.outcome == "accept"
        assert result.text("out") == ORACLES[name](instance)


@pytest.mark.parametrize("name", NAMES)
def test_styled_text_is_at_most_two_and_a_half_times_as_long(name):
    task = tasks.get(name)
    for instance in drawn(task, "L", 20, "styled"):
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
        low, high = task.span("M")
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
