"""The simulator of the page agrees with the one in Python."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

import tasks
from compiler.player.data import run_data
from tasks.corpus import items
from tm import Limits, Table, run
from tm.engine import Run
from tm.formats import parse_busy_beaver

VISIT = """
([data, times]) => {
  const machine = new Machine(data);
  return times.map((time) => {
    if (machine.nearest(time) !== machine.time) machine.rewind(time);
    machine.advance(time);
    return [machine.time, machine.state, machine.ended, data.tapes.map((_, tape) => {
      const cells = Array.from(machine.cells[tape]);
      const filled = cells.flatMap((symbol, index) => (symbol ? [index] : []));
      const first = filled.length ? filled[0] : 0;
      const last = filled.length ? filled[filled.length - 1] : -1;
      return [machine.head(tape), filled.length ? first + machine.origins[tape] : null,
              cells.slice(first, last + 1)];
    })];
  });
}
"""
"""Visits configurations in the order given; returns each with what is on its tapes."""


def configuration(run: Run) -> list[Any]:
    """Return the last configuration of a run as ``VISIT`` returns it, without whether it ended."""
    tapes = []
    for contents in run.tapes:
        cells = contents.symbols.tolist()
        filled = [index for index, symbol in enumerate(cells) if symbol]
        kept = cells[filled[0] : filled[-1] + 1] if filled else []
        tapes.append([contents.head, filled[0] + contents.origin if filled else None, kept])
    return [run.transitions, run.state, tapes]


@pytest.fixture(scope="module")
def page(browser: Any) -> Any:
    """An empty page with the simulator."""
    opened = browser.new_page()
    script = (files("compiler.player") / "machine.js").read_text(encoding="utf-8")
    opened.add_script_tag(content=script + "\nwindow.Machine = Machine;")
    return opened


def visit(page: Any, ran: Run, inputs: Mapping[str, str], times: list[int]) -> list[Any]:
    data = run_data(ran, inputs, None) | {"transitions": 10**9}
    visited = page.evaluate(VISIT, [data, times])
    return [[time, state, tapes] for time, state, _, tapes in visited]


@pytest.mark.parametrize("name", tasks.names())
def test_all_tasks_end_in_the_same_configuration(page: Any, name: str) -> None:
    task = tasks.get(name)
    for item in items(task, "S", "train", 0, range(2)):
        inputs = task.inputs(item.instance, item.wording)
        ran = run(task.table, inputs)
        (last,) = visit(page, ran, inputs, [10**9])
        assert last == configuration(ran)


def check(page: Any, table: Table, times: list[int]) -> None:
    expected = [configuration(run(table, {}, limits=Limits(steps=time))) for time in times]
    assert visit(page, run(table, {}, limits=Limits(steps=0)), {}, times) == expected


def test_configurations_in_any_order(page: Any) -> None:
    table = parse_busy_beaver("1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA")
    check(page, table, [700_000, 3, 0, 699_999, 1024, 1023, 1_000_000, 512_001, 1])


def test_a_run_that_is_stuck(page: Any) -> None:
    check(page, parse_busy_beaver("1RB0LB_1LA---"), [0, 1, 2, 3, 4, 100])
