"""Statistics of runs, compared with counts made one transition at a time."""

from __future__ import annotations

from collections import Counter

import pytest

from tm.engine import Limits, Stepper, run, statistics
from tm.engine.statistics import Statistics
from tm.formats import parse_busy_beaver
from tm.pipeline import check_text
from tm.table import Table

COPY = """
tape x: '0' | '1'
tape y: '0' | '1'
start copy
rule copy ['0', _] -> [*, '1'] [R, R] copy
rule copy ['1', _] -> [*, '0'] [R, S] back
rule copy [_, *] -> [_, *] [L, S] accept
rule back [*, _] -> [*, '0'] [L, R] copy
"""
RUNS = [
    (parse_busy_beaver("1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA"), {}, 20_000),
    (parse_busy_beaver("1RB1LB_1LA0LC_1RZ1LD_1RD0RA"), {}, 1_000),
    (parse_busy_beaver("1RB1LB_1LA0LC_1RZ1LD_1RD0RA"), {}, 0),
    (check_text(COPY).table, {"x": "0100"}, 1_000),
    (check_text(COPY).table, {"x": "000"}, 1_000),
]


def counted(table: Table, inputs: dict[str, str], steps: int) -> Statistics:
    stepper = Stepper(table, inputs, limits=Limits(steps=steps), trace=False)
    visits, transitions = Counter({0: 1}), Counter({0: 0})
    heads: list[list[int]] = [[0] for _ in table.tapes]
    moves: list[list[int]] = [[] for _ in table.tapes]
    writes: Counter[int] = Counter()
    while True:
        state, index = stepper.state, stepper.choose()
        if stepper.step() is not None and stepper.transitions == sum(transitions.values()):
            break
        assert index is not None
        transitions[state] += 1
        visits[stepper.state] += stepper.state != state
        for tape, position in enumerate(stepper.heads):
            if position != heads[tape][-1]:
                moves[tape].append(position - heads[tape][-1])
            heads[tape].append(position)
        writes.update(tape for tape, _ in table.actions[index].writes)
        if stepper.outcome is not None:
            break
    return Statistics(
        tuple(
            statistics.StateStatistics(name, visits[i], transitions[i])
            for i, name in enumerate(table.state_names)
            if visits[i]
        ),
        tuple(
            statistics.TapeStatistics(
                tape.name, min(heads[i]), max(heads[i]), len(moves[i]),
                sum(a != b for a, b in zip(moves[i][1:], moves[i][:-1], strict=True)), writes[i],
            )
            for i, tape in enumerate(table.tapes)
        ),
    )  # fmt: skip


@pytest.mark.parametrize("block", [1, 7, 1_000_000])
@pytest.mark.parametrize("case", range(len(RUNS)))
def test_the_statistics_are_those_of_single_transitions(
    case: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, inputs, steps = RUNS[case]
    result = run(table, inputs, limits=Limits(steps=steps), actions=True)
    monkeypatch.setattr(statistics, "TRANSITIONS_PER_BLOCK", block)
    assert statistics.statistics(result) == counted(table, inputs, steps)


def test_the_cells_of_a_tape() -> None:
    result = run(RUNS[1][0], {}, actions=True)
    (tape,) = statistics.statistics(result).tapes
    assert (tape.first, tape.last, tape.cells) == (-10, 3, 14)


def test_a_run_without_actions_has_no_statistics() -> None:
    with pytest.raises(ValueError, match="actions=True"):
        statistics.statistics(run(RUNS[1][0], {}))
