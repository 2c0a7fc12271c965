"""Outcomes, tapes and reasons of single runs, on both engines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from tests.support.machines.busy import adder, counter, palindrome
from tests.support.machines.tables import HALTS, PLACE, Engine, one_tape, runner
from tm.engine import InputError, Outcome, Run, run, run_batch
from tm.formats import parse_busy_beaver
from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Table, Tape, Undefined
from tm.trees import Branch


class Case(NamedTuple):
    table: Table
    inputs: dict[str, str]
    outcome: Outcome
    transitions: int
    texts: dict[str, str]


CASES = {
    "an even palindrome": Case(palindrome(), {"a": "0110"}, Outcome.ACCEPT, 15, {"b": "0110"}),
    "not a palindrome": Case(palindrome(), {"a": "0100"}, Outcome.REJECT, 12, {"b": "0100"}),
    "the empty word": Case(palindrome(), {}, Outcome.ACCEPT, 3, {"a": "", "b": ""}),
    "a sum with a carry": Case(
        adder(), {"a": "95", "b": "17"}, Outcome.ACCEPT, 6, {"c": "112"}
    ),
    "adder, a situation without a rule": Case(
        adder(), {"a": "9", "b": "17"}, Outcome.STUCK, 1, {"c": ""}
    ),
    # 28 readings of a stroke, 3 · 27 increments of 2 transitions, 2 for each of 38 carries.
    "strokes, counted three times": Case(
        counter(), {"a": "1" * 27}, Outcome.ACCEPT, 266, {"b": "27", "c": "11011", "d": "1000"}
    ),
    "accept at the first transition": Case(
        one_tape(0, actions=(Action(ACCEPT, ((0, 1),), ((0, -1),)),)),
        {}, Outcome.ACCEPT, 1, {"t": "a"},
    ),
    "reject at the first transition": Case(
        one_tape(0, actions=(Action(REJECT),)), {"t": "ab"}, Outcome.REJECT, 1, {"t": "ab"}
    ),
    "no first transition": Case(
        one_tape(Branch(0, ((frozenset([1]), 0),)), actions=(HALTS,)),
        {}, Outcome.STUCK, 0, {"t": ""},
    ),
    "an undefined situation": Case(
        one_tape(~0, actions=(), undefined=(Undefined(PLACE, "a blank is not a digit"),)),
        {"t": "a"}, Outcome.STUCK, 0, {"t": "a"},
    ),
    "blanks in an input": Case(
        one_tape(0, actions=(HALTS,)), {"t": f"a_{BLANK}b__"}, Outcome.ACCEPT, 1, {"t": "a__b"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cases(engine: Engine, name: str) -> None:
    case = CASES[name]
    result = run(case.table, case.inputs, engine=engine)
    assert result.outcome is case.outcome
    assert result.transitions == case.transitions
    assert {tape: result.text(tape) for tape in case.texts} == case.texts
    assert result.trace is None
    assert result.actions is None


CHAMPIONS = {
    "BB(2)": ("1RB1LB_1LA1RZ", 6, 4),
    "BB(3), most steps": ("1RB1RZ_1LB0RC_1LC1LA", 21, 5),
    "BB(4)": ("1RB1LB_1LA0LC_1RZ1LD_1RD0RA", 107, 13),
    "2 states, 3 symbols": ("1RB2LB1RZ_2LA2RB1LB", 38, 9),
}
LONG_CHAMPIONS = {
    "2 states, 4 symbols": ("1RB2LA1RA1RA_1LB1LA3RB1RZ", 3_932_964, 2_050),
    "BB(5)": ("1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA", 47_176_870, 4_098),
}


@pytest.mark.parametrize("name", CHAMPIONS)
def test_busy_beavers(engine: Engine, name: str) -> None:
    text, steps, ones = CHAMPIONS[name]
    check_champion(run(parse_busy_beaver(text), {}, engine=engine), steps, ones)


@pytest.mark.parametrize("name", LONG_CHAMPIONS)
def test_long_busy_beavers(name: str) -> None:
    text, steps, ones = LONG_CHAMPIONS[name]
    check_champion(run(parse_busy_beaver(text), {}), steps, ones)


def check_champion(result: Run, steps: int, ones: int) -> None:
    assert result.outcome is Outcome.ACCEPT
    assert result.transitions == steps
    assert np.count_nonzero(result.tapes[0].symbols) == ones
    assert result.state == ACCEPT
    assert result.place is None


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (one_tape(0, actions=(HALTS,)), "the machine halted with `accept`"),
        (one_tape(0, actions=(Action(REJECT),)), "the machine halted with `reject`"),
    ],
)
def test_why_a_run_halted(engine: Engine, table: Table, reason: str) -> None:
    result = run(table, {}, engine=engine)
    assert (result.reason, result.place) == (reason, None)


def test_why_a_run_is_stuck(engine: Engine) -> None:
    undefined = Undefined(Place("m.tm", 9, 1), "a blank is not a digit")
    tree = Branch(0, ((frozenset([0]), ~0), (frozenset([1]), 0)))
    table = one_tape(tree, actions=(Action(0, moves=((0, 1),)),), undefined=(undefined,))
    result = run(table, {"t": "a"}, engine=engine)
    assert result.reason == "a blank is not a digit in state `s0`"
    assert result.place == undefined.place
    result = run(table, {"t": "ab"}, engine=engine)
    assert result.reason == "no transition for b on tape `t` in state `s0`"
    assert result.place == PLACE


def test_actions_of_every_transition(engine: Engine) -> None:
    table, state = adder(), 0
    result = run(table, {"a": "95", "b": "17"}, engine=engine, actions=True)
    assert result.actions is not None
    for action in result.actions:
        assert action in table.states[state].actions
        state = table.actions[action].next
    assert state == ACCEPT


@pytest.mark.parametrize("count", [5, 14, 15, 16, 40])
def test_many_tapes_moved_in_one_transition(engine: Engine, count: int) -> None:
    tapes = tuple(
        Tape(name=f"t{index}", symbols=(BLANK, "x"), word=frozenset("x")) for index in range(count)
    )
    moves = tuple((tape, (-1) ** tape) for tape in range(count))
    opposite = tuple((tape, -move) for tape, move in moves)
    actions = (Action(1, tuple((tape, 1) for tape in range(count)), moves), HALTS)
    last = Branch(count - 1, ((frozenset([0]), 0), (frozenset([1]), 1)))
    states = (State("out", PLACE, last), State("back", PLACE, 2))
    table = Table(
        name="m", tapes=tapes, states=states, actions=(*actions, Action(0, moves=opposite))
    )
    result = run(table, {}, engine=engine)
    assert (result.outcome, result.transitions) == (Outcome.ACCEPT, 3)
    assert {result.text(tape.name) for tape in tapes} == {"x"}
    assert {tape.head for tape in result.tapes} == {0}


def test_a_table_too_large_for_words(engine: Engine) -> None:
    """With 1,500 states on a tape of 95 symbols most bases exceed the field of a word."""
    symbols = (BLANK, *(chr(code) for code in range(33, 127)))
    tape = Tape(name="t", symbols=symbols, word=frozenset())
    count = 1_500
    all_symbols = frozenset(range(tape.size))
    states = [State(f"s{i}", PLACE, Branch(0, ((all_symbols, i),))) for i in range(count)]
    actions = [Action(i + 1, ((0, i % 95),), ((0, 1),)) for i in range(count)]
    actions[-1] = actions[-1]._replace(next=ACCEPT)
    table = Table(name="m", tapes=(tape,), states=tuple(states), actions=tuple(actions))
    result = run(table, {}, engine=engine)
    assert (result.outcome, result.transitions) == (Outcome.ACCEPT, count)
    assert result.tapes[0].symbols.tolist() == [i % 95 for i in range(1, count)] + [0]


@pytest.mark.parametrize(
    ("inputs", "message", "position"),
    [
        ({"u": "a"}, "m: no tape `u`; the tapes are t", -1),
        (
            {"t": "abc"},
            "m: tape `t` cannot hold 'c' (character 3 of the input); its symbols are ab",
            2,
        ),
        ({"t": "aé"}, "cannot hold 'é'", 1),
        ({"t": "?"}, "cannot hold '?'", 0),
        ({"t": "a\n"}, "cannot hold '\\n'", 1),
    ],
)
def test_inputs_that_a_tape_cannot_hold(
    engine: Engine, inputs: dict[str, str], message: str, position: int
) -> None:
    with pytest.raises(InputError) as caught:
        run(runner(1), inputs, engine=engine)
    assert message in str(caught.value)
    assert caught.value.position == position
    with pytest.raises(InputError) as caught:
        run_batch(runner(1), [{}, inputs])
    assert caught.value.item == 1


def test_an_unknown_engine() -> None:
    with pytest.raises(
        ValueError, match="`engine` must be `auto`, `compiled` or `reference`, not 'other'"
    ):
        run(runner(1), {}, engine="other")  # type: ignore[arg-type]
