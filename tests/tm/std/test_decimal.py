"""Every proc of std.decimal against Python's own arithmetic."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.machines.drive import around, contents, drive, driver
from tm.engine import Outcome, Run

TAPES = "x, y: '0'..'9' | '-' | ';' | '|' word '0'..'9'  tape z, q, r: '0'..'9'"
TO_OPERANDS = "seek(x, '|') right x seek(y, '|') right y"
WRITE_ORDER = "if order == lt { z := 1 } elsif order == eq { z := 2 } else { z := 3 }"

zeros = st.sampled_from(["", "", "0", "000"])
numerals = st.builds(lambda zero, n: zero + str(n), zeros, st.integers(0, 10**30))
short = st.builds(lambda zero, n: zero + str(n), zeros, st.integers(0, 150))
naturals = st.one_of(st.just(""), numerals, short)
neighbours = st.sampled_from(["", "7", "99;", "0;12"])


def value(word: str) -> int:
    return int(word or 0)


def is_plain(word: str) -> bool:
    return word == str(value(word))


def assert_number(word: str, number: int, *operands: str) -> None:
    """Assert that a result is right, and has no leading zeros if the operands have none."""
    assert value(word) == number
    if all(map(is_plain, operands)):
        assert word == str(number)


def number_at(run: Run, tape: str, before: str, after: str) -> str:
    """Return the word that the head is on; what is left and right of it must be as given."""
    left, right = around(run, tape)
    assert left == before
    word, mark, rest = right.partition(";")
    assert (mark + rest) == after
    return word


@given(naturals, naturals, neighbours, neighbours, st.booleans())
def test_compare(x: str, y: str, left: str, right: str, same: bool) -> None:
    y = "00" + x if same and x else y
    table = driver(
        TAPES,
        f"{TO_OPERANDS} let order: lt | eq | gt = compare(x, y) {WRITE_ORDER}",
        "words",
        "decimal",
    )
    run = drive(table, x=f"{left}|{x};{right}", y=f"|{y}")
    assert run.text("z") == "231"[(value(x) > value(y)) - (value(x) < value(y))]
    assert around(run, "x") == (f"{left}|", f"{x};{right}")
    assert around(run, "y") == ("|", y)


signed = st.one_of(st.integers(-120, 120), st.integers(-(10**20), 10**20))


@given(signed, signed, neighbours)
def test_compare_signed(x: int, y: int, right: str) -> None:
    body = f"{TO_OPERANDS} let order: lt | eq | gt = compare_signed(x, y) {WRITE_ORDER}"
    tapes = TAPES.replace("word '0'..'9'", "word '0'..'9' | '-'")
    run = drive(driver(tapes, body, "words", "decimal"), x=f"5|{x};{right}", y=f"|{y};-1")
    assert run.text("z") == "231"[(x > y) - (x < y)]
    assert around(run, "x") == ("5|", f"{x};{right}")
    assert around(run, "y") == ("|", f"{y};-1")


@given(naturals, neighbours)
def test_strip(x: str, right: str) -> None:
    table = driver(TAPES, "seek(x, '|') right x strip(x)", "words", "decimal")
    run = drive(table, x=f"4|{x};{right}")
    zeros_count = len(x) - len(str(value(x))) if x else 0
    assert around(run, "x") == ("4|" + "_" * zeros_count, f"{x[zeros_count:]};{right}")


@given(naturals, neighbours, neighbours)
def test_increment(x: str, left: str, right: str) -> None:
    table = driver(TAPES, "seek(x, '|') right x right x increment(x)", "words", "decimal")
    run = drive(table, x=f"{left}|_{x};{right}")
    number = str(value(x) + 1).zfill(len(x))
    gap = "" if len(number) > len(x) else "_"
    assert number_at(run, "x", f"{left}|{gap}", f";{right}") == number


@given(naturals, neighbours, neighbours)
def test_decrement(x: str, left: str, right: str) -> None:
    table = driver(TAPES, "seek(x, '|') right x right x decrement(x)", "words", "decimal")
    run = drive(table, x=f"{left}|_{x};{right}")
    if value(x) == 0:
        assert run.outcome is Outcome.STUCK
        return
    number = str(value(x) - 1)
    gap = "_" * (len(x) - len(number) + 1)
    assert number_at(run, "x", f"{left}|{gap}", f";{right}") == number


@given(naturals, naturals, neighbours, neighbours)
def test_add(x: str, y: str, left: str, right: str) -> None:
    table = driver(TAPES, f"{TO_OPERANDS} add(x, y, z)", "words", "decimal")
    run = drive(table, x=f"{left}|{x};{right}", y=f"|{y}")
    before, word = around(run, "z")
    assert before == ""
    assert_number(word, value(x) + value(y), x, y)
    assert around(run, "x") == (f"{left}|", f"{x};{right}")
    assert around(run, "y") == ("|", y)


@given(naturals, naturals, neighbours, neighbours)
def test_increase(x: str, y: str, left: str, right: str) -> None:
    table = driver(TAPES, "seek(y, '|') right y increase(x, y)", "words", "decimal")
    run = drive(table, x=f"{x};{right}", y=f"{left}|{y};{right}")
    word = number_at(run, "x", "", f";{right}")
    assert_number(word, value(x) + value(y), x, y)
    assert around(run, "y") == (f"{left}|", f"{y};{right}")


@given(naturals, naturals, neighbours, neighbours)
def test_subtract(x: str, y: str, left: str, right: str) -> None:
    table = driver(TAPES, f"{TO_OPERANDS} subtract(x, y, z)", "words", "decimal")
    run = drive(table, x=f"{left}|{x};{right}", y=f"|{y}")
    if value(x) < value(y):
        assert run.outcome is Outcome.STUCK
        return
    before, word = around(run, "z")
    assert before == ""
    assert word == (str(value(x) - value(y)) if x + y else "")
    assert around(run, "x") == (f"{left}|", f"{x};{right}")
    assert around(run, "y") == ("|", y)


@given(naturals, naturals, neighbours, neighbours)
def test_decrease(x: str, y: str, left: str, right: str) -> None:
    table = driver(TAPES, "seek(y, '|') right y decrease(x, y)", "words", "decimal")
    run = drive(table, x=f"{x};{right}", y=f"{left}|{y};{right}")
    if value(x) < value(y):
        assert run.outcome is Outcome.STUCK
        return
    word = around(run, "x")[1].partition(";")[0]
    assert word == (str(value(x) - value(y)) if x + y else "")
    assert around(run, "x")[1] == f"{word};{right}"
    assert around(run, "y") == (f"{left}|", f"{y};{right}")


@given(naturals, st.integers(0, 9), neighbours)
def test_multiply_digit(x: str, d: int, right: str) -> None:
    table = driver(TAPES, f"{TO_OPERANDS} multiply_digit(x, y, z)", "words", "decimal")
    run = drive(table, x=f"3|{x};{right}", y=f"44|{d}5")
    before, word = around(run, "z")
    assert before.strip("_") == ""
    assert word == (str(value(x) * d) if x else "")
    assert around(run, "x") == ("3|", f"{x};{right}")
    assert around(run, "y") == ("44|", f"{d}5")


@given(naturals, naturals, neighbours)
def test_multiply(x: str, y: str, right: str) -> None:
    table = driver(TAPES, f"{TO_OPERANDS} multiply(x, y, z)", "words", "decimal")
    run = drive(table, x=f"3|{x};{right}", y=f"44|{y};")
    before, word = around(run, "z")
    assert before == ""
    assert value(word) == value(x) * value(y)
    assert is_plain(word) or not x or not y
    assert around(run, "x") == ("3|", f"{x};{right}")
    assert around(run, "y") == ("44|", f"{y};")


@given(naturals, st.one_of(short, numerals), neighbours)
def test_divide(x: str, y: str, right: str) -> None:
    table = driver(TAPES, f"{TO_OPERANDS} divide(x, y, q, r)", "words", "decimal")
    run = drive(table, x=f"3|{x};{right}", y=f"44|{y};")
    if value(y) == 0:
        assert run.outcome is (Outcome.STUCK if x else Outcome.ACCEPT)
        return
    q, r = around(run, "q"), around(run, "r")
    assert (q[0], r[0].strip("_")) == ("", "")
    assert q[1] == (str(value(x) // value(y)) if x else "")
    assert r[1] == (str(value(x) % value(y)) if x else "")
    assert around(run, "x") == ("3|", f"{x};{right}")
    assert around(run, "y") == ("44|", f"{y};")


@given(numerals, numerals)
def test_marked_digits_are_read_as_digits_and_stay_marked(x: str, y: str) -> None:
    assume(x and y)
    table = driver(TAPES, "mark x mark y add(x, y, z)", "words", "decimal")
    run = drive(table, x=x, y=y)
    assert value(run.text("z")) == value(x) + value(y)
    for tape in ("x", "y"):
        cells = contents(run, tape)
        assert cells[0] >= len(cells.tape.symbols)


@pytest.mark.parametrize("digits", [90, 180])
def test_long_numbers(digits: int) -> None:
    x, y = "987654321" * (digits // 9), "123456789" * (digits // 9)
    run = drive(driver(TAPES, "multiply(x, y, z)", "decimal"), x=x, y=y)
    assert run.text("z") == str(int(x) * int(y))
