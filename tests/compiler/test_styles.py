from __future__ import annotations

from dataclasses import replace

import pytest

from compiler import StyleError, render
from compiler.styles import minimal_next, style_faults
from tests.support.machines.scripted import parse_style, scripted
from tm.table import ACCEPT, Action, State
from tm.trees import Branch

RELAX = [
    "[relax {i=1}.{j=2}", "< d: d{i=1} = {x=34}", "< w: w{i=1}.{j=2} = {y=9}",
    "> s: s{j=2} = {z=43}", "> kept: kept", "]", "! {out=43}",
]  # fmt: skip
STYLED = {
    "relax": "Wählen wir {label}: ",
    "relax.d": "{i} is at {value}, ",
    "relax.w": "{key} is {value}. ",
    "relax.s": "{d} + {w} = {value} at {j} of {label}. ",
    "relax.kept": "We have {key} {s}. ",
    "next": "Now {label}.\n",
    "end": "Done.\n",
    "answer": "It is {value}, {out}.",
}


def test_a_worded_style_fills_in_values_labels_and_operands() -> None:
    table, trace = scripted(RELAX, styles={"styled": STYLED})
    text = render(table, trace, style="styled")
    assert text.string == (
        "Wählen wir 1.2: 1 is at 34, w1.2 is 9. 34 + 9 = 43 at 2 of 1.2. We have kept 43. Done.\n"
        "It is 43, 43."
    )
    assert "".join(text.string[s.start : s.end] for s in text.spans) == text.string
    values = [(s.name, text.string[s.start : s.end]) for s in text.spans if s.part == "value"]
    assert values == [("d", "34"), ("w", "9"), ("s", "43"), ("kept", "kept"), ("", "43")]


def test_an_operand_refers_to_the_latest_one_of_its_own_step() -> None:
    script = ["[a 1", "< x: x = 1", "[b", "< x: x = 2", "]", "< x: x = 3", "> s: s = 9", "]"]
    words = {
        "a": "A", "b": "B", "a.x": "x{value}", "b.x": "y{value}", "a.s": "({x})", "next": ">",
        "end": ".", "answer": "",
    }  # fmt: skip
    table, trace = scripted(script, styles={"w": words})
    assert render(table, trace, style="w", depth=2).string == "Ax1>By2>Ax3(3)"


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        ({"relax.w": None}, "", "there is no wording for `relax.w`"),
        ({"end": None}, "", "there is no wording for `end`"),
        ({"relax.q": "x"}, "relax.q", "the machine has no step or emission `relax.q`"),
        ({"relax.s": "{valeu}"}, "relax.s", "unknown placeholder `{valeu}` in `relax.s`"),
        ({"relax.d": "{w}"}, "relax.d", "`{w}` in `relax.d` may have no value: on some path"),
        ({"end": "{label}"}, "end", "unknown placeholder `{label}` in `end`"),
    ],
)
def test_one_fault_is_reported(change: dict[str, str | None], key: str, message: str) -> None:
    words = {k: v for k, v in (STYLED | change).items() if v is not None}
    table, trace = scripted(RELAX, styles={"styled": words})
    (fault,) = style_faults(table, table.styles["styled"])
    assert (fault.key, message in fault.message) == (key, True)
    with pytest.raises(StyleError, match="cannot be used") as error:
        render(table, trace, style="styled")
    assert error.value.faults == (fault,)
    assert fault.message in str(error.value)


def test_all_faults_are_reported() -> None:
    table, _ = scripted(RELAX)
    assert len(style_faults(table, parse_style({"relax": "{a} {b}", "more": ""}))) == 2 + 1 + 7


def test_an_operand_that_one_branch_omits_is_a_fault() -> None:
    table, _ = scripted(["[a", "< x: x = {x=1}", "> s: s = {z=2}", "]"])
    words = parse_style(
        {"a": "", "a.x": "{value}", "a.s": "{x}", "next": "", "end": "", "answer": ""}
    )
    assert style_faults(table, words) == []
    here = table.states[0].place
    blank, one = frozenset({0}), frozenset({table.tapes[0].symbols.index("1")})
    branching = replace(
        table,
        states=(
            State("s0", here, 0),
            State("s1", here, Branch(0, ((blank, 1), (one, 2)))),
            State("s2", here, 3),
        ),
        actions=(
            Action(1, utterances=(0,)),
            Action(2, utterances=(1,)),
            Action(2),  # continues without x
            Action(ACCEPT, utterances=(2, 3)),
        ),
    )
    assert [f.key for f in style_faults(branching, words)] == ["a.s"]


def test_a_placeholder_that_another_opening_of_the_step_lacks_is_a_fault() -> None:
    words = {"a": "", "a.x": "{i}", "next": "", "end": "", "answer": ""}
    table, _ = scripted(["[a {i=1}", "< x: x = 1", "]", "[a {j=1}", "< x: x = 1", "]"])
    (fault,) = style_faults(table, parse_style(words))
    assert "some opening" in fault.message


def test_an_unknown_style_is_an_error_that_suggests_another() -> None:
    table, trace = scripted(RELAX, styles={"styled": STYLED})
    with pytest.raises(StyleError, match="`scripted` has no style `stiled`; did you mean `styled`"):
        render(table, trace, style="stiled")
    with pytest.raises(StyleError, match="its styles are minimal, styled"):
        render(table, trace, style="x")


def test_the_transition_to_a_read_step_keeps_punctuation_apart() -> None:
    """A vocabulary joins ``.`` and a line break after it, but not ``.`` and an arrow."""
    table, _ = scripted(["[read {i=1}", "> x: x = {x=.}", "]", "! {out=.}"])
    assert [piece.text for piece in minimal_next(table.utterances[0])] == [" ->\n"]


def test_the_transition_can_name_the_next_step() -> None:
    script = ["[go a", "> v: done", "]", "[stop", "> w: over", "]", "! {out=1}"]
    words = {
        "go": "", "go.v": "{key}", "stop": "", "stop.w": "{key}", "next": " then {heading}. ",
        "end": ". ", "answer": "answer: {value}",
    }  # fmt: skip
    table, trace = scripted(script, styles={"worded": words})
    assert render(table, trace, style="worded").string == "done then stop. over. answer: 1"
