"""Both engines agree on random machines: cell by cell, step by step, limit by limit.

So do the short runs of a process that has not loaded the compiled engine.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tm.engine
from tests.support.machines.busy import palindrome
from tests.support.machines.tables import PLACE, one_tape
from tm.engine import Batch, Limits, Outcome, Run, Stepper, run, run_batch
from tm.table import ACCEPT, Action, Check, Table
from tm.trace import Trace
from tmtail.testing import inputs, tables

MAX_STEPS = 200

COMPILED = "tm.engine.compiled"
LENGTH = 15
"""Transitions of the palindrome machine on 0110."""

limits = st.builds(
    Limits,
    steps=st.just(MAX_STEPS) | st.integers(0, MAX_STEPS),
    cells=st.just(10_000) | st.just(10_000) | st.integers(0, 40),
    letters=st.just(10_000) | st.just(10_000) | st.integers(0, 60),
)


@st.composite
def tables_with_inputs(draw: st.DrawFn) -> tuple[Table, list[dict[str, str]], Limits]:
    table = draw(tables())
    return table, draw(st.lists(inputs(table), min_size=1, max_size=4)), draw(limits)


def assert_same_trace(one: Trace, other: Trace) -> None:
    for field in fields(Trace):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert left.dtype == right.dtype, field.name
        np.testing.assert_array_equal(left, right, err_msg=field.name)


def assert_same_run(one: Run, other: Run) -> None:
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
        assert_same_trace(one.trace, other.trace)
    assert (one.actions is None) == (other.actions is None)
    if one.actions is not None and other.actions is not None:
        np.testing.assert_array_equal(one.actions, other.actions)


@given(tables_with_inputs(), st.booleans(), st.booleans())
def test_the_engines_agree_on_every_run(
    case: tuple[Table, list[dict[str, str]], Limits], trace: bool, actions: bool
) -> None:
    table, items, bounds = case
    for item in items:
        options: dict[str, Any] = {"limits": bounds, "trace": trace, "actions": actions}
        assert_same_run(
            run(table, item, engine="reference", **options),
            run(table, item, engine="compiled", **options),
        )


@given(tables(), st.data())
def test_the_engines_agree_on_every_configuration(table: Table, data: st.DataObject) -> None:
    item = data.draw(inputs(table))
    stepper = Stepper(table, item, limits=Limits(steps=25))
    while stepper.step() is None:
        partial = run(table, item, limits=Limits(steps=stepper.transitions))
        assert partial.state == stepper.state
        for left, right in zip(partial.tapes, stepper.tapes, strict=True):
            assert (left.head, left.origin) == (right.head, right.origin)
            assert left.symbols.tolist() == right.symbols.tolist()


def ends_of(batch: Batch) -> list[tuple[str, int, int]]:
    return list(
        zip(
            batch.outcome.tolist(),
            batch.transitions.tolist(),
            batch.state.tolist(),
            strict=True,
        )
    )


@given(tables_with_inputs(), st.integers(1, 3), st.booleans())
def test_a_batch_is_its_runs_one_by_one(
    case: tuple[Table, list[dict[str, str]], Limits], workers: int, trace: bool
) -> None:
    table, items, bounds = case
    names = [tape.name for tape in table.tapes]
    batch = run_batch(table, items, workers=workers, outputs=names, limits=bounds, trace=trace)
    runs = [run(table, item, limits=bounds, trace=trace) for item in items]
    assert ends_of(batch) == [(r.outcome, r.transitions, r.state) for r in runs]
    for index, one in enumerate(runs):
        for name in names:
            assert batch.text(name, index) == batch.texts(name)[index] == one.text(name)
    assert (batch.trace is None) == (not trace)
    if batch.trace is not None:
        np.testing.assert_array_equal(np.diff(batch.trace.ends).min(initial=0), 0)
        for index, one in enumerate(runs):
            assert one.trace is not None
            assert_same_trace(batch.trace.only(index), one.trace)


@pytest.fixture
def not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, COMPILED, raising=False)
    monkeypatch.delattr(tm.engine, "compiled", raising=False)


@pytest.mark.usefixtures("not_loaded")
@pytest.mark.parametrize("limit", [100, LENGTH, LENGTH - 1, 0])
def test_a_short_run_is_made_without_the_compiled_engine(limit: int) -> None:
    options: dict[str, Any] = {"limits": Limits(steps=limit), "trace": True, "actions": True}
    result = run(palindrome(), {"a": "0110"}, **options)
    assert COMPILED not in sys.modules
    assert result.outcome is (Outcome.ACCEPT if limit >= LENGTH else Outcome.STEP_LIMIT)
    assert_same_run(result, run(palindrome(), {"a": "0110"}, engine="compiled", **options))


@pytest.mark.usefixtures("not_loaded")
def test_a_longer_run_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tm.engine.SHORT_RUN", LENGTH - 1)
    result = run(palindrome(), {"a": "0110"}, trace=True, actions=True)
    assert COMPILED in sys.modules
    assert (result.outcome, result.transitions) == (Outcome.ACCEPT, LENGTH)


@pytest.mark.usefixtures("not_loaded")
def test_a_short_run_does_not_test_contracts() -> None:
    check = Check("first", 0, -1, 0, PLACE)
    table = one_tape(0, actions=(Action(ACCEPT, (), ((0, 1),), checks=(check,)),))
    assert run(table, {"t": "ab"}).outcome is Outcome.ACCEPT
    assert COMPILED not in sys.modules
