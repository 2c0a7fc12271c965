"""TSV tables: one line a row, classes written as in the language, complete but for speech."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.busy import palindrome
from tests.support.machines.tables import one_tape, table_of_everything
from tm import Limits, Table, Tape, run
from tm.formats import FormatError, from_tsv, to_tsv
from tm.formats.tsv import show_class
from tm.table import ACCEPT, BLANK, Action
from tm.trees import Branch
from tmtail.testing import inputs, tables


def test_a_line_holds_the_state_the_cells_and_the_source() -> None:
    lines = to_tsv(palindrome()).splitlines()
    assert lines[0] == (
        "state\tread a: '0'..'1' | _\tread b: '0'..'1' | _"
        "\twrite a\twrite b\tmove a\tmove b\tnext\tsource"
    )
    assert "copy\t'0'\t_\t\t'0'\tR\tR\tcopy\tpalindrome:1:1" in lines
    assert "compare\t'0'\t'1'\t\t\t\t\treject\tpalindrome:1:1" in lines
    assert len(lines) == 1 + len(list(palindrome().rows()))


def test_tsv_writes_classes_as_the_language_does() -> None:
    assert to_tsv(table_of_everything()).splitlines()[1] == "s\t_ | ^'0'\t^_\tL\treject\tm.tm:3:5"
    tape = Tape(name="t", symbols=(BLANK, *"0123ab\\'"), word=frozenset())
    assert show_class(tape, range(tape.size)) == "'\\'' | '0'..'3' | '\\\\' | 'a'..'b' | _"


@given(tables())
def test_tsv_has_a_cell_for_each_column(table: Table) -> None:
    lines = to_tsv(table).splitlines()
    live = {row.state for row in table.rows()}
    assert len(lines) == 1 + len(list(table.rows())) + len(table.states) - len(live)
    assert {line.count("\t") for line in lines} == {3 * len(table.tapes) + 2}


@given(st.data())
def test_tsv_alone_rebuilds_the_machine(data: st.DataObject) -> None:
    table = data.draw(tables())
    again = from_tsv(to_tsv(table), "again")
    assert again.state_names == table.state_names
    assert [t.size for t in again.tapes] == [t.size for t in table.tapes]
    given = data.draw(inputs(table))
    first, second = (run(t, given, limits=Limits(steps=80)) for t in (table, again))
    assert (first.outcome, first.transitions) == (second.outcome, second.transitions)
    assert [t.cells for t in first.tapes] == [t.cells for t in second.tapes]


def test_every_state_has_a_name_of_its_own() -> None:
    table = one_tape(0, 1, Branch(0, ()), actions=(Action(1), Action(ACCEPT)))
    names = ("s", "s#2", "\x1b[31m\t", "accept", "s", "stuck", "s")
    states = tuple(replace_name(table, index % 3, name) for index, name in enumerate(names))
    table = replace(table, states=states)
    unique = ("s", "s#2", "\\x1b[31m\\t", "accept#2", "s#3", "stuck#2", "s#4")
    assert table.state_names == unique
    lines = [line.split("\t") for line in to_tsv(table).splitlines()[1:]]
    assert [line[0] for line in lines] == list(unique)
    assert lines[0][-2] == "s#2"


def replace_name(table: Table, index: int, name: str):
    return table.states[index]._replace(name=name)


HEADER = "state\tread t: 'a' | _\twrite t\tmove t\tnext\tsource\n"


@pytest.mark.parametrize(
    ("text", "location", "message"),
    [
        ("", "line 1", "must name the columns"),
        ("state\tnext\tsource\n", "line 1", "must name the columns"),
        (HEADER.replace("read t", "read u"), "line 1", "must be `read t: `"),
        (HEADER.replace("'a'", "a"), "line 1", "is not a class"),
        (HEADER, "line 2", "a line for each state"),
        (HEADER + "s\t\t\taccept\t\n", "line 2", "must have 6 cells"),
        (HEADER + "s\t'b'\t\t\taccept\t\n", "line 2", "cannot hold all of"),
        (HEADER + "s\t^_\t\t\taccept\t\n", "line 2", "cannot hold all of"),
        (HEADER + "s\t\t'a' | _\t\taccept\t\n", "line 2", "must be one symbol"),
        (HEADER + "s\t\t\tS\taccept\t\n", "line 2", "is not a move"),
        (HEADER + "s\t\t\t\tr\t\n", "line 2", "state `r` has no line"),
        (HEADER + "s\t\t\t\ts\t\ns\t_\t\tL\ts\t\n", "line 3", "that of line 2 differ"),
        (HEADER + "accept\t\t\t\taccept\t\n", "the text", "ends the run at once"),
    ],
)
def test_a_malformed_line_is_refused_with_its_place(text, location, message) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        from_tsv(text)
    assert caught.value.location == location
