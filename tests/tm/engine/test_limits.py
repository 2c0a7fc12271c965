"""The limits of steps, cells and letters, to the transition, on both engines."""

from __future__ import annotations

import pytest

from tests.support.machines.tables import HALTS, PLACE, Engine, one_tape, runner
from tm.engine import Limits, Outcome, run
from tm.table import ACCEPT, Action


@pytest.mark.parametrize("move", [-1, 1])
def test_a_head_far_from_cell_0(engine: Engine, move: int) -> None:
    result = run(runner(move), {}, engine=engine, limits=Limits(steps=5_000))
    assert result.outcome is Outcome.STEP_LIMIT
    assert result.transitions == 5_000
    assert result.tapes[0].head == 5_000 * move
    assert result.tapes[0][5_000 * move] == 0
    assert result.reason == "the limit of 5000 transitions was reached in state `s0`"
    assert result.place == PLACE


@pytest.mark.parametrize(
    ("limits", "outcome", "transitions"),
    [
        (Limits(steps=0), Outcome.STEP_LIMIT, 0),
        (Limits(steps=7, cells=7), Outcome.STEP_LIMIT, 7),
        (Limits(steps=8, cells=7), Outcome.STEP_LIMIT, 8),
        (Limits(steps=9, cells=7), Outcome.SPACE_LIMIT, 8),
        (Limits(cells=0), Outcome.SPACE_LIMIT, 1),
        (Limits(cells=2_000), Outcome.SPACE_LIMIT, 2_001),
    ],
)
@pytest.mark.parametrize("move", [-1, 1])
def test_limits_of_steps_and_cells(
    engine: Engine, move: int, limits: Limits, outcome: Outcome, transitions: int
) -> None:
    result = run(runner(move), {}, engine=engine, limits=limits)
    assert (result.outcome, result.transitions) == (outcome, transitions)


def test_a_halt_with_the_last_transition_is_a_halt(engine: Engine) -> None:
    table = one_tape(0, actions=(Action(ACCEPT, moves=((0, 1),)),))
    assert run(table, {}, engine=engine, limits=Limits(steps=1, cells=0)).outcome == "accept"


def test_an_input_that_reaches_beyond_the_cells(engine: Engine) -> None:
    table = one_tape(0, actions=(HALTS,))
    result = run(table, {"t": "aba"}, engine=engine, limits=Limits(cells=2))
    assert result.outcome is Outcome.ACCEPT
    result = run(table, {"t": "aba"}, engine=engine, limits=Limits(cells=1))
    assert (result.outcome, result.transitions) == (Outcome.SPACE_LIMIT, 0)
    assert result.text("t") == "aba"


@pytest.mark.parametrize("field", ["steps", "cells", "letters"])
@pytest.mark.parametrize("value", [-1, 2**62])
def test_limits_out_of_range_are_refused(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"`{field}` must be from 0 to 2\\*\\*62 - 1, not {value}"):
        Limits(**{field: value})
