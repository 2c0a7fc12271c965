"""Both engines against automata-lib's, on random machines of one tape and of several."""

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

from tests.support.machines import Rule
from tests.support.machines import table as of_rules
from tm.engine import Limits, Outcome, run

STEPS = 60
HALTS = ("accept", "reject")


def random_rules(rng: Random, tapes: int, states: int) -> list[Rule]:
    """Rules for most situations; a stay move, a halt and a missing rule among them."""
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


def library(rules: list[Rule], tapes: int) -> Any:
    """The same machine for automata-lib, whose blank is ``.``; it rejects by having no rule."""
    states = {rule[0] for rule in rules} | {rule[4] for rule in rules}
    transitions: dict[str, dict[Any, Any]] = {state: {} for state in states - set(HALTS)}
    for state, *texts, target in rules:
        read, write, move = (text.replace("_", ".") for text in texts)
        does = tuple(zip(write, move.replace("S", "N"), strict=True))
        if tapes == 1:
            transitions[state][read] = (target, *does[0])
        else:
            transitions[state][tuple(read)] = [(target, does)]
    common: dict[str, Any] = {
        "states": states | set(HALTS),
        "input_symbols": {"0", "1"},
        "tape_symbols": {"0", "1", "."},
        "transitions": transitions,
        "initial_state": rules[0][0],
        "blank_symbol": ".",
        "final_states": {"accept"},
    }
    return DTM(**common) if tapes == 1 else MNTM(n_tapes=tapes, **common)


def configurations(machine: Any, text: str) -> tuple[list[Any], bool]:
    """Those that the library goes through, and whether it rejected."""
    seen: list[Any] = []
    try:
        for at in islice(machine.read_input_stepwise(text), STEPS + 1):
            seen.extend(at if isinstance(at, set) else [at])
    except RejectionException:
        return seen, True
    return seen, False


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@given(
    seed=st.integers(0, 2**32),
    tapes=st.integers(1, 3),
    states=st.integers(1, 6),
    text=st.text("01", max_size=6),
)
def test_the_library_agrees(engine, seed, tapes, states, text):
    rules = random_rules(Random(seed), tapes, states)
    table = of_rules("random", ["01"] * tapes, rules)
    ours = run(table, {"a": text}, engine=engine, limits=Limits(steps=STEPS))
    seen, rejected = configurations(library(rules, tapes), text)
    last = seen[-1]
    assert rejected == (ours.outcome in (Outcome.REJECT, Outcome.STUCK))
    assert (last.state == "accept") == (ours.outcome is Outcome.ACCEPT)
    # The generator gives each configuration before it looks for the next transition.
    assert len(seen) - 1 == ours.transitions
    for tape, contents in zip(last.tapes if tapes > 1 else [last.tape], ours.tapes, strict=True):
        assert "".join(tape.tape).strip(".").replace(".", "_") == contents.text
        under = tape.tape[tape.current_position]
        assert under.replace(".", "\0") == contents.tape.symbols[contents[contents.head]]
