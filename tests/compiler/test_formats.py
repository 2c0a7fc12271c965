from __future__ import annotations

import pytest

import tm
from compiler.formats import configurations, transitions
from compiler.text import Text
from tm.pipeline import check_text

BEAVER = """
tape t: '0' | '1'
start A
rule A [_] -> ['1'] [R] B
rule A ['1'] -> [*] [L] B
rule B [_] -> ['1'] [L] A
rule B ['1'] -> [*] [R] accept
"""
COPY = """
tape x: '0' | '1' | ' ' | '_'
tape y: '0' | '1' | ' ' | '_'
start copy
rule copy ['0', _] -> [*, '0'] [R, R] copy
rule copy ['1', _] -> [*, '1'] [R, R] copy
rule copy [' ', _] -> [*, ' '] [R, R] copy
rule copy ['_', _] -> [*, '_'] [S, S] accept
"""


def spans_cover(text: Text) -> bool:
    """Return whether the spans of a text, joined, are the text."""
    return "".join(text.string[s.start : s.end] for s in text.spans) == text.string


def test_one_tape_has_no_name() -> None:
    table = check_text(BEAVER).table
    run = tm.run(table, {}, actions=True)
    assert (run.outcome, run.transitions) == ("accept", 6)
    text = transitions(run, {})
    assert text.string == (
        "A: _ ; 1 ; R -> B\nB: _ ; 1 ; L -> A\nA: 1 ; L -> B\nB: _ ; 1 ; L -> A\n"
        "A: _ ; 1 ; R -> B\nB: 1 ; R -> accept\n"
    )
    assert spans_cover(text)
    first = [(s.role, s.part, s.step, s.label, s.name, s.state) for s in text.spans][:3]
    assert first == [
        ("control", "text", "A", "0", "", 0),
        ("fetch", "text", "A", "0", "t", 0),
        ("fetch", "value", "A", "0", "t", 0),
    ]
    lines = configurations(run, {})
    assert lines.string == (
        "A: >_\nB: 1 >_\nA: >1 1\nB: >_ 1 1\nA: >_ 1 1 1\nB: 1 >1 1 1\naccept: 1 1 >1 1\n"
    )
    assert spans_cover(lines)


def test_several_tapes_are_named_and_blank_like_symbols_quoted() -> None:
    table = check_text(COPY).table
    run = tm.run(table, {"x": "0 _"}, actions=True)
    text = transitions(run, {"x": "0 _"})
    assert text.string == (
        "copy: x = 0 y = _ ; y = 0 ; x R ; y R -> copy\n"
        "copy: x = ' ' y = _ ; y = ' ' ; x R ; y R -> copy\n"
        "copy: x = '_' y = _ ; y = '_' -> accept\n"
    )
    lines = configurations(run, {"x": "0 _"})
    assert lines.string.splitlines()[2:] == [
        "copy: x = 0 ' ' >'_' y = 0 ' ' >_",
        "accept: x = 0 ' ' >'_' y = 0 ' ' >'_'",
    ]
    assert spans_cover(text)
    assert spans_cover(lines)


def test_a_stuck_run_ends_with_its_last_transition() -> None:
    table = check_text(COPY).table
    run = tm.run(table, {"x": "1"}, actions=True)
    assert run.outcome == "stuck"
    assert transitions(run, {"x": "1"}).string == "copy: x = 1 y = _ ; y = 1 ; x R ; y R -> copy\n"
    assert configurations(run, {"x": "1"}).string.splitlines()[-1] == "copy: x = 1 >_ y = 1 >_"


def test_other_inputs_and_missing_actions_are_errors() -> None:
    table = check_text(COPY).table
    run = tm.run(table, {"x": "1_"}, actions=True)
    with pytest.raises(ValueError, match="not those of the run"):
        transitions(run, {"x": "0_"})
    with pytest.raises(ValueError, match="actions=True"):
        configurations(tm.run(table, {}), {})
