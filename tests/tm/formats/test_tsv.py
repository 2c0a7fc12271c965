"""TSV tables: one line a row, classes written as in the language."""

from __future__ import annotations

from hypothesis import given

from tests.support.machines.busy import palindrome
from tests.support.machines.tables import table_of_everything
from tm.formats import to_tsv
from tm.formats.tsv import show_class
from tm.table import BLANK, Table, Tape
from tmtail.testing import tables


def test_a_line_holds_the_state_the_cells_and_the_source() -> None:
    lines = to_tsv(palindrome()).splitlines()
    assert lines[0] == "state\tread a\tread b\twrite a\twrite b\tmove a\tmove b\tnext\tsource"
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
    assert len(lines) == 1 + len(list(table.rows()))
    assert {line.count("\t") for line in lines} == {3 * len(table.tapes) + 2}
