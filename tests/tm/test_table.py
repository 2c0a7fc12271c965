"""The table: faults, rows, equality, and tables without speech."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tm.engine import Limits, run
from tm.speech import Piece, Utterance, UtteranceKind
from tm.table import (
    ACCEPT,
    BLANK,
    REJECT,
    Action,
    Check,
    Place,
    Row,
    State,
    Table,
    TableError,
    Tape,
    Undefined,
)
from tm.trees import Branch, Tree
from tmtail.testing import inputs, tables

PLACE = Place("m.tm", 1, 1)
A = Tape(name="a", symbols=(BLANK, "0", "1"), word=frozenset("01"))
B = Tape(name="b", symbols=(BLANK, "x"), word=frozenset(), marks=True)
FETCH_D = Utterance(UtteranceKind.FETCH, "", "d", (Piece("", "d"),), (Piece("a", "", 0, "word"),))


def state(tree: Tree) -> State:
    return State("s", PLACE, tree)


def good(**changes: Any) -> Table:
    """Return a table that reads a and, on a digit, b; a blank on a is undefined."""
    tree = Branch(
        0,
        (
            (frozenset([0]), ~0),
            (frozenset([1, 2]), Branch(1, ((frozenset([0, 2]), 0), (frozenset([1]), 1)))),
        ),
    )
    fields: dict[str, Any] = {
        "name": "m",
        "tapes": (A, B),
        "states": (state(tree),),
        "actions": (
            Action(0, ((0, 2), (1, 3)), ((0, -1),), (0,)),
            Action(ACCEPT, checks=(Check("first", 0, -1, 0, PLACE),)),
        ),
        "undefined": (Undefined(PLACE, "not a digit"),),
        "utterances": (FETCH_D,),
    }
    return Table(**{**fields, **changes})


def test_rows_are_the_leaves_that_have_an_action() -> None:
    assert list(good().rows()) == [
        Row(0, ((0, frozenset([1, 2])), (1, frozenset([0, 2]))), 0),
        Row(0, ((0, frozenset([1, 2])), (1, frozenset([1]))), 1),
    ]


def test_a_row_that_reads_a_tape_twice_has_the_common_symbols() -> None:
    inner = Branch(0, ((frozenset([1]), 0), (frozenset([0, 2]), 1)))
    table = good(states=(state(Branch(0, ((frozenset([1, 2]), inner),))),))
    assert [row.reads for row in table.rows()] == [
        ((0, frozenset([1])),),
        ((0, frozenset([2])),),
    ]


def test_tapes_by_name() -> None:
    assert good().tape("b") == 1
    with pytest.raises(KeyError, match="no tape `c`; the tapes are a, b"):
        good().tape("c")


@pytest.mark.parametrize(
    ("tape", "symbol", "shown"),
    [(A, 0, "_"), (A, 2, "1"), (B, 1, "x"), (B, 2, "^_"), (B, 3, "^x")],
)
def test_readable_symbols(tape: Tape, symbol: int, shown: str) -> None:
    assert tape.show(symbol) == shown


def test_an_underscore_is_not_a_blank() -> None:
    tape = Tape(name="t", symbols=(BLANK, "_"), word=frozenset())
    assert (tape.show(0), tape.show(1)) == ("_", "'_'")


def test_sizes_count_marked_twins() -> None:
    assert (A.size, B.size) == (3, 4)


def test_names_and_places_do_not_matter_for_equality() -> None:
    assert good() == good(name="other")
    assert hash(good()) == hash(good(name="other"))
    assert good() != good(actions=(Action(0), Action(ACCEPT)))
    moved = good(states=tuple(s._replace(name="x", place=Place("y", 9, 9)) for s in good().states))
    assert moved == good()
    assert len({good(), good(name="other")}) == 1


def test_a_table_without_speech_has_no_utterances_and_no_contracts() -> None:
    mute = good().without_speech()
    assert mute.utterances == ()
    assert mute.actions == (Action(0, ((0, 2), (1, 3)), ((0, -1),)), Action(ACCEPT))


def test_tables_that_differ_only_in_speech_are_equal_without_it() -> None:
    """The second has one action where the first has two that differ only in speech."""
    two_actions = Branch(0, ((frozenset([1]), 0), (frozenset([2]), 1)))
    speaking = good(
        states=(state(two_actions),), actions=(Action(ACCEPT, utterances=(0,)), Action(ACCEPT))
    )
    one_action = Branch(0, ((frozenset([1]), 0), (frozenset([2]), 0)))
    mute = good(states=(state(one_action),), actions=(Action(ACCEPT),), utterances=())
    assert speaking.without_speech() == mute.without_speech()


@given(st.data())
def test_a_machine_without_speech_behaves_the_same(data: st.DataObject) -> None:
    table = data.draw(tables())
    texts = data.draw(inputs(table))
    mute = table.without_speech()
    assert mute.without_speech() == mute
    one, other = (run(t, texts, limits=Limits(steps=100)) for t in (table, mute))
    assert (one.outcome, one.transitions) == (other.outcome, other.transitions)
    assert [tape.text for tape in one.tapes] == [tape.text for tape in other.tapes]


def bad_tape(**changes: Any) -> dict[str, Any]:
    return {"tapes": (replace(A, **changes), B)}


def bad_tree(tree: Tree) -> dict[str, Any]:
    return {"states": (state(tree),)}


def bad_action(**changes: Any) -> dict[str, Any]:
    return {"actions": (Action(0)._replace(**changes), Action(ACCEPT))}


FAULTS: dict[str, dict[str, Any]] = {
    "two tapes have the same name": {"tapes": (A, replace(B, name="a"))},
    "a table needs at least one state": {"states": ()},
    "tape `a`: the first symbol must be the blank": bad_tape(symbols=("0", "1")),
    "tape `a`: 'é' is not one printable ASCII character": bad_tape(symbols=(BLANK, "é", "0", "1")),
    "tape `a`: '01' is not one printable ASCII character": bad_tape(
        symbols=(BLANK, "01", "0", "1")
    ),
    "tape `a`: '\\t' is not one printable": bad_tape(symbols=(BLANK, "\t", "0", "1")),
    "tape `a`: a symbol occurs twice": bad_tape(symbols=(BLANK, "0", "1", "1")),
    "tape `a`: the letters of a word must be symbols of the tape": bad_tape(word=frozenset("2")),
    "state 0 `s`: leaf 2 is neither an action nor an undefined situation": bad_tree(2),
    "state 0 `s`: leaf -2 is neither an action nor an undefined situation": bad_tree(~1),
    "state 0 `s`: tape 2 does not exist": bad_tree(Branch(2, ())),
    "state 0 `s`: tape -1 does not exist": bad_tree(Branch(-1, ())),
    "state 0 `s`: a case must hold symbols of tape `a`, not []": bad_tree(
        Branch(0, ((frozenset(), 0),))
    ),
    "a case must hold symbols of tape `b`, not [4]": bad_tree(Branch(1, ((frozenset([4]), 0),))),
    "state 0 `s`: two cases share a symbol of tape `a`": bad_tree(
        Branch(0, ((frozenset([1]), 0), (frozenset([1, 2]), 1)))
    ),
    "leaf 7 is neither": bad_tree(
        Branch(0, ((frozenset([1]), Branch(1, ((frozenset([0]), 7),))),))
    ),
    "action 0: next state 1 does not exist": bad_action(next=1),
    "action 0: next state -3 does not exist": bad_action(next=REJECT - 1),
    "action 0: the tapes of its writes must exist and ascend, not [0, 0]": bad_action(
        writes=((0, 1), (0, 2))
    ),
    "action 0: the tapes of its writes must exist and ascend, not [1, 0]": bad_action(
        writes=((1, 1), (0, 2))
    ),
    "action 0: tape 0 has no symbol 3 to write": bad_action(writes=((0, 3),)),
    "action 0: the tapes of its moves must exist and ascend, not [2]": bad_action(moves=((2, 1),)),
    "action 0: a head must move by −1 or +1, not 0": bad_action(moves=((0, 0),)),
    "action 0: utterance 1 does not exist": bad_action(utterances=(1,)),
    "utterance 0: tape 2 does not exist": {
        "utterances": (FETCH_D._replace(key=(Piece("a", "", 2, "word"),)),)
    },
    "utterance 0: 'line' is not a capture": {
        "utterances": (FETCH_D._replace(key=(Piece("a", "", 0, "line"),)),)
    },
}


@pytest.mark.parametrize("message", FAULTS)
def test_faults(message: str) -> None:
    with pytest.raises(TableError) as caught:
        good(**FAULTS[message])
    assert message in str(caught.value)


def test_all_faults_are_reported_together() -> None:
    with pytest.raises(TableError) as caught:
        good(actions=(Action(9), Action(8)), utterances=())
    assert len(caught.value.faults) == 2
