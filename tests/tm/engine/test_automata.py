"""Both engines against automata-lib on random machines of one and of several tapes."""

from __future__ import annotations

from itertools import islice, product
from random import Random
from typing import Any

import pytest
from automata.base.exceptions import RejectionException
from automata.tm.dtm import DTM
from automata.tm.mntm import MNTM
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.busy import RuleRow, rule_table
from tests.support.machines.tables import Engine
from tm.engine import Limits, Outcome, run

STEPS = 60
HALTS = ("accept", "reject")


def random_rules(rng: Random, tapes: int, states: int) -> list[RuleRow]:
    """Return rules for most situations, some of which stay, halt or are missing."""
    names = [f"s{i}" for i in range(states)]
    rules = [
        (
            state,
            "".join(read),
            "".join(rng.choices("01_", k=tapes)),
            "".join(rng.choices("LRS", (3, 3, 1), k=tapes)),
            rng.choice(HALTS) if rng.random() < 0.04 else rng.choice(names),
        )
        for state in names
        for read in product("01_", repeat=tapes)
        if rng.random() < 0.97
    ]
    return rules or [("s0", "_" * tapes, "_" * tapes, "S" * tapes, "accept")]


def library_machine(rules: list[RuleRow], tapes: int) -> Any:
    """Return the same machine for automata-lib, whose blank is ``.`` and which rejects where there
    is no rule.
    """
    states = {rule[0] for rule in rules} | {rule[4] for rule in rules}
    transitions: dict[str, dict[Any, Any]] = {state: {} for state in states - set(HALTS)}
    for state, *texts, target in rules:
        read, write, move = (text.replace("_", ".") for text in texts)
        effects = tuple(zip(write, move.replace("S", "N"), strict=True))
        if tapes == 1:
            transitions[state][read] = (target, *effects[0])
        else:
            transitions[state][tuple(read)] = [(target, effects)]
    arguments: dict[str, Any] = {
        "states": states | set(HALTS),
        "input_symbols": {"0", "1"},
        "tape_symbols": {"0", "1", "."},
        "transitions": transitions,
        "initial_state": rules[0][0],
        "blank_symbol": ".",
        "final_states": {"accept"},
    }
    return DTM(**arguments) if tapes == 1 else MNTM(n_tapes=tapes, **arguments)


def configurations(machine: Any, text: str) -> tuple[list[Any], bool]:
    """Return the configurations that the library passes through, and whether it rejected."""
    passed: list[Any] = []
    try:
        for current in islice(machine.read_input_stepwise(text), STEPS + 1):
            passed.extend(current if isinstance(current, set) else [current])
    except RejectionException:
        return passed, True
    return passed, False


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@given(
    seed=st.integers(0, 2**32),
    tapes=st.integers(1, 3),
    states=st.integers(1, 6),
    text=st.text("01", max_size=6),
)
def test_the_library_agrees(engine: Engine, seed: int, tapes: int, states: int, text: str) -> None:
    rules = random_rules(Random(seed), tapes, states)
    table = rule_table("random", ["01"] * tapes, rules)
    result = run(table, {"a": text}, engine=engine, limits=Limits(steps=STEPS))
    passed, rejected = configurations(library_machine(rules, tapes), text)
    last = passed[-1]
    assert rejected == (result.outcome in (Outcome.REJECT, Outcome.STUCK))
    assert (last.state == "accept") == (result.outcome is Outcome.ACCEPT)
    # The generator yields each configuration before it determines the next transition.
    assert len(passed) - 1 == result.transitions
    for tape, contents in zip(last.tapes if tapes > 1 else [last.tape], result.tapes, strict=True):
        assert "".join(tape.tape).strip(".").replace(".", "_") == contents.text
        symbol = tape.tape[tape.current_position].replace(".", "\0")
        assert symbol == contents.tape.symbols[contents.under_head]
