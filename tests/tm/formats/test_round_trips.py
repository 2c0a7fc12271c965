"""Random tables written in each format and read again run alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.equivalence import assert_runs_alike, plain_tables
from tests.support.machines.tables import one_tape, table_of_everything
from tm import Table, Tape, check_text
from tm.formats import FORMATS, Machine, parse_machines
from tm.formats.source import to_source
from tm.speech import Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, Action
from tm.trees import Branch
from tmtail.testing import tables

TABLES = {
    "tsv": plain_tables(max_tapes=4),
    "json": plain_tables(max_tapes=4),
    "bb": plain_tables(stay=False, rejects=False, characters="1"),
    "jff": plain_tables(max_tapes=5),
    "morphett": plain_tables(),
    "multitape": plain_tables(max_tapes=4),
    "yaml": plain_tables(stay=False),
}


def test_every_format_is_tested() -> None:
    assert TABLES.keys() == FORMATS.keys()


@pytest.mark.parametrize("format", FORMATS)
@given(data=st.data())
def test_a_table_written_and_read_again_runs_alike(format: str, data: st.DataObject) -> None:
    table = data.draw(TABLES[format])
    text = FORMATS[format].write(table)
    (machine,) = parse_machines(text.encode(), format, "again")
    assert_runs_alike(table, machine.table, data)
    assert_runs_alike(table, parse_machines(
        FORMATS[format].write(machine.table).encode(), format, "again"
    )[0].table, data)  # fmt: skip


@given(data=st.data())
def test_a_source_of_rules_runs_alike(data: st.DataObject) -> None:
    table = data.draw(plain_tables(max_tapes=3) | tables(speech=False))
    if any(tape.marks for tape in table.tapes):
        with pytest.raises(ValueError, match="cannot hold the marks"):
            to_source(Machine(table))
        return
    text = to_source(Machine(table), "random")
    again = check_text(text).table
    assert_runs_alike(table, again, data)
    assert to_source(Machine(again), "random").splitlines()[:4] == text.splitlines()[:4]


FOREIGN = ("bb", "jff", "morphett", "multitape", "yaml")


@pytest.mark.parametrize("format", FOREIGN)
def test_what_a_format_cannot_hold_is_an_error(format: str) -> None:
    says = Utterance(UtteranceKind.ANSWER, "", "", ())
    whole = Branch(0, ((frozenset([0]), 0), (frozenset([1, 2]), 0)))
    right = Action(ACCEPT, moves=((0, 1),))
    digits = Tape(name="t", symbols=(BLANK, "1", "2"), word=frozenset())
    cases = {
        "cannot hold what the machine says": one_tape(
            whole, actions=(right._replace(utterances=(0,)),), tape=digits, utterances=(says,)
        ),
        "the marks of tape `t`": table_of_everything().without_speech(),
    }
    if format != "bb":
        lost = Branch(0, ((frozenset([0, 1]), 0),))
        cases["names the symbol '2' of tape `t`"] = one_tape(lost, actions=(right,), tape=digits)
    if format in ("jff", "multitape", "yaml"):
        cases["state `s1` has no transition"] = one_tape(
            whole, Branch(0, ()), actions=(right,), tape=digits
        )
    if format in ("bb", "yaml"):
        cases["does not move the head"] = one_tape(whole, actions=(Action(ACCEPT),), tape=digits)
    if format in ("jff", "morphett", "multitape"):
        forbidden = {"jff": "~", "morphett": "*", "multitape": ","}[format]
        tape = Tape(name="t", symbols=(BLANK, forbidden), word=frozenset())
        cases["cannot hold the symbol"] = one_tape(0, actions=(right,), tape=tape)
    for message, table in cases.items():
        with pytest.raises(ValueError, match=message):
            FORMATS[format].write(table)


@pytest.mark.parametrize(("format", "most"), [("bb", 1), ("morphett", 1), ("yaml", 1), ("jff", 5)])
def test_a_format_has_a_largest_number_of_tapes(format: str, most: int) -> None:
    def table(tapes: int) -> Table:
        return Table(
            name="m",
            tapes=tuple(
                Tape(name=f"t{index}", symbols=(BLANK, "1"), word=frozenset())
                for index in range(tapes)
            ),
            states=one_tape(0, actions=(Action(ACCEPT),)).states,
            actions=(Action(ACCEPT, moves=((0, 1),)),),
        )

    assert FORMATS[format].write(table(most))
    with pytest.raises(ValueError, match=f"at most {most} tape"):
        FORMATS[format].write(table(most + 1))
