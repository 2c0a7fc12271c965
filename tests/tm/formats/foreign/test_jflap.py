"""JFLAP files: tapes, wildcards, defaults, what is refused, errors with their lines."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tm import run
from tm.formats import FormatError
from tm.formats.foreign.jflap import parse_jflap, to_jflap

STATES = """\
<state id="0" name="go"><x>1.0</x><y>2.0</y><initial/></state>
<state id="1" name="end"><final/></state>
<state id="2"/>
"""


def file(transitions: str, states: str = STATES, tapes: str = "", kind: str = "turing") -> str:
    """Return a file; its states begin in line 4."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?><!--Created with JFLAP 6.4.-->\n'
        f"<structure><type>{kind}</type>{tapes}\n<automaton>\n{states}{transitions}"
        "</automaton></structure>\n"
    )


def transition(start: int, end: int, *cells: tuple[str, str, str]) -> str:
    """Return a transition in one line; a cell holds what a tape reads, writes and moves."""
    many = len(cells) > 1
    parts = [f"<from>{start}</from><to>{end}</to>"]
    for index, texts in enumerate(cells):
        tape = f' tape="{index + 1}"' if many else ""
        tags = zip(("read", "write", "move"), texts, strict=True)
        parts += [f"<{tag}{tape}>{text}</{tag}>" for tag, text in tags]
    return f"<transition>{''.join(parts)}</transition>\n"


def test_one_tape_with_blanks_and_a_rejecting_state() -> None:
    text = file(
        transition(0, 0, ("a", "b", "R"))
        + transition(0, 1, ("", "", "S"))
        + transition(0, 2, ("c", "~", "L"))
    )
    table = parse_jflap(text, "m").table
    done = run(table, {"tape": "aa"})
    assert (done.outcome, done.text("tape"), done.transitions) == ("accept", "bb", 3)
    assert run(table, {"tape": "ac"}).outcome == "reject"
    assert table.state_names == ("go",)


def test_what_is_left_out_is_a_blank_and_a_move_to_the_right() -> None:
    text = file("<transition><from>0</from><to>1</to><write>x</write></transition>")
    done = run(parse_jflap(text, "m").table, {})
    assert (done.text("tape"), done.tapes[0].head) == ("x", 1)


def test_two_tapes_with_any_symbol() -> None:
    text = file(
        transition(0, 0, ("a", "~", "R"), ("~", "a", "R"))
        + transition(0, 1, ("\u25a1", "", "S"), ("", "~", "L")),
        tapes="<tapes>2</tapes>",
    )
    done = run(parse_jflap(text, "m").table, {"tape1": "aa", "tape2": "?"})
    assert (done.outcome, done.text("tape2"), done.tapes[1].head) == ("accept", "aa", 1)


def test_any_symbol_but_one_applies_last() -> None:
    text = file(transition(0, 0, ("!a", "~", "R")) + transition(0, 1, ("b", "~", "R")))
    table = parse_jflap(text, "m").table
    assert run(table, {"tape": "xyb"}).outcome == "accept"
    assert run(table, {"tape": "xa"}).outcome == "stuck"


def test_states_of_older_and_newer_versions() -> None:
    blocks = STATES.replace("<state", "<block").replace("</state>", "<tag>M0</tag></block>")
    plain = transition(0, 1, ("", "1", "R"))
    newer = file(plain + "<!--The list of automata--><M0/>", states=blocks)
    older = newer.replace("<automaton>", "").replace("</automaton>", "")
    for text in (newer, older):
        assert run(parse_jflap(text, "m").table, {}).text("tape") == "1"


def test_two_states_of_one_name_are_kept_apart() -> None:
    states = '<state id="5" name="q"><initial/></state><state id="7" name="q"/><state id="1"/>'
    text = file(transition(5, 7, ("", "a", "R")) + transition(7, 1, ("", "b", "R")), states=states)
    table = parse_jflap(text, "m").table
    assert table.state_names == ("q", "q#2")
    assert run(table, {}).text("tape") == "ab"


def test_markup_in_symbols_is_escaped() -> None:
    text = file(transition(0, 1, ("&lt;", "&amp;", "R")))
    table = parse_jflap(text, "m").table
    assert run(parse_jflap(to_jflap(table), "m").table, {"tape": "<"}).text("tape") == "&"


ENTITIES = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><structure>&c;</structure>'
READ = transition(0, 1, ("a", "a", "R"))


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("", "line 1", "not XML"),
        ("<structure>\n<a></structure>", "line 2", "not XML: mismatched tag"),
        (ENTITIES, "line 1", "a document type is not allowed"),
        ("<a>" * 100, "line 1", "nested too deeply"),
        ("<html/>", "line 1", "not a Turing machine of JFLAP, but 'html'"),
        (file("", kind="fa"), "line 2", "but 'fa'"),
        (file("", tapes="<tapes>6</tapes>"), "line 2", "must be 1 to 5, not '6'"),
        (file("", states='<state id="1"/>'), "line 3", "0 initial states"),
        (file("", states=STATES + STATES), "line 7", "the id '0' of a state is repeated"),
        (file(transition(0, 9, ("", "", "R"))), "line 7", "no state has the id '9' of <to>"),
        (file(transition(0, 1, ("ab", "", "R"))), "line 7", "'ab' is not one character"),
        (file(transition(0, 1, ("", "", "U"))), "line 7", "'U' is not a move"),
        (file(transition(0, 1, ("a,b}w", "w", "R"))), "line 7", "variables such as 'a,b}w'"),
        (file(READ + transition(0, 0, ("~", "a", "R"))), "line 8", "that of line 7 differ"),
        (file(READ.replace("<read>", '<read tape="2">')), "line 7", "no tape '2'"),
        (file(READ.replace("<move>", "<move>S</move><move>")), "line 7", "a second <move>"),
        (file(READ.replace("<transition", '<transition block="true"')), "line 7", "building block"),
        (file(transition(0, 1, ("é", "", "R"))), "line 7", "is not a printable ASCII"),
        (
            file("<M0>" + STATES + "</M0>", states=STATES.replace("<x>", "<tag>M0</tag><x>")),
            "line 4",
            "'go' is a building block",
        ),
        (file("", states='<state id="0"><initial/><final/></state>'), "the text", "at once"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(text, location, message) -> None:
    with pytest.raises(FormatError) as caught:
        parse_jflap(text, "m")
    assert message in str(caught.value)
    assert caught.value.location == location


@given(st.data())
def test_a_damaged_file_raises_only_format_errors(data: st.DataObject) -> None:
    whole = file(READ)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    damage = data.draw(st.text(st.characters(codec="utf-8"), max_size=5))
    with suppress(FormatError):
        parse_jflap(whole[:start] + damage + whole[end:], "m")
