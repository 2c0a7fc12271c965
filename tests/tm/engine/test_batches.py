"""Batches of runs, and the machines that are kept between them."""

from __future__ import annotations

import weakref

import pytest

from tests.support.machines.busy import RuleRow, adder, counter, palindrome, rule_table
from tm.engine import Outcome, run_batch
from tm.engine.compiled import PackedMachine, machine_of
from tm.table import Table


def test_a_batch() -> None:
    words = ["0110", "01", "", "000"] * 50
    batch = run_batch(palindrome(), [{"a": w} for w in words], workers=2, outputs=("a", "b"))
    assert len(batch) == 200
    assert ((batch.outcome == Outcome.ACCEPT) == [w == w[::-1] for w in words]).all()
    assert [batch.text("b", i) for i in range(200)] == batch.texts("b") == words
    assert batch.text("a", -1) == "000"
    with pytest.raises(KeyError, match="was not kept"):
        batch.text("c", 0)
    with pytest.raises(IndexError, match="run 200 does not exist; the batch has 200"):
        batch.text("a", 200)


def test_an_empty_batch() -> None:
    batch = run_batch(palindrome(), [])
    assert (len(batch), batch.outputs) == (0, ())
    assert batch.trace is not None
    assert batch.trace.runs.tolist() == [0]
    with pytest.raises(KeyError):
        run_batch(palindrome(), [], outputs=("out",))


def test_outputs_that_outgrow_their_buffer() -> None:
    copy: list[RuleRow] = [("s", x, x, "R", "s") for x in "01"]
    table = rule_table("m", ["01"], [*copy, ("s", "_", "_", "S", "accept")])
    texts = ["01" * 100, "1", "0" * 3_000]
    batch = run_batch(table, [{"a": t} for t in texts], outputs=("a",), workers=1)
    assert [batch.text("a", i) for i in range(3)] == texts


def test_only_the_most_recently_started_table_keeps_its_buffers() -> None:
    tables = adder(), counter()

    def reference_to_machine(table: Table) -> weakref.ref[PackedMachine]:
        with machine_of(table, True) as machine:
            return weakref.ref(machine)

    used = [reference_to_machine(table) for table in (tables[0], tables[0], tables[1])]
    assert used[0] is used[1]
    assert used[0]() is None
    assert used[2]() is not None
