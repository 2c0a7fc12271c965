"""Every construct of the language: programs, inputs and results, on both engines."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

from typing import NamedTuple

import pytest

import tm
from tm.engine import ContractBroken
from tm.speech import Piece

DIGITS = "class digit = '0'..'9'\n"
XY = DIGITS + "tape x, y: digit | 'a'..'c' | '-' word digit\n"


class ProgramCase(NamedTuple):
    """A program, its input, its outcome and the final texts of tapes."""

    title: str
    source: str
    inputs: dict[str, str]
    outcome: str
    texts: dict[str, str]


CASES = [
    ProgramCase("the end of main accepts", XY + "main { x := 7 }", {"x": "12"}, "accept", {"x": "72"}),
    ProgramCase("reject is an outcome", XY + "main { if x == 1 { reject } }", {"x": "1"}, "reject", {}),
    ProgramCase("blank is written", XY + "main { x := _ right x x := _ }", {"x": "123"}, "accept", {"x": "3"}),
    ProgramCase("tapes extend to the left of cell 0", XY + "main { left x left x x := 1 }", {"x": "5"}, "accept", {"x": "1_5"}),
    ProgramCase("digits are numbers", XY + "main { y := (x + 5) % 10 }", {"x": "8"}, "accept", {"y": "3"}),
    ProgramCase("division rounds down", XY + "main { y := (x + 5) / 10 }", {"x": "8"}, "accept", {"y": "1"}),
    ProgramCase("minus and products", XY + "main { y := -(x) + 3 * 4 - 2 }", {"x": "8"}, "accept", {"y": "2"}),
    ProgramCase("a blank is not a number", XY + "main { y := x + 1 }", {"x": ""}, "stuck", {"y": ""}),
    ProgramCase("a result outside the domain", XY + "main { y := x + 1 }", {"x": "9"}, "stuck", {}),
    ProgramCase("division by zero", XY + "main { y := 1 / x }", {"x": "0"}, "stuck", {}),
    ProgramCase("a letter is copied", XY + "main { y := x }", {"x": "b"}, "accept", {"y": "b"}),
    ProgramCase(
        "unions and differences of classes",
        "class c = 'a'..'e' - 'c' | '-'\ntape x: 'a'..'z' | '-'\ntape y: '0' | '1'\n"
        "main { while x != _ { if x in c { y := 1 } else { y := 0 } right x, y } }",
        {"x": "abcdef-"},
        "accept",
        {"y": "1101101"},
    ),
    ProgramCase("not in, with the blank", XY + "main { while x not in digit | _ { right x } x := 1 }", {"x": "ab-5"}, "accept", {"x": "ab-1"}),
    ProgramCase("two tapes are compared", XY + "main { if x == y { x := 'a' } elsif x < y { x := 'b' } else { x := 'c' } }", {"x": "4", "y": "7"}, "accept", {"x": "b"}),
    ProgramCase("mirrored comparison", XY + "main { if 5 > x { x := 'a' } }", {"x": "4"}, "accept", {"x": "a"}),
    ProgramCase("an order needs numbers", XY + "main { if x < y { x := 'a' } }", {"x": "4", "y": "b"}, "stuck", {}),
    ProgramCase("and stops early", XY + "main { if x in digit and x < 5 { y := 1 } }", {"x": "a"}, "accept", {"y": ""}),
    ProgramCase("or stops early", XY + "main { if x == 'a' or x < 5 { y := 1 } }", {"x": "a"}, "accept", {"y": "1"}),
    ProgramCase("not binds to its comparison", XY + "main { if not x == 1 and y == _ { y := 2 } }", {"x": "3"}, "accept", {"y": "2"}),
    ProgramCase(
        "elsif and else",
        XY + "main { if x == 1 { y := 1 } elsif x == 2 { y := 2 } elsif x == 3 { y := 3 } else { y := 4 } }",
        {"x": "3"},
        "accept",
        {"y": "3"},
    ),
    ProgramCase(
        "break leaves the inner loop",
        XY + "main { while x in digit { loop { if x == 0 { break } x := x - 1 } right x } y := 1 }",
        {"x": "212"},
        "accept",
        {"x": "000", "y": "1"},
    ),
    ProgramCase(
        "registers belong to their block",
        XY + "main { if x == 1 { let q: 0..9 = 3 y := q } if x == 1 { let q: 0..1 = 1 right y y := q } }",
        {"x": "1"},
        "accept",
        {"y": "31"},
    ),
    ProgramCase(
        "named and inline enums have the same members",
        "enum order = lt | eq | gt\n" + XY
        + "proc c(a, b) -> lt | eq | gt { if a < b { return lt } if a > b { return gt } return eq }\n"
        "main { let r: order = c(x, y) if r == gt { x := 'a' } }",
        {"x": "4", "y": "2"},
        "accept",
        {"x": "a"},
    ),
    ProgramCase(
        "a class is a domain",
        XY + "main { let s: digit | '-' = x right x x := s }",
        {"x": "-"},
        "accept",
        {"x": "--"},
    ),
    ProgramCase("a value outside a class domain", XY + "main { let s: digit = x y := s }", {"x": "-"}, "stuck", {}),
    ProgramCase(
        "values are passed to procs",
        XY + "proc put(t, q: 0..9) { t := q + 1 }\nmain { put(y, x) }",
        {"x": "4"},
        "accept",
        {"y": "5"},
    ),
    ProgramCase(
        "return forwards the value of a call",
        XY + "proc f(t) -> 0..9 { return t }\nproc g(t) -> 0..9 { return f(t) }\nmain { y := 0 let q: 0..9 = g(x) y := q }",
        {"x": "4"},
        "accept",
        {"y": "4"},
    ),
    ProgramCase(
        "a local tape is scratch for each call",
        XY + "proc flip(t) { local tape s: digit while t in digit { s := t right s, t } left s left t"
        " while t in digit { left t } right t while s != _ { t := s s := _ left s right t } }\n"
        "main { flip(x) flip(y) }",
        {"x": "123", "y": "45"},
        "accept",
        {"x": "321", "y": "54"},
    ),
    ProgramCase(
        "the letters of a tape's words",
        XY + "proc p(t) { while t not in word { right t } t := 0 while t in word { right t } t := 'c' }\nmain { p(x) }",
        {"x": "a-123b"},
        "accept",
        {"x": "a-023c"},
    ),
    ProgramCase(
        "a scratch tape like a parameter has its alphabet and letters",
        XY + "proc p(t) { local tape s like t s := t if s in word { t := 1 } else { t := s right t t := 2 } s := _ }\nmain { p(x) p(y) }",
        {"x": "5", "y": "b"},
        "accept",
        {"x": "1", "y": "b2"},
    ),
    ProgramCase(
        "marks remember a place and do not change classes",
        XY + "main { right x mark x while x in digit { right x } left x while not marked x { left x }"
        " y := x unmark x if marked x { reject } }",
        {"x": "1234"},
        "accept",
        {"x": "1234", "y": "2"},
    ),
    ProgramCase("writing clears a mark", XY + "main { mark x x := 3 if marked x { reject } }", {"x": "1"}, "accept", {"x": "3"}),
    ProgramCase("a tape used by name can be marked through a parameter",
        XY + "proc note(t) { mark t } proc f() uses all { note(x) } main { f() if not marked x { reject } }",
        {"x": "1"}, "accept", {}),
    ProgramCase("the blank can be marked", XY + "main { mark y if y == _ and marked y { x := 2 } }", {"x": "1"}, "accept", {"x": "2", "y": ""}),
    ProgramCase("assume holds", XY + "main { assume x in digit y := 1 }", {"x": "1"}, "accept", {"y": "1"}),
    ProgramCase("assume does not hold", XY + "main { assume x in digit y := 1 }", {"x": "a"}, "stuck", {"y": ""}),
    ProgramCase("keep changes no result", XY + "main { keep x { while y in digit { if x == 1 { y := 0 } right y } } }", {"x": "1", "y": "12"}, "accept", {"y": "00"}),
    ProgramCase("quotes, backslashes and underscores are symbols", "tape x: '\\'' | '\\\\' | '_' | '\"'\nmain { right x x := '_' }", {"x": "'\\\""}, "accept", {"x": "'_\""}),
    ProgramCase("comments end with their line", XY + "main { # x := 1 }\n y := 2 # \" '\n}", {}, "accept", {"y": "2"}),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.title)
def test_a_construct(case: ProgramCase, engine: str) -> None:
    table = tm.check_text(case.source).table
    run = tm.run(table, case.inputs, engine=engine)  # type: ignore[arg-type]
    assert run.outcome == case.outcome
    for tape, text in case.texts.items():
        assert run.text(tape) == text


def test_a_transition_touches_at_most_three_tapes() -> None:
    table = tm.check_text(DIGITS + "tape a, b, c, d, e: digit\nmain { right a, b, c, d, e }").table
    tapes = [{t for t, _ in a.writes + a.moves} for a in table.actions]
    assert [len(t) for t in tapes] == [3, 2]


def test_statements_fuse_until_a_head_is_used_after_it_moved() -> None:
    table = tm.check_text(XY + "main { y := x right x, y y := x }").table
    assert tm.run(table, {"x": "12"}).transitions == 2


def test_registers_die_after_their_last_use() -> None:
    body = "let q: 0..9 = x right x right x y := q while x in digit { right x }"
    names = [s.name for s in tm.check_text(XY + f"main {{ {body} }}").table.states]
    assert sorted(names) == ["main:3", "main:3", *(f"main:3 q={q}" for q in range(10))]


def test_local_tapes_share_slots_that_are_free() -> None:
    source = XY + (
        "proc inner(t) { local tape s: digit s := t s := _ }\n"
        "proc outer(t) { local tape s: digit inner(t) s := t inner(t) s := _ }\n"
        "main { inner(x) outer(x) inner(y) }"
    )
    assert [t.name for t in tm.check_text(source).table.tapes] == ["x", "y", "scratch1", "scratch2"]


@pytest.mark.parametrize(
    ("proc", "text"),
    [
        ("proc p(t at first) { left t }", "1"),
        ("proc p(t at end) { left t }", "1"),
        ("proc p(t at blank) { left t }", "1"),
        ("proc p(t at last) { left t }", "12"),
        ("proc p(t) -> t at start { right t }", "123"),
        ("proc p(t) -> t at blank { right t }", "123"),
        ("proc p(t) { local tape s: digit s := 1 right t }", "1"),
    ],
)
def test_broken_contracts_are_caught_by_the_reference_engine(proc: str, text: str) -> None:
    body = "right x p(x) right x" if "first" in proc else "p(x) right x"
    table = tm.check_text(f"{XY}{proc}\nmain {{ {body} }}").table
    inputs = {"x": "12" if "first" in proc else text}
    with pytest.raises(ContractBroken, match=r"machine\.tm:3"):
        tm.run(table, inputs, engine="reference")
    assert tm.run(table, inputs).outcome == "accept"


def test_contracts_add_no_transition() -> None:
    without_contracts = "proc p(t) { while t in digit { right t } }"
    with_contracts = "proc p(t at first) -> t at end { while t in digit { right t } }"
    runs = [
        tm.run(tm.check_text(f"{XY}{p}\nmain {{ p(x) }}").table, {"x": "123"}, engine="reference")
        for p in (without_contracts, with_contracts)
    ]
    assert runs[0].transitions == runs[1].transitions


def test_stuck_names_its_line_and_reason() -> None:
    run = tm.run(tm.check_text(XY + "main {\n    y := x + 1\n}").table, {"x": ""})
    assert run.outcome == "stuck"
    assert str(run.place) == "machine.tm:4:5"
    assert "arithmetic needs numbers" in str(run.reason)


def test_strict_warns_of_situations_without_a_transition() -> None:
    warnings = tm.check_text(XY + "main { y := x + 1 }", strict=True).warnings
    assert {w.code for w in warnings} == {"TM073"}
    silent = tm.check_text(XY + "main { y := x + 1 }", strict=True, speech=False)
    assert [str(w) for w in silent.warnings] == [str(w) for w in warnings]
    with_assumption = XY + "main { assume x in '0'..'8' y := x + 1 }"
    assert [w.message for w in tm.check_text(with_assumption, strict=True).warnings] == [
        "a machine that gets here is stuck: the assumption does not hold"
    ]


def test_the_message_of_an_assumption() -> None:
    source = XY + 'main {\n    assume x in digit "only digits, no \\"a\\""\n    y := x\n}'
    run = tm.run(tm.check_text(source).table, {"x": "a"})
    assert run.outcome == "stuck"
    assert run.reason.startswith('the assumption does not hold: only digits, no "a" in state')
    silent = tm.check_text(source.replace(' "only digits, no \\"a\\""', "")).table
    assert (
        tm.run(silent, {"x": "1"}).transitions
        == tm.run(tm.check_text(source).table, {"x": "1"}).transitions
    )
    with pytest.raises(tm.SourceError, match=r"TM051.*has no placeholders"):
        tm.check_text(XY + 'main { assume x in digit "not {x}" }')


def test_comparing_with_a_number_that_the_tape_lacks_gives_no_warning() -> None:
    source = "tape t: '0' | 'a'\nmain { if t == 'a' { right t } elsif t < 5 { left t } }"
    assert tm.check_text(source).warnings == ()


def test_the_name_of_an_emission_may_be_a_keyword() -> None:
    table = tm.check_text(XY + 'main { step s { fetch left "l" = {x} } }').table
    assert [u.name for u in table.utterances if u.name] == ["left"]


def test_styles_may_use_a_text_parameter_without_placeholders() -> None:
    style = 'style w { s: "" s.n: "{when}" next: "" end: "" answer: "" }'
    proc = 'proc p(t, when: text) { step s at "{when}" { fetch n "n {when}" = {t} } }'
    table = tm.check_text(f'{XY}{proc}\nmain {{ p(x, "low") p(y, "high") }}\n{style}').table
    assert [u.key[-1] for u in table.utterances if u.name] == [
        Piece("when", "low"), Piece("when", "high")
    ]  # fmt: skip
    source = f'{XY}{proc}\nmain {{ p(x, "at {{y.cell}}") }}\n{style}'
    with pytest.raises(tm.SourceError, match=r"unknown placeholder `\{when\}` in `s\.n`"):
        tm.check_text(source)
