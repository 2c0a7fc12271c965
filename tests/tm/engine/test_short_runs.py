"""Short runs of a process that has not loaded the compiled engine."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import tm.engine
from tests.support.machines.busy import palindrome
from tests.support.machines.tables import PLACE, one_tape
from tests.tm.engine.test_agreement import assert_same_run
from tm.engine import Limits, Outcome, run
from tm.table import ACCEPT, Action, Check

COMPILED = "tm.engine.compiled"
LENGTH = 15
"""Transitions of the palindrome machine on 0110."""


@pytest.fixture(autouse=True)
def not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, COMPILED, raising=False)
    monkeypatch.delattr(tm.engine, "compiled", raising=False)


@pytest.mark.parametrize("limit", [100, LENGTH, LENGTH - 1, 0])
def test_a_short_run_is_made_without_the_compiled_engine(limit: int) -> None:
    options: dict[str, Any] = {"limits": Limits(steps=limit), "trace": True, "actions": True}
    result = run(palindrome(), {"a": "0110"}, **options)
    assert COMPILED not in sys.modules
    assert result.outcome is (Outcome.ACCEPT if limit >= LENGTH else Outcome.STEP_LIMIT)
    assert_same_run(result, run(palindrome(), {"a": "0110"}, engine="compiled", **options))


def test_a_longer_run_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tm.engine.SHORT_RUN", LENGTH - 1)
    result = run(palindrome(), {"a": "0110"}, trace=True, actions=True)
    assert COMPILED in sys.modules
    assert (result.outcome, result.transitions) == (Outcome.ACCEPT, LENGTH)


def test_a_short_run_does_not_test_contracts() -> None:
    check = Check("first", 0, -1, 0, PLACE)
    table = one_tape(0, actions=(Action(ACCEPT, (), ((0, 1),), checks=(check,)),))
    assert run(table, {"t": "ab"}).outcome is Outcome.ACCEPT
    assert COMPILED not in sys.modules
