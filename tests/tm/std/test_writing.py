"""std.writing: the quotes that it makes, on both engines."""

from __future__ import annotations

import pytest

import tm
from compiler import render
from tests.support.machines.drive import contents, drive, driver


@pytest.mark.parametrize(
    ("symbols", "text", "quotes"),
    [
        ("' '..'~'", "a b!", ["a", "a space", "a space b", "a space b !"]),
        ("' '..'~'", "a12", ["a", "a 1", "a 1 2"]),
        ("'0'..'9' | '-' | '.'", "-1.25", ["-", "-1", "-1.", "-1.2", "1.25"]),
    ],
)
def test_write_symbol_copies_a_symbol_and_quotes_it_with_three_before_it(
    symbols: str, text: str, quotes: list[str]
) -> None:
    body = 'each t { step write { write_symbol(t, out) } } answer ""'
    table = driver(f"t, out: {symbols}", body, "writing")
    assert contents(drive(table, t=text), "out").text == text
    trace = tm.run(table, {"t": text}, trace=True).trace
    assert trace is not None
    lines = render(table, trace).string.splitlines()[:-1]
    assert [line.removeprefix("write: ; ").partition(" -> ")[0] for line in lines] == quotes


def test_write_listed_copies_a_digit_and_quotes_the_last_two_numbers() -> None:
    tapes = "t: '0'..'9' | ','  tape out: '0'..'9' | ',' | ' ' word '0'..'9'"
    body = "each t step write { if t == ',' { write out \", \" } else { write_listed(t, out) } } "
    table = driver(tapes, body + 'answer ""', "writing")
    inputs = {"t": "40,0,25"}
    assert contents(drive(table, **inputs), "out").text == "40, 0, 25"
    trace = tm.run(table, inputs, trace=True).trace
    assert trace is not None
    lines = render(table, trace).string.splitlines()[:-1]
    quotes = [line.removeprefix("write: ").partition("-> ")[0].strip(" ;") for line in lines]
    assert quotes == ["4", "40", "", "40, 0", "", "0, 2", "0, 25"]


def test_write_keyed_copies_a_symbol_under_a_key() -> None:
    body = 'each t { step put at "{t.cell}" { write_keyed(t, out, "ans {t.cell}") } } answer ""'
    table = driver("t, out: '0'..'9'", body, "writing")
    assert contents(drive(table, t="70"), "out").text == "70"
    trace = tm.run(table, {"t": "70"}, trace=True).trace
    assert trace is not None
    lines = render(table, trace).string.splitlines()[:-1]
    assert lines == ["put 7: ; ans 7 = 7 -> put 0", "put 0: ; ans 0 = 0 -> end"]


def test_write_total_writes_a_digit_if_there_is_one() -> None:
    body = """
        right t  write_total(t, out, "tens", "")
        left t   write_total(t, out, "ones", " of {t}")  answer ""
    """
    table = driver("t, out: '0'..'9'", body, "writing")
    assert contents(drive(table, t="7"), "out").text == "7"
    trace = tm.run(table, {"t": "7"}, trace=True).trace
    assert trace is not None
    assert render(table, trace).string.splitlines()[:-1] == [
        "total tens: tens = none -> total ones of 7",
        "total ones of 7: ones of 7 = 7 ; ans ones = 7 -> end",
    ]


def test_write_back_writes_the_cells_from_the_last_to_the_first() -> None:
    tapes = "t, out: 'a'..'z' | ' '  tape place: 'a'..'z' | ' ' word 'a'..'z'"
    body = 'right t by 2  right place by 6  write_back(t, place, out, "at {place}") answer ""'
    table = driver(tapes, body, "writing")
    inputs = {"t": "a b", "place": "k l m n"}
    assert contents(drive(table, **inputs), "out").text == "b a"
    trace = tm.run(table, inputs, trace=True).trace
    assert trace is not None
    assert render(table, trace).string.splitlines()[:-1] == [
        "write at m: at m = b ; b -> write at l",
        "write at l: at l = space ; b space -> write at k",
        "write at k: at k = a ; b space a -> write at ",
        "write at : at  = none -> end",
    ]
