from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tm
from compiler.formats import (
    CELLS_PER_BLOCK,
    FORMATS,
    ShownTape,
    configurations,
    lines,
    text_of,
    transitions,
)
from compiler.text import Text
from tm.pipeline import check_text
from tm.table import BLANK, Tape

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
    text = configurations(run, {})
    assert text.string == (
        "A: >_\nB: 1 >_\nA: >1 1\nB: >_ 1 1\nA: >_ 1 1 1\nB: 1 >1 1 1\naccept: 1 1 >1 1\n"
    )
    assert spans_cover(text)


def test_several_tapes_are_named_and_blank_like_symbols_quoted() -> None:
    table = check_text(COPY).table
    run = tm.run(table, {"x": "0 _"}, actions=True)
    text = transitions(run, {"x": "0 _"})
    assert text.string == (
        "copy: x = 0 y = _ ; y = 0 ; x R ; y R -> copy\n"
        "copy: x = ' ' y = _ ; y = ' ' ; x R ; y R -> copy\n"
        "copy: x = '_' y = _ ; y = '_' -> accept\n"
    )
    listing = configurations(run, {"x": "0 _"})
    assert listing.string.splitlines()[2:] == [
        "copy: x = 0 ' ' >'_' y = 0 ' ' >_",
        "accept: x = 0 ' ' >'_' y = 0 ' ' >'_'",
    ]
    assert spans_cover(text)
    assert spans_cover(listing)


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


def test_lines_are_made_one_by_one_without_the_run() -> None:
    table = check_text(BEAVER).table
    text = configurations(tm.run(table, {}, actions=True), {})
    made = list(lines("configurations", table, {}, 6))
    assert "".join(piece.text for line in made for piece in line.pieces) == text.string
    assert text_of(table, made).spans[:] == text.spans[:]
    endless = check_text("tape t: '0'\nstart a\nrule a [*] -> ['0'] [R] a\n").table
    for format in FORMATS:
        first = list(islice(lines(format, endless, {}, 10**15), 3))
        assert [line.step for line in first] == ["a", "a", "a"]


SYMBOLS = ("_", "0", "'_'", "' '", "^_")
"""Symbols of the tape below, as texts show them."""


@given(st.data(), st.integers(1, 5))
def test_a_tape_in_blocks_is_shown_as_a_whole_one(data: st.DataObject, block: int) -> None:
    tape = Tape(name="t", symbols=(BLANK, "0", "_", " "), word=frozenset(), marks=True)
    text = data.draw(st.lists(st.integers(0, len(SYMBOLS) - 1), max_size=12))
    cells = dict(enumerate(text))
    head = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("compiler.formats.CELLS_PER_BLOCK", block)
        shown = ShownTape(tape, cells)
        for _ in range(data.draw(st.integers(0, 30))):
            filled = [cell for cell, symbol in cells.items() if symbol]
            extent = range(min([head, *filled]), max([head, *filled]) + 1)
            expected = [">" * (cell == head) + SYMBOLS[cells.get(cell, 0)] for cell in extent]
            assert shown.text(head) == " ".join(expected)
            cells[head] = data.draw(st.integers(0, len(SYMBOLS) - 1))
            shown.write(head, cells[head])
            head += data.draw(st.integers(-1, 1))


def test_a_line_costs_the_blocks_and_not_the_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line joins the block of the head and those that are not whole, whatever the length."""
    joined = []
    original = ShownTape._joined_block

    def counted(shown: ShownTape, number: int) -> str:
        joined.append(number not in shown._joined)
        return original(shown, number)

    monkeypatch.setattr(ShownTape, "_joined_block", counted)
    table = check_text("tape t: '0'\nstart a\nrule a [*] -> ['0'] [R] a\n").table
    count = 20 * CELLS_PER_BLOCK
    assert sum(1 for _ in lines("configurations", table, {}, count)) == count + 1
    assert sum(joined) == 20
