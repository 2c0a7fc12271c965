"""The limits of steps, cells and letters, to the transition, on both engines."""

from __future__ import annotations

import subprocess
import sys

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


SIXTY_FOUR_TAPES = """
import re
from pathlib import Path
from tm.engine import run
from tm.pipeline import check_text
names = [f"t{number}" for number in range(64)]
tapes = "".join(f"tape {name}: '0'\\n" for name in names)
rule = f"rule s [{', '.join('*' * 64)}] -> [{', '.join('*' * 64)}] [R, {', '.join('S' * 63)}] s"
table = check_text(f"{tapes}start s\\n{rule}\\n").table
run(table, {"t0": "0"})
status = Path("/proc/self/status").read_text()  # getrusage counts the parent's memory as well
kilobytes = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])
result = run(table, {"t63": "0"})
print(result.tapes[0].head, result.tapes[63].text, kilobytes // 1024)
"""


def test_memory_grows_with_the_cells_used_and_not_with_the_tapes() -> None:
    """One of 64 tapes reaches ten million cells; buffers for all of them are 2 GB."""
    command = [sys.executable, "-c", SIXTY_FOUR_TAPES]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    head, text, megabytes = done.stdout.split()
    assert (int(head), text) == (10_000_001, "0")
    assert int(megabytes) < 600


def test_large_buffers_are_blank_in_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tm.engine.compiled.MAX_KEPT_CELLS", 0)
    table, limits = runner(-1), Limits(steps=20_000)
    for text in ("ab" * 2_500, "", "b"):
        result = run(table, {"t": text}, limits=limits)
        assert result.text("t") == text
        assert result.tapes[0].head == -20_000
