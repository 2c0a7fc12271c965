"""Runs by one transition at a time, with names."""

from __future__ import annotations

import pytest

from tm import Limits, check_text, run, step
from tm.table import Table

INCREMENT = """
tape n: '0' | '1'
main {
    step carry at "{n.cell|blank}" { fetch "bit" = {n.cell|none} }
    while n == '1' { n := '0'  right n }
    n := '1'
}
"""


@pytest.fixture(scope="module")
def table() -> Table:
    return check_text(INCREMENT).table


def test_transitions_have_names(table: Table) -> None:
    stepper = step(table, {"n": "110"})
    assert (stepper.state, stepper.outcome, stepper.transitions) == (table.states[0].name, None, 0)
    first, *_, last = stepper
    assert first.number == 0
    assert first.state == table.states[0].name
    assert first.utterances == ("open carry 1", "fetch bit = 1", "close carry")
    assert (first.reads, first.writes, first.moves) == ({"n": "1"}, {"n": "0"}, {"n": 1})
    assert (last.next_state, stepper.state, stepper.outcome) == ("accept", "accept", "accept")
    assert stepper.tapes["n"].text == "001"
    assert stepper.heads == {"n": 2}
    assert str(first).startswith(f"0: {first.state} -> {first.next_state}: reads n 1; writes n 0;")


def test_stepping_ends_like_a_run(table: Table) -> None:
    stepper = step(table, {"n": "1101"})
    count = len(list(stepper))
    result, expected = stepper.finish(), run(table, {"n": "1101"}, trace=True)
    assert (count, result.outcome) == (expected.transitions, expected.outcome)
    assert result.text("n") == expected.text("n")
    assert result.trace is not None
    assert expected.trace is not None
    assert result.trace.utterance.tolist() == expected.trace.utterance.tolist()


def test_an_empty_capture_takes_its_default(table: Table) -> None:
    transition = step(table, {}).step()
    assert transition is not None
    assert transition.reads == {"n": "_"}
    assert transition.utterances == ("open carry blank", "fetch bit = none", "close carry")


@pytest.mark.parametrize(
    ("source", "limits", "outcome"),
    [
        ("tape t: '0' | '1'\nmain { if t < 1 { accept } reject }\n", Limits(), "stuck"),
        ("tape t: '0'\nmain { loop { right t } }\n", Limits(steps=3), "step_limit"),
    ],
)
def test_ends_without_a_transition(source: str, limits: Limits, outcome: str) -> None:
    stepper = step(check_text(source).table, {}, limits=limits)
    assert len(list(stepper)) == stepper.transitions
    assert stepper.step() is None
    assert stepper.outcome == outcome
    assert stepper.finish().outcome == outcome
