"""The forms that shorten programs, each against the longer program that it replaces."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

from typing import NamedTuple

import pytest

import tm
from compiler import render
from tests.support.machines.tables import Engine

HEAD = "import std.words\nimport std.decimal\ntape x, y: digit | 'a'..'f' | ',' word digit\ntape out: digit | 'a'..'z' | ',' | ' '\ngroup both = x, y\n"


class FormCase(NamedTuple):
    """A form, an equivalent without it, an input and the final text of ``out``."""

    title: str
    form: str
    equivalent: str
    x: str
    out: str


CASES = [
    FormCase("a move by several cells", "right x by 3 out := x", "right x right x right x out := x", "12345", "4"),
    FormCase("several heads move by several cells", "right x, y by 2 out := x", "right x, y right x, y out := x", "12345", "3"),
    FormCase("a move until", "right x until x == 4 out := x right x out := x", "while x != 4 { right x } right x out := x", "12345", "5"),
    FormCase("a move of several heads until", "right x, y until x == _ or x == 3 y := 1", "while not (x == _ or x == 3) { right x, y } y := 1", "12345", ""),
    FormCase("a move until that is true at once", "right x until x in digit out := x", "out := x", "12", "1"),
    FormCase("write moves on", "write out x write out 'b'", "out := x right out out := 'b' right out", "7", "7b"),
    FormCase("a text is written letter by letter", 'write out "no, 1"', "out := 'n' right out out := 'o' right out out := ',' right out out := ' ' right out out := 1 right out", "", "no, 1"),
    FormCase("each runs to the first blank", "each x { write out x }", "while x != _ { out := x right out right x }", "123", "123"),
    FormCase("each moves other heads too", "each x, out { out := x }", "while x != _ { out := x right x, out }", "123", "123"),
    FormCase("each runs to the left", "right x until x == _ left x each left x { write out x }", "while x != _ { right x } left x while x != _ { out := x right out left x }", "123", "321"),
    FormCase("each until", "each x until x not in digit { write out x }", "while x in digit { out := x right out right x }", "12,3", "12"),
    FormCase("at end is reached within the pass", "each x { write out 'a' at end { write out 'z' } write out x }", "loop { out := 'a' right out if x == _ { out := 'z' right out break } out := x right out right x }", "12", "a1a2az"),
    FormCase("at end without a block", "each x until x == ',' { write out 'a' at end write out x }", "loop { out := 'a' right out if x == ',' { break } out := x right out right x }", "12,", "a1a2a"),
    FormCase("continue moves on in each", "each x { if x == 2 { continue } write out x }", "while x != _ { if x != 2 { out := x right out } right x }", "123", "13"),
    FormCase("break does not move in each", "each x { if x == 2 { break } } out := x", "while x != 2 { right x } out := x", "123", "2"),
    FormCase("continue in while", "while x in digit { right x if x == 2 { continue } write out 'a' }", "while x in digit { right x if x != 2 { out := 'a' right out } }", "123", "aa"),
    FormCase("continue in loop", "loop { right x if x == 2 { continue } if x == _ { break } write out x }", "loop { right x if x != 2 { if x == _ { break } out := x right out } }", "123", "3"),
    FormCase("the cell right of the head", "if x.next == 2 { out := x }", "right x let b = x == 2 left x if b { out := x }", "12", "1"),
    FormCase("the cell left of the head", "right x by 2 if x.previous in digit and x.previous != 1 { out := x }", "right x by 2 left x let b = x in digit and x != 1 right x if b { out := x }", "123", "3"),
    FormCase("a neighbour that is no letter", "let b = x.next not in word if b { out := x }", "right x let b = x not in word left x if b { out := x }", "1,2", "1"),
    FormCase("a neighbour in the condition of a loop", "while x.next != _ { write out x right x }", "loop { right x if x == _ { break } left x write out x right x }", "123", "12"),
    FormCase("a neighbour is tested if it has to be", "if x == 2 or x.next == 2 { out := x }", "if x == 2 { out := x } else { right x let b = x == 2 left x if b { out := x } }", "12", "1"),
    FormCase("a move until a neighbour", "right x until x.next == 3 out := x", "while x != 2 { right x } out := x", "1234", "2"),
    FormCase("a loop whose block is a step", "loop step s { if x == 3 { break } write out x right x }", "loop { step s { if x == 3 { break } write out x right x } }", "123", "12"),
    FormCase("branches whose block is a step", "if x == 2 step s { out := 2 } else if x == 1 step t { out := 3 } else step u { out := 4 }", "if x == 2 { step s { out := 2 } } else { if x == 1 { step t { out := 3 } } else { step u { out := 4 } } }", "1", "3"),
    FormCase("each whose block is a step", "each x step s { at end write out x }", "each x { step s { at end write out x } }", "12", "12"),
    FormCase("while, repeat and for whose block is a step", "while x == 1 step s { right x } repeat 2 step t { write out x } for k in 3..4 step u { write out k }", "while x == 1 { step s { right x } } repeat 2 { step t { write out x } } for k in 3..4 { step u { write out k } }", "112", "2234"),
    FormCase("repeat a number of times", "repeat 3 { write out x right x }", "out := x right out right x out := x right out right x out := x right out right x", "1234", "123"),
    FormCase("repeat counts once, before", "repeat x { right x write out 'a' }", "let k: 0..9 = x while k > 0 { right x out := 'a' right out k = k - 1 }", "2345", "aa"),
    FormCase("repeat 0 times", "repeat x { write out 'a' } out := 1", "out := 1", "0", "1"),
    FormCase("for counts up", "for k in 2..4 { write out k }", "out := 2 right out out := 3 right out out := 4 right out", "", "234"),
    FormCase("for with continue and break", "for k in 1..9 { if k == 2 { continue } if k == 4 { break } write out k }", "out := 1 right out out := 3 right out", "", "13"),
    FormCase("else if", "if x == 1 { out := 'a' } else if x == 2 { out := 'b' } else { out := 'c' }", "if x == 1 { out := 'a' } elsif x == 2 { out := 'b' } else { out := 'c' }", "2", "b"),
    FormCase("a blank has a default", "out := (x or 3) + (y or 4)", "let a: 0..9 = 3 let b: 0..9 = 4 if x != _ { a = x } if y != _ { b = y } out := a + b", "2", "6"),
    FormCase("a letter plus a number", "out := 'a' + x", "if x == 0 { out := 'a' } elsif x == 3 { out := 'd' }", "3", "d"),
    FormCase("a number plus a letter", "out := x + 'a'", "if x == 3 { out := 'd' }", "3", "d"),
    FormCase("a letter minus a letter", "out := x - 'a'", "if x == 'c' { out := 2 }", "c", "2"),
    FormCase("a letter minus a number", "out := x - 2", "if x == 'c' { out := 'a' }", "c", "a"),
    FormCase("a condition is a value", "let b = x == 1 and y == _ if b { out := 1 } else { out := 2 }", "if x == 1 and y == _ { out := 1 } else { out := 2 }", "1", "1"),
    FormCase("true and false", "let b: bool = false if not b { b = true } if b == true { out := 1 }", "out := 1", "", "1"),
    FormCase("a call as a condition", "if is_one(x) { out := 1 } else { out := 2 }", "let b: bool = is_one(x) if b == true { out := 1 } else { out := 2 }", "1", "1"),
    FormCase("calls in a sum, from left to right", "out := pick(x) + pick(x)", "let a: 0..9 = pick(x) let b: 0..9 = pick(x) out := a + b", "23", "5"),
    FormCase("a cell is read before a later call moves its head", "out := x - pick(x) + x", "let a: 0..9 = x let b: 0..9 = pick(x) out := a - b + x", "45", "5"),
    FormCase("a call in an argument", "put(out, pick(x) + 1)", "let a: 0..9 = pick(x) put(out, a + 1)", "4", "5"),
    FormCase("calls in arguments, from left to right", "out := less(x, pick(x))", "let a: 0..9 = x let b: 0..9 = pick(x) let c: 0..9 = less(a, b) out := c", "45", "0"),
    FormCase("and stops before a call", "if x == 9 and pick(x) == 4 { accept } out := x", "out := x", "45", "4"),
    FormCase("or stops before a call", "if x == 4 or pick(x) == 4 { out := x }", "if x == 4 { out := x }", "45", "4"),
    FormCase("not of a call", "if not (is_one(x) or x == 4) { out := 1 } else { out := 2 }", "if x == 1 or x == 4 { out := 2 } else { out := 1 }", "4", "2"),
    FormCase("a call in the condition of a loop", "while pick(x) < 4 { write out x }", "loop { let a: 0..9 = pick(x) if a >= 4 { break } out := x right out }", "1234", "234"),
    FormCase("a condition with calls is a value", "let b: bool = is_one(x) or pick(x) == 4 if b { out := x }", "let a: 0..9 = pick(x) if a == 4 { out := x }", "45", "5"),
    FormCase("the domain of a call", "let a = pick(x) out := a", "let a: 0..9 = pick(x) out := a", "45", "4"),
    FormCase("a proc of one tape is called for each", "right x, y by 2 rewind(x, y) out := x", "right x, y right x, y rewind(x) rewind(y) out := x", "12", "1"),
    FormCase("a group of tapes moves", "right both out := x", "right x, y out := x", "12", "2"),
    FormCase("a group of tapes as arguments", "right both by 2 rewind(both) let b = equal(both) if not b { out := x }", "right x, y right x, y rewind(x) rewind(y) out := x", "12", "1"),
    FormCase("a proc uses all tapes", "copy_all()", "out := x y := x", "12", "1"),
    FormCase("a proc uses some tapes", "copy_one()", "out := x", "12", "1"),
    FormCase("a proc that uses tapes, called by one that does not see them", "indirect()", "out := x", "12", "1"),
]  # fmt: skip

PROCS = """
proc is_one(t) -> bool { return t == 1 }
proc pick(t) -> 0..9 { let a: 0..9 = t  right t  return a }
proc put(t, k: 0..9) { t := k }
proc less(a: 0..9, b: 0..9) -> 0..9 { return a - b }
proc copy_all() uses all { out := x  y := x }
proc copy_one() uses both, out { out := x  left y  right y }
proc indirect() { copy_one() }
"""


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_form_equals_the_program_that_it_replaces(case: FormCase, engine: Engine) -> None:
    texts = []
    for body in (case.form, case.equivalent):
        table = tm.check_text(f"{HEAD}{PROCS}main {{ {body} }}").table
        run = tm.run(table, {"x": case.x}, engine=engine)
        assert run.outcome == "accept", run.reason
        texts.append({name: run.text(name) for name in ("x", "y", "out")})
    assert texts[0] == texts[1]
    assert texts[0]["out"] == case.out


ADD = (
    HEAD
    + """
tape z: digit
tape place: 'a'..'z'
main {
    add(x, y, z) each(c) {
        step add at "{place.cell}" {
            fetch "x {place.cell}" = {x.cell|none}, "y {place.cell}" = {y.cell|none}, "carry {place.cell}" = {c}
            body
            solve "z {place.cell}" = {z.cell}, "carry {place.next}" = {c}
        }
        right place
    }
    answer "{z.all}"
}
"""
)


def text_of(source: str, **tapes: str) -> str:
    table = tm.check_text(source).table
    return render(table, tm.run(table, tapes, trace=True).trace).string


def test_a_library_proc_speaks_through_a_block_of_its_caller() -> None:
    assert text_of(ADD, x="58", y="7", place="abc") == (
        "add a: x a = 8 y a = 7 carry a = 0 ; z a = 5 ; carry b = 1 -> add b\n"
        "add b: x b = 5 y b = none carry b = 1 ; z b = 6 ; carry c = 0 -> end\n"
        "answer: 65"
    )


@pytest.mark.parametrize(("x", "y"), [("0", "0"), ("999", "1"), ("12", "988"), ("", "7")])
def test_a_wrapped_call_computes_what_the_call_computes(x: str, y: str) -> None:
    plain = HEAD + "tape z: digit\nmain { add(x, y, z) }"
    wrapped = tm.run(tm.check_text(ADD).table, {"x": x, "y": y, "place": "abcdef"})
    assert wrapped.text("z") == tm.run(tm.check_text(plain).table, {"x": x, "y": y}).text("z")


def test_wrappers_nest_and_each_block_sees_its_own_names() -> None:
    source = (
        HEAD
        + """
main {
    let mine: 0..9 = 7
    outer(x) each(n) {
        step s at "{n} {mine}" { body }
        mine = (mine + 1) % 10
    }
    answer "{out.all}"
}
proc outer(t) each(mine) uses out {
    local tape s: digit
    let mine: 0..9 = 1
    inner(t) each(digit_read) {
        s := digit_read
        write out s
        s := _
        each { write out mine  mine = (mine + 1) % 10 }
        body
    }
}
proc inner(t) each(k) uses out {
    let k: 0..9 = 0
    each t { k = t  each { write out 'i' } }
}
"""
    )
    assert text_of(source, x="58") == "s 1 7: -> s 2 8\ns 2 8: -> end\nanswer: 51i82i"


def test_a_value_comes_back_from_a_wrapped_call() -> None:
    source = (
        HEAD
        + """
main {
    let order = compare_digits(x, y) each(so_far) { body }
    if order == gt { out := 'a' } else { out := 'b' }
}
"""
    )
    table = tm.check_text(source).table
    assert tm.run(table, {"x": "70", "y": "68"}).text("out") == "a"
    assert tm.run(table, {"x": "68", "y": "70"}).text("out") == "b"


def test_a_break_in_the_work_of_a_proc_closes_the_step_of_the_wrapper() -> None:
    source = (
        HEAD
        + """
main { scan_to(x) each() { step s at "{x.cell}" { fetch "x" = {x.cell}  body } }  answer "1" }
proc scan_to(t) each() { loop { each { if t == 3 { break }  right t } } }
"""
    )
    assert text_of(source, x="123") == (
        "s 1: x = 1 -> s 2\ns 2: x = 2 -> s 3\ns 3: x = 3 -> end\nanswer: 1"
    )


def test_styles_name_a_neighbour_in_full() -> None:
    source = (
        HEAD
        + """
main { step s at "{x.cell}" { fetch "y" = "{x.next}" } answer "1" }
style told { s: "At {x} " s.y: "before {x.next}." next: "" end: "" answer: "answer: {value}" }
"""
    )
    table = tm.check_text(source).table
    trace = tm.run(table, {"x": "12"}, trace=True).trace
    assert render(table, trace, style="told").string == "At 1 before 2.answer: 1"
