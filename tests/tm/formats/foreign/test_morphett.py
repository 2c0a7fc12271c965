"""Morphett's text: priorities, wildcards, the input in a comment, errors with their lines."""

from __future__ import annotations

import pytest

from tm import run
from tm.formats import FormatError
from tm.formats.foreign.morphett import parse_morphett, to_morphett
from tm.table import BLANK

ENDS_EQUAL = """\
; accept words whose first and last letters are equal   $INITIAL_TAPE: abba
0 _ _ * halt-accept ; empty
0 a a r seekA
0 b b r seekB !
seekA _ _ l testA
seekA * * R *
seekB _ _ l testB
seekB * * r seekB
testA a * * halt
testB\tb b * HALT-x
* * * * halt-reject
"""


@pytest.mark.parametrize(
    ("text", "outcome"), [("", "accept"), ("a", "accept"), ("axcb", "reject"), ("bab", "accept")]
)
def test_wildcards_breakpoints_and_halting_states(text: str, outcome: str) -> None:
    table = parse_morphett(ENDS_EQUAL, "m").table
    assert run(table, {"tape": text}).outcome == outcome


def test_a_rule_for_a_state_goes_before_one_for_a_symbol() -> None:
    rules = "* a 1 * halt\n0 * 2 * halt\n* * 3 * halt\n0 b 4 * halt\n0 c c * t\n"
    table = parse_morphett(rules, "m").table
    written = {text: run(table, {"tape": text}).text("tape") for text in ("a", "b", "x", "c")}
    assert written == {"a": "2", "b": "4", "x": "2", "c": "3"}


def test_a_comment_gives_the_input_and_spaces_are_blanks() -> None:
    machine = parse_morphett(ENDS_EQUAL, "m")
    assert machine.inputs == {"tape": "abba"}
    spaced = parse_morphett("0 a a r 0\n;$INITIAL_TAPE:*aa _a\n", "m")
    assert spaced.inputs == {"tape": f"aa{BLANK}{BLANK}a"}
    assert run(spaced.table, spaced.inputs).transitions == 2
    assert parse_morphett("0 a a r 0 ; a blank tape: $INITIAL_TAPE: \n", "m").inputs == {}


def test_the_first_state_is_0_or_that_of_the_first_rule() -> None:
    assert parse_morphett("b _ 1 r 0\n0 _ 2 r halt\n", "m").table.state_names == ("0", "b")
    assert parse_morphett("b _ 1 r a\na _ 2 r halt\n", "m").table.state_names == ("b", "a")


def test_a_state_without_rules_is_stuck() -> None:
    done = run(parse_morphett("0 _ 1 r nowhere\n", "m").table, {})
    assert (done.outcome, done.transitions) == ("stuck", 1)


def test_names_that_the_format_does_not_allow_are_changed() -> None:
    assert to_morphett(parse_morphett("b _ 1 r c\nc 1 _ * halt\n", "m").table) == (
        "0 _ 1 r c\nc 1 _ * halt-accept\n"
    )


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("; nothing\n", "line 1", "no rule"),
        ("0 a b r 1\n0 a\n", "line 2", "2 fields; a rule has five"),
        ("0 a b r 1 x", "line 1", "6 fields"),
        ("0 ab b r 1", "line 1", "symbol must be one character, not 'ab'"),
        ("0 a bc r 1", "line 1", "new symbol must be one character"),
        ("0 a b u 1", "line 1", "the direction must be l, r or *"),
        ("0 a b r 1\n\n0 a c r 1\n", "line 3", "that of line 1 differ"),
        ("0 é a r 1", "line 1", "'é' is not a printable ASCII character"),
        ("0 a a r 1\n; $INITIAL_TAPE: a*b", "line 2", "the head must begin at the first"),
        ("; $INITIAL_TAPE: é\n0 a a r 1", "the input", "'é' is not a printable"),
        ("halt a a r halt", "the text", "ends the run at once"),
    ],
)
def test_a_malformed_text_is_refused_with_its_line(text, location, message) -> None:
    with pytest.raises(FormatError) as caught:
        parse_morphett(text, "m")
    assert caught.value.location == location
    assert message in str(caught.value)
