"""Head contracts, and runs step by step, on the reference engine."""

from __future__ import annotations

import pytest

from tests.support.machines.busy import palindrome
from tests.support.machines.tables import PLACE, one_tape
from tm.engine import ContractBroken, Outcome, Stepper, run
from tm.table import ACCEPT, Action, Check


@pytest.mark.parametrize(
    ("kind", "text", "written", "offset", "broken"),
    [
        ("first", "_ab", -1, 1, False),
        ("first", "ab", -1, 1, True),
        ("last", "ab", -1, 1, False),
        ("last", "ab", -1, 0, True),
        ("last", "_a", -1, 0, True),
        ("end", "a", -1, 1, False),
        ("end", "a", -1, 0, True),
        ("end", "a", 0, 0, False),
        ("blank", "ab", -1, -1, False),
        ("blank", "ab", -1, 1, True),
        ("blank", "a", 0, 0, False),
        ("start", "a", -1, 0, False),
        ("start", "a", -1, 1, True),
        ("start", "", 2, 1, True),
        ("empty", "a", 0, 0, False),
        ("empty", "ab", 0, 0, True),
        ("empty", "_a", -1, 0, True),
    ],
)
def test_contracts(kind: str, text: str, written: int, offset: int, broken: bool) -> None:
    writes = ((0, written),) if written >= 0 else ()
    moves = ((0, offset),) if offset else ()
    check = Check(kind, 0, written, offset, PLACE)
    table = one_tape(0, actions=(Action(ACCEPT, writes, moves, checks=(check,)),))
    assert run(table, {"t": text}).outcome is Outcome.ACCEPT
    if not broken:
        assert run(table, {"t": text}, engine="reference").outcome is Outcome.ACCEPT
        return
    stepper = Stepper(table, {"t": text})
    with pytest.raises(ContractBroken) as caught:
        stepper.step()
    assert (caught.value.check, caught.value.tape, caught.value.transition) == (check, "t", 0)
    assert str(caught.value).startswith(f"m.tm:3:5: contract `t at {kind}` is broken")
    assert "[" in caught.value.cells
    assert stepper.transitions == 0
    assert stepper.tapes[0].text == text.strip("_"), "the transition is not made"


def test_the_reference_engine_step_by_step() -> None:
    stepper = Stepper(palindrome(), {"a": "1"})
    with pytest.raises(ValueError, match="not ended"):
        stepper.result()
    heads = []
    while stepper.step() is None:
        heads.append(tuple(stepper.heads))
    assert heads == [(1, 1), (0, 1), (-1, 1), (0, 0), (1, -1)]
    assert stepper.step() is Outcome.ACCEPT, "an ended run keeps its outcome"
    assert stepper.result().transitions == 6
