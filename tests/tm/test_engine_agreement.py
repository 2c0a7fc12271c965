"""Two engines, one meaning: random machines, cell by cell, step by step, limit by limit."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tm.engine import Batch, Limits, Run, Stepper, run, run_batch
from tm.table import Table
from tm.trace import Trace
from tmtail.testing import inputs, tables

STEPS = 200

limits = st.builds(
    Limits,
    steps=st.just(STEPS) | st.integers(0, STEPS),
    cells=st.just(10_000) | st.just(10_000) | st.integers(0, 40),
    letters=st.just(10_000) | st.just(10_000) | st.integers(0, 60),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Table, list[dict[str, str]], Limits]:
    table = draw(tables())
    return table, draw(st.lists(inputs(table), min_size=1, max_size=4)), draw(limits)


def same_trace(one: Trace, other: Trace) -> None:
    for field in fields(Trace):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert left.dtype == right.dtype, field.name
        np.testing.assert_array_equal(left, right, err_msg=field.name)


def same_run(one: Run, other: Run) -> None:
    assert one.outcome is other.outcome
    assert one.transitions == other.transitions
    assert one.state == other.state
    assert one.reason == other.reason
    assert one.place == other.place
    for left, right in zip(one.tapes, other.tapes, strict=True):
        assert left.head == right.head
        assert left.origin == right.origin
        assert left.symbols.tolist() == right.symbols.tolist()
        assert left.text == right.text
    assert (one.trace is None) == (other.trace is None)
    if one.trace is not None and other.trace is not None:
        same_trace(one.trace, other.trace)
    assert (one.actions is None) == (other.actions is None)
    if one.actions is not None and other.actions is not None:
        np.testing.assert_array_equal(one.actions, other.actions)


@given(cases(), st.booleans(), st.booleans())
def test_the_compiled_loop_does_what_the_reference_does(case, trace, actions):
    table, items, bounds = case
    for item in items:
        options = {"limits": bounds, "trace": trace, "actions": actions}
        same_run(
            run(table, item, engine="reference", **options),
            run(table, item, engine="compiled", **options),
        )


@given(tables(), st.data())
def test_every_configuration_on_the_way_is_the_same(table, data):
    item = data.draw(inputs(table))
    stepper = Stepper(table, item, limits=Limits(steps=25))
    transitions = 0
    while stepper.step() is None:
        transitions = stepper.transitions
        partial = run(table, item, limits=Limits(steps=transitions))
        assert partial.state == stepper.state
        for left, right in zip(partial.tapes, stepper.tapes, strict=True):
            assert (left.head, left.origin) == (right.head, right.origin)
            assert left.symbols.tolist() == right.symbols.tolist()


def verdicts(batch: Batch) -> list[tuple[str, int, int]]:
    return list(
        zip(
            batch.outcome.tolist(),
            batch.transitions.tolist(),
            batch.state.tolist(),
            strict=True,
        )
    )


@given(cases(), st.integers(1, 3), st.booleans())
def test_a_batch_is_its_runs_one_by_one(case, workers, trace):
    table, items, bounds = case
    names = [tape.name for tape in table.tapes]
    batch = run_batch(table, items, workers=workers, outputs=names, limits=bounds, trace=trace)
    runs = [run(table, item, limits=bounds, trace=trace) for item in items]
    assert verdicts(batch) == [(r.outcome, r.transitions, r.state) for r in runs]
    for index, one in enumerate(runs):
        for name in names:
            assert batch.text(name, index) == batch.texts(name)[index] == one.text(name)
    assert (batch.trace is None) == (not trace)
    if batch.trace is not None:
        np.testing.assert_array_equal(np.diff(batch.trace.ends).min(initial=0), 0)
        for index, one in enumerate(runs):
            same_trace(one_of(batch.trace, index), one.trace)


def one_of(trace: Trace, index: int) -> Trace:
    """One run's part of a batch's trace, as that run alone would have it."""
    first, end = trace.runs[index : index + 2]
    captures = np.append(trace.capture, len(trace.ends) - 1)[[first, end]]
    ends = trace.ends[captures[0] : captures[1] + 1]
    return Trace(
        utterance=trace.utterance[first:end],
        transition=trace.transition[first:end],
        capture=trace.capture[first:end] - captures[0],
        ends=ends - ends[0],
        letters=trace.letters[ends[0] : ends[-1]],
        runs=np.array([0, end - first], dtype=np.int64),
    )
