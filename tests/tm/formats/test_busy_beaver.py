"""Busy-beaver text: round trips, errors with their places, tables that it cannot express."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.busy import palindrome
from tm.engine import run
from tm.formats import (
    FormatError,
    from_json,
    parse_busy_beaver,
    parse_busy_beavers,
    to_busy_beaver,
    to_json,
)
from tm.formats.busy_beaver import state_name
from tm.speech import Piece, Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Table, Tape

BB5 = "1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA"
PLACE = Place("m.tm", 3, 5)


def test_busy_beaver_text_both_ways() -> None:
    table = parse_busy_beaver(f"  {BB5}\n", name="BB(5)")
    assert to_busy_beaver(table) == BB5
    assert [state.name for state in table.states] == list("ABCDE")
    assert table.states[1].place == Place("BB(5)", 1, 10)
    assert table.tapes[0].symbols == (BLANK, "1")


def test_undefined_and_halting_transitions() -> None:
    table = parse_busy_beaver("1RB---2LC_2LA1RX0RB")
    assert len(list(table.rows())) == 5
    assert to_busy_beaver(table) == "1RB---2LZ_2LA1RZ0RB"
    done = run(parse_busy_beaver("1RB---_1LA1RZ"), {})
    assert (done.outcome, done.transitions) == ("stuck", 2)


@given(st.data())
def test_any_text_is_unchanged_by_a_round_trip(data: st.DataObject) -> None:
    states = data.draw(st.integers(1, 60))
    symbols = data.draw(st.integers(1, 10))
    letters = [state_name(index) for index in range(states)]
    letters.append("Z" if states < 26 else state_name(states))
    triple = st.just("---") | st.builds(
        "{}{}{}".format,
        st.integers(0, symbols - 1),
        st.sampled_from("LR"),
        st.sampled_from(letters),
    )
    row = st.lists(triple, min_size=symbols, max_size=symbols).map("".join)
    text = "_".join(data.draw(st.lists(row, min_size=states, max_size=states)))
    table = parse_busy_beaver(text)
    assert to_busy_beaver(table) == text
    assert from_json(to_json(table)) == table


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("", "character 1", "no machine"),
        ("# 1RB1LB_1LA1RZ", "character 1", "no machine"),
        ("1R", "character 3", "the end of the text is not a state"),
        ("1RB1L", "character 6", "the end of the text is not a state"),
        ("1RB1LB_1LA", "character 8", "state B has 1 transitions; it must have 2, as state A"),
        ("1RB1LB_1LA1RZ_", "character 15", "state C has 0 transitions"),
        ("1RB1LB 1LA1RZ", "character 1", "the states must be separated by `_`"),
        ("2RB1LB_1LA1RZ", "character 1", "'2' is not a symbol; write one of 01"),
        (" 1RB1XB_1LA1RZ", "character 6", "'X' is not a move; write L or R"),
        ("1RB1LB_1La1RZ", "character 10", "'a' is not a state"),
        ("1RB1LB_1LA1R٣", "character 13", "is not a state"),
        ("--B1LB_1LA1RZ", "character 1", "'-' is not a symbol"),
        ("RB", "character 1", "'R' is not a symbol"),
        ("1RA" * 11, "character 1", "state A has 11 transitions"),
        ("_".join(["1RA"] * 100_001), "character 1", "100,001 states; at most 100,000"),
        ("1RB1LB_1LA1RZ\n\n# two\n1RB1LB_1LAxRZ", "line 4, character 11", "'x' is not a symbol"),
        ("1RB1LA\n" * 10_001, "line 10001", "more than 10,000 machines; split the list"),
        ("x" * 10_000_000, "character 1", "'x' is not a symbol"),
    ],
)
def test_malformed_text_is_refused_with_its_place(text: str, location: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_busy_beaver(text)
    assert caught.value.location == location
    assert message in str(caught.value)


def test_a_list_has_many_machines_and_comments() -> None:
    text = f"# champions\n{BB5}  # BB(5)\n\n1RB1LB_1LA1RZ\r\n".replace("\r", "")
    first, second = parse_busy_beavers(text, "list.bb")
    assert to_busy_beaver(first) == BB5
    assert to_busy_beaver(second) == "1RB1LB_1LA1RZ"
    assert second.states[1].place == Place("list.bb", 4, 8)
    with pytest.raises(FormatError, match="2 machines"):
        parse_busy_beaver(text)


@pytest.mark.parametrize(
    "text", ["1RB 1LB  1LA 1RZ", "1RB 1LB ; 1LA 1RZ", "1RB1LB;1LA1RZ", "1RB 1LB\t1LA 1RZ"]
)
def test_older_lists_separate_states_by_spaces_or_semicolons(text: str) -> None:
    assert to_busy_beaver(parse_busy_beaver(text)) == "1RB1LB_1LA1RZ"


def test_the_states_after_z_have_two_letters() -> None:
    assert [state_name(i) for i in (0, 25, 26, 27, 51, 52, 702)] == [
        "A", "Z", "AA", "AB", "AZ", "BA", "AAA"
    ]  # fmt: skip
    text = "_".join(f"0R{state_name(i + 1)}" for i in range(30))
    table = parse_busy_beaver(text)
    done = run(table, {})
    assert (done.outcome, done.transitions) == ("accept", 30)
    assert to_busy_beaver(table) == text


def test_speech_is_refused_not_dropped() -> None:
    says = Utterance(UtteranceKind.ANSWER, "", "", (Piece("", "done"),))
    silent = small(Action(ACCEPT, moves=((0, 1),)))
    actions = (silent.actions[0]._replace(utterances=(0,)),)
    table = replace(silent, actions=actions, utterances=(says,))
    with pytest.raises(ValueError, match="cannot hold what the machine says"):
        to_busy_beaver(table)
    assert to_busy_beaver(table.without_speech()) == "0RZ1RZ"


def small(action: Action, states: int = 1, **tape: Any) -> Table:
    """Return a table of one tape whose states all lead to ``action``."""
    fields: dict[str, Any] = {"name": "t", "symbols": (BLANK, "1"), "word": frozenset(), **tape}
    return Table(
        name="m",
        tapes=(Tape(**fields),),
        states=(State("s", PLACE, 0),) * states,
        actions=(action,),
    )


def test_a_transition_that_reads_nothing_is_written_for_each_symbol() -> None:
    assert to_busy_beaver(small(Action(ACCEPT, moves=((0, 1),)))) == "0RZ1RZ"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (palindrome(), "at most 1 tape, not 2"),
        (small(Action(0, moves=((0, 1),)), marks=True), "marks of tape `t`"),
        (small(Action(0, moves=((0, 1),)), symbols=(BLANK, *"ab")), "the digits 1, 2, … in order"),
        (small(Action(0)), "state `s` has a transition that does not move the head"),
        (small(Action(REJECT, moves=((0, 1),))), "state `s` has a transition that rejects"),
    ],
)
def test_tables_that_the_format_cannot_express_are_refused(table: Table, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        to_busy_beaver(table)
