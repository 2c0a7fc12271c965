"""The text of turingmachinesimulator.com: pairs of lines, several tapes, errors with lines."""

from __future__ import annotations

import pytest

from tm import run
from tm.formats import FormatError
from tm.formats.foreign.multitape import parse_multitape, to_multitape

COPY = """\
// copies the word to the second tape, and rejects a word with #
name: Copy
init: go
accept: done, alsoDone

go,a,_
go,a,a,> ,>   // spaces around a cell

go,a,_
go,a,a,>,>

go,#,_
no,#,_,-,-
go,_,_
done,_,_,-,<
"""


def test_two_tapes_an_accepting_and_a_rejecting_state() -> None:
    table = parse_multitape(COPY, "m").table
    done = run(table, {"tape1": "aa"})
    assert (done.outcome, done.transitions, done.text("tape2")) == ("accept", 3, "aa")
    assert done.tapes[1].head == 1
    assert run(table, {"tape1": "a#"}).outcome == "reject"
    assert run(table, {"tape2": "a"}).outcome == "stuck"


def test_a_machine_is_written_in_pairs_of_lines() -> None:
    table = parse_multitape("init: 0\naccept: x\n0,a\n0,_,>\n0,_\nx,a,-\n", "m").table
    text = to_multitape(table)
    assert text.startswith("name: m\ninit: 0\naccept: accept\n")
    assert "\n0,_\naccept,a,-\n" in text
    assert "\n0,a\n0,_,>\n" in text


HEAD = "init: s\naccept: t\n"


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("", "the text", "no line `init: STATE`"),
        ("init: s\ns,a\ns,a,>\n", "the text", "no line `accept: STATE`"),
        (HEAD, "the text", "no transition"),
        (HEAD + "init: t\n", "line 3", "a second line `init:`"),
        (f"{HEAD}s{',a' * 999}\ns{',a' * 999}{',>' * 999}", "the text", "at most 64 are read"),
        (HEAD + "s,a\n", "line 3", "lacks its second line"),
        (HEAD + "s,a\ns,a,\n", "line 4", "nothing between two commas"),
        (HEAD + "s,a\ns,a,>,>\n", "line 4", "must go on with 3"),
        (HEAD + "s\ns,a,>\n", "line 3", "must read a symbol on each tape"),
        (HEAD + "s,ab\ns,a,>\n", "line 3", "'ab' is not one character"),
        (HEAD + "s,a\ns,a,R\n", "line 4", "'R' is not a move"),
        (HEAD + "s,a\ns,a,>\ns,a,a\ns,a,a,>,>\n", "line 5", "2 tapes; the first transition has 1"),
        (HEAD + "s,a\ns,a,>\n\ns,a\ns,a,<\n", "line 6", "that of line 3 differ"),
        ("init: s\naccept: s\ns,a\ns,a,>\n", "the text", "ends the run at once"),
    ],
)
def test_a_malformed_text_is_refused_with_its_line(text, location, message) -> None:
    with pytest.raises(FormatError) as caught:
        parse_multitape(text, "m")
    assert message in str(caught.value)
    assert caught.value.location == location
