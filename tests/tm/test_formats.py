"""Tables as text: equal after a round trip, and no text can do harm."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines import palindrome
from tm.engine import Limits, run
from tm.formats import (
    FormatError,
    from_json,
    parse_busy_beaver,
    to_busy_beaver,
    to_json,
    to_tsv,
)
from tm.formats.tsv import show_class
from tm.speech import StylePiece
from tm.table import (
    ACCEPT,
    BLANK,
    REJECT,
    Action,
    Branch,
    Check,
    Place,
    State,
    Table,
    Tape,
    Undefined,
)
from tmtail.testing import tables

BB5 = "1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA"
PLACE = Place("m.tm", 3, 5)


def full() -> Table:
    """A table with one of everything that random tables lack."""
    checks = (Check("first", 0, -1, 1, Place("other.tm", 7, 2)),)
    return Table(
        name="full",
        tapes=(Tape(name="t", symbols=(BLANK, '"', "\\", "0"), word=frozenset('"0'), marks=True),),
        states=(State("s", PLACE, Branch(0, ((frozenset([0, 7]), 0), (frozenset([1]), ~0)))),),
        actions=(Action(REJECT, ((0, 4),), ((0, -1),), (), checks),),
        undefined=(Undefined(PLACE, "naïve – “text”\u2028"),),
        styles={"styled": {"next": (StylePiece("", "Now "), StylePiece("label", ""))}},
    )


def test_json_of_everything():
    table = full()
    again = from_json(to_json(table))
    assert again == table
    assert again.name == "full"
    assert again.styles == table.styles
    assert isinstance(again.states[0].tree, Branch)
    assert to_json(table).isascii()
    assert "\n" not in to_json(table)


@given(tables())
def test_json_is_read_back_to_an_equal_table(table):
    text = to_json(table)
    again = from_json(text)
    assert again == table
    assert hash(again) == hash(table)
    assert to_json(again) == text
    limits = Limits(steps=50)
    assert run(again, {}, limits=limits).text("t0") == run(table, {}, limits=limits).text("t0")


def changed(*path, to) -> str:
    """The JSON of ``full`` with one thing in it replaced."""
    content = json.loads(to_json(full()))
    at = content
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = to
    return json.dumps(content)


def deep(levels: int) -> list:
    tree: object = 0
    for _ in range(levels):
        tree = [0, 0, tree]
    return tree  # type: ignore[return-value]


HOSTILE = {
    "": "character 1",
    "{": "character 2",
    "[]": "the text",
    "null": "the text",
    "{}": "the text",
    "[" * 100_000: "the text",
    '{"a":1,"a":2}': "the text",
    '{"name":NaN}': "the text",
    '{"name":' + "9" * 5_000 + "}": "the text",
    to_json(full())[:-1]: "character",
    to_json(full()) + "x": "character",
    changed("format", to="other"): "format",
    changed("version", to=1): "format",
    changed("version", to=True): "version",
    changed("name", to=3): "name",
    changed("extra", to=3): "the text",
    changed("states", to={}): "states",
    changed("states", 0, to=["s", [0, 1, 1]]): "states[0]",
    changed("states", 0, 1, to=[9, 1, 1]): "states[0]",
    changed("states", 0, 1, to=[-1, 1, 1]): "states[0]",
    changed("states", 0, 2, to=[0, 5, 0]): "states[0]",
    changed("states", 0, 2, to=[0, 0]): "states[0]",
    changed("states", 0, 2, to=[0.0, 0, 0]): "states[0]",
    changed("states", 0, 2, to=None): "states[0]",
    changed("states", 0, 2, to=deep(500)): "states[0]",
    changed("states", 0, 2, to=99): "the table",
    changed("actions", 0, 0, to="0"): "actions[0]",
    changed("actions", 0, 1, to=[0]): "actions[0]",
    changed("actions", 0, 1, to=[0, 10**30]): "the table",
    changed("actions", 0, 4, to=[1]): "actions[0]",
    changed("actions", 0, 4, to=[True]): "actions[0]",
    changed("checks", 0, 0, to="other"): "checks[0]",
    changed("checks", 0, 0, to=[]): "checks[0]",
    changed("checks", 0, 1, to=True): "checks[0]",
    changed("tapes", 0, 1, to="éé"): "the table",
    changed("tapes", 0, 3, to=1): "tapes[0]",
    changed("classes", 0, to=[[]]): "classes[0]",
    changed("utterances", to=[["eval", "", "", [], None]]): "utterances[0]",
    changed("utterances", to=[["open", "", "", [["t", "", "x", ""]], None]]): "utterances[0]",
    changed("styles", "styled", to=[]): "styles.styled",
    changed("styles", "styled", "next", to=[["a"]]): "styles.styled",
}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:30])
def test_json_that_is_no_table(text):
    with pytest.raises(FormatError) as caught:
        from_json(text)
    assert caught.value.where.startswith(HOSTILE[text])
    assert len(str(caught.value)) < 1_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=8,
)


@given(st.data())
def test_no_json_raises_anything_else(data):
    content = json.loads(to_json(full()))
    at, key = content, None
    for _ in range(data.draw(st.integers(1, 5))):
        keys = range(len(at)) if isinstance(at, list) else sorted(at)
        if not keys:
            break
        key, parent = data.draw(st.sampled_from(keys)), at
        at = at[key]
        if not isinstance(at, (list, dict)):
            break
    if key is not None:
        parent[key] = data.draw(json_values)
    with suppress(FormatError):
        from_json(json.dumps(content))


def test_tsv():
    lines = to_tsv(palindrome()).splitlines()
    assert lines[0] == "state\tread a\tread b\twrite a\twrite b\tmove a\tmove b\tnext\tsource"
    assert "copy\t'0'\t_\t\t'0'\tR\tR\tcopy\tpalindrome:1:1" in lines
    assert "compare\t'0'\t'1'\t\t\t\t\treject\tpalindrome:1:1" in lines
    assert len(lines) == 1 + len(list(palindrome().rows()))


def test_tsv_writes_classes_as_the_language_does():
    assert to_tsv(full()).splitlines()[1] == "s\t_ | ^'0'\t^_\tL\treject\tm.tm:3:5"
    tape = Tape(name="t", symbols=(BLANK, *"0123ab\\'"), word=frozenset())
    assert show_class(tape, range(tape.size)) == "'\\'' | '0'..'3' | '\\\\' | 'a'..'b' | _"


@given(tables())
def test_tsv_has_a_cell_for_each_column(table):
    lines = to_tsv(table).splitlines()
    assert len(lines) == 1 + len(list(table.rows()))
    assert {line.count("\t") for line in lines} == {3 * len(table.tapes) + 2}


def test_busy_beaver_text_both_ways():
    table = parse_busy_beaver(f"  {BB5}\n", name="BB(5)")
    assert to_busy_beaver(table) == BB5
    assert [state.name for state in table.states] == list("ABCDE")
    assert table.states[1].place == Place("BB(5)", 1, 10)
    assert table.tapes[0].symbols == (BLANK, "1")


def test_undefined_and_halting_transitions():
    table = parse_busy_beaver("1RB---2LC_2LA1RX0RB")
    assert len(list(table.rows())) == 5
    assert to_busy_beaver(table) == "1RB---2LZ_2LA1RZ0RB"
    done = run(parse_busy_beaver("1RB---_1LA1RZ"), {})
    assert (done.outcome, done.transitions) == ("stuck", 2)


@given(st.data())
def test_any_busy_beaver_text_survives(data):
    states = data.draw(st.integers(1, 25))
    symbols = data.draw(st.integers(1, 10))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXY"[:states] + "Z"
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
    ("text", "where", "message"),
    [
        ("", "character 1", "state A has 0 transitions"),
        ("1R", "character 1", "state A has 0 transitions"),
        ("1RB1L", "character 1", "state A is 5 characters long, not 3"),
        ("1RB1LB_1LA", "character 8", "state B is 3 characters long, not 6"),
        ("1RB1LB_1LA1RZ_", "character 15", "state C is 0 characters long"),
        ("1RB1LB 1LA1RZ", "character 1", "state A is 13 characters long, not 12"),
        ("2RB1LB_1LA1RZ", "character 1", "'2' is no symbol to write; they are 01"),
        (" 1RB1XB_1LA1RZ", "character 6", "'X' is no move; they are L and R"),
        ("1RB1LB_1La1RZ", "character 10", "'a' is no state"),
        ("1RB1LB_1LA1R٣", "character 13", "is no state"),
        ("--B1LB_1LA1RZ", "character 1", "'-' is no symbol"),
        ("_".join(["1RA"] * 27), "character 1", "27 states; there are letters for 26"),
        ("1RA" * 11, "character 1", "state A has 11 transitions"),
        ("x" * 10_000_000, "character 1", "transitions"),
    ],
)
def test_busy_beaver_text_that_is_none(text, where, message):
    with pytest.raises(FormatError) as caught:
        parse_busy_beaver(text)
    assert caught.value.where == where
    assert message in str(caught.value)


def small(action: Action, states: int = 1, **tape) -> Table:
    fields = {"name": "t", "symbols": (BLANK, "1"), "word": frozenset(), **tape}
    return Table(
        name="m",
        tapes=(Tape(**fields),),
        states=(State("s", PLACE, 0),) * states,
        actions=(action,),
    )


def test_a_transition_that_reads_nothing_is_one_for_each_symbol():
    assert to_busy_beaver(small(Action(ACCEPT, moves=((0, 1),)))) == "0RZ1RZ"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (palindrome(), "one tape"),
        (small(Action(0, moves=((0, 1),)), marks=True), "without marks"),
        (small(Action(0, moves=((0, 1),)), symbols=(BLANK, *"abcdefghij")), "10 symbols"),
        (small(Action(0, moves=((0, 1),)), states=26), "25 states, not 26"),
        (small(Action(0)), "state `s` has a transition that does not move the head"),
        (small(Action(REJECT, moves=((0, 1),))), "state `s` has a transition that rejects"),
    ],
)
def test_tables_that_busy_beaver_text_cannot_say(table, message):
    with pytest.raises(ValueError, match=message):
        to_busy_beaver(table)
