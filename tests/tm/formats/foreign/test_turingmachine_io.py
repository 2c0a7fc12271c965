"""The YAML of turingmachine.io: lists of symbols, synonyms, strictness, errors with their lines."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tm import run
from tm.formats import FormatError
from tm.formats.foreign.turingmachine_io import parse_turingmachine_io, to_turingmachine_io
from tm.table import BLANK

FLIP = """\
# flips the digits, then goes back
input: 0110
blank: ' '
start state: flip
synonyms:
  stop: {R: done}
  refuse: {R: rejected}
table:
  flip:
    0: {write: 1, R}
    1: {write: '0', R: flip}
    [x, ',']: R
    ' ': {L: back}
    '?': refuse
  back:
    [0, 1, x, ',']: L
    ' ': stop
  done:
  rejected: {}
"""


def test_lists_synonyms_and_the_input() -> None:
    machine = parse_turingmachine_io(FLIP, "m")
    assert machine.inputs == {"tape": "0110"}
    done = run(machine.table, machine.inputs)
    assert (done.outcome, done.text("tape")) == ("accept", "1001")
    assert run(machine.table, {"tape": "0,x1"}).text("tape") == "1,x0"
    assert run(machine.table, {"tape": "0?"}).outcome == "reject"


def test_an_exported_document_holds_the_machine_as_text() -> None:
    indented = "".join(f"  {line}\n" for line in FLIP.splitlines())
    text = f"name: flip\nsource code: |\n{indented}positions:\n  flip: {{x: 1, y: 2}}\n"
    machine = parse_turingmachine_io(text, "m")
    assert run(machine.table, machine.inputs).text("tape") == "1001"


def test_a_digit_can_be_the_blank() -> None:
    text = "blank: 0\ninput: 101\nstart state: a\ntable:\n  a: {0: {write: 1, R: b}, 1: R}\n  b:\n"
    machine = parse_turingmachine_io(text, "m")
    assert machine.inputs == {"tape": f"1{BLANK}1"}
    assert run(machine.table, machine.inputs).text("tape") == "111"


def test_symbols_that_yaml_gives_a_meaning_are_quoted() -> None:
    text = "blank: _\nstart state: a\ntable:\n  a: {'''': {R: y}, '~': L, '#': R}\n  y:\n"
    table = parse_turingmachine_io(text, "m").table
    written = to_turingmachine_io(table)
    assert "'''': {R: 'accept'}" in written
    assert run(parse_turingmachine_io(written, "m").table, {"tape": "#'"}).outcome == "accept"


GOOD = "blank: _\nstart state: s\ntable:\n"


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("", "line 1", "0 documents"),
        ("blank: _\n--- \nblank: _\n", "line 1", "2 documents"),
        ("blank: [\n", "line 2", "not YAML"),
        ("blank: \x07\n", "line 1", "not YAML"),
        ("- a\n", "line 1", "must be a mapping"),
        ("blank: _\nstart: s\n", "line 2", "unknown key `start`"),
        ("blank: _\n", "line 1", "no key `start state`"),
        ("blank:\nstart state: s\ntable:\n", "line 1", "is null; put it into quotes"),
        ("blank: ab\nstart state: s\ntable:\n", "line 1", "must be one character, not 'ab'"),
        (GOOD + "  s: {a: R}\n  s:\n", "line 5", "the key `s` is repeated"),
        (GOOD + "  s:\n    a: R\n    [b, a]: L\n", "line 6", "two instructions for 'a'"),
        (GOOD + "  s: R\n", "line 4", "must map symbols"),
        (GOOD + "  s: {a: up}\n", "line 4", "`up` is neither L nor R nor a synonym"),
        (GOOD + "  s: {a: }\n", "line 4", "an instruction must be"),
        (GOOD + "  s: {a: {write: b}}\n", "line 4", "must have one move"),
        (GOOD + "  s: {a: {L: s, R: s}}\n", "line 4", "must have one move"),
        (GOOD + "  s: {a: {S: s}}\n", "line 4", "unknown key `S`"),
        (GOOD + "  s: {a: {write: ab, R}}\n", "line 4", "must be one character"),
        (GOOD + "  s: {a: {R: t}}\n", "line 4", "state `t` is not in the table"),
        (GOOD + "  t: {a: R}\n", "line 2", "the start state `s` is not in the table"),
        (GOOD + "  s:\n", "the text", "ends the run at once"),
        (GOOD + "  s: {□: R}\n", "line 4", "is not a printable ASCII character"),
        (GOOD + "  s: &x {a: R}\n  t: *x\n", "line 4", "anchors and aliases are not allowed"),
        (GOOD + "  s: !!python/object:os.system {a: R}\n", "line 4", "tags are not allowed"),
        ("a: " + "[" * 50_000, "line 1", "nest"),
        ("source code: |\n  blank: ab\n", "line 1", "in `source code`: line 1: no key"),
    ],
)
def test_a_malformed_document_is_refused_with_its_line(text, location, message) -> None:
    with pytest.raises(FormatError) as caught:
        parse_turingmachine_io(text, "m")
    assert message in str(caught.value)
    assert caught.value.location == location


@given(st.data())
def test_a_damaged_document_raises_only_format_errors(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(FLIP)))
    end = data.draw(st.integers(start, min(len(FLIP), start + 20)))
    with suppress(FormatError):
        parse_turingmachine_io(FLIP[:start] + data.draw(st.text(max_size=5)) + FLIP[end:], "m")
