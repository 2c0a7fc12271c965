"""The text of a run does not depend on its engine or on its position in a batch."""

from __future__ import annotations

import pytest

import tm
from compiler import render, render_batch
from tests.support.machines.plain_renderer import render_minimal
from tests.support.tasks.lint_subjects import INNER_STEPS, SUM, DigitRows


@pytest.mark.parametrize("text", [SUM, INNER_STEPS])
@pytest.mark.parametrize("depth", [1, 2])
def test_both_engines_and_a_batch_give_the_same_text(text: str, depth: int) -> None:
    subject = DigitRows(text)
    inputs = [case.tapes for range_name in ("S", "L") for case in subject.cases(range_name, 5)]
    batch = tm.run_batch(subject.table, inputs)
    assert batch.trace is not None
    texts = render_batch(subject.table, batch.trace, depth=depth)
    for index, tapes in enumerate(inputs):
        expected = render_minimal(subject.table, batch.trace, index, depth)
        assert texts[index] == expected
        for engine in ("reference", "compiled"):
            run = tm.run(subject.table, tapes, engine=engine, trace=True)
            assert run.trace is not None
            assert render(subject.table, run.trace, depth=depth).string == expected
