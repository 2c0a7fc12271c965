from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import render, render_batch
from compiler.renderer.events import key_and_value
from compiler.rendering import span_transitions
from compiler.text import Part, Role, Text
from tests.support.machines.plain_renderer import render_minimal
from tests.support.machines.scripted import ADDITION, scripted


def typed_parts(text: Text) -> list[tuple[str, str, str, str]]:
    return [(s.role, s.part, s.name, text.string[s.start : s.end]) for s in text.spans]


def test_minimal_contains_the_outermost_steps() -> None:
    table, trace = scripted(ADDITION)
    assert render(table, trace).string == (
        "add 3.4: x = 12 y = 9 ; s = 21 -> check\ncheck: ; fine -> end\nanswer: 21"
    )


def test_depth_2_puts_inner_steps_on_lines_of_their_own() -> None:
    table, trace = scripted(ADDITION)
    assert render(table, trace, depth=2).string == (
        "add 3.4: x = 12 y = 9 -> digit 0\n"
        "digit 0: a = 2 b = 9 ; r = 1 -> digit 1\n"
        "digit 1: a = 1 ; r = 2 -> add 3.4\n"
        "add 3.4: ; s = 21 -> check\n"
        "check: ; fine -> end\n"
        "answer: 21"
    )


def test_a_step_without_further_emissions_is_not_resumed() -> None:
    table, trace = scripted(["[a 1", "[b 2", "> x: x = 1", "]", "]", "[a 3", "]", "! 1"])
    assert render(table, trace, depth=2).string == (
        "a 1: -> b 2\nb 2: ; x = 1 -> a 3\na 3: -> end\nanswer: 1"
    )


def test_a_run_without_answer_ends_in_an_open_line() -> None:
    table, trace = scripted(["[a 1", "< x: x = 1", "]", "[a 2"])
    assert render(table, trace).string == "a 1: x = 1 -> a 2\na 2:"


def test_an_emission_between_steps_belongs_to_the_step_before() -> None:
    table, trace = scripted(["[a 1", "]", "> x: x = 5", "[a 2", "]", "! 5"])
    text = render(table, trace)
    assert text.string == "a 1: ; x = 5 -> a 2\na 2: -> end\nanswer: 5"
    assert {(s.step, s.state) for s in text.spans if s.name == "x"} == {("a", 0)}


def test_an_empty_capture_takes_its_default() -> None:
    table, trace = scripted(["[a {i=|0}", "< x: x = {x=}", "]", "! {out=|none}"])
    assert render(table, trace).string == "a 0: x =  -> end\nanswer: none"


def test_spans_have_roles_parts_and_names() -> None:
    table, trace = scripted(
        ["[a {i=1}", "< x: x{i=1} = {x=7}", "> v: big", "]", "[b", "]", "! {out=7}"]
    )
    text = render(table, trace)
    assert typed_parts(text) == [
        ("control", "text", "", "a "), ("control", "label", "", "1"), ("control", "text", "", ":"),
        ("fetch", "text", "x", " "), ("fetch", "key", "x", "x1"), ("fetch", "text", "x", " = "),
        ("fetch", "value", "x", "7"),
        ("solve", "text", "v", " ; "), ("solve", "value", "v", "big"),
        ("next", "text", "", " -> b\n"),
        ("control", "text", "", "b:"), ("next", "text", "", " -> end\n"),
        ("answer", "text", "", "answer: "), ("answer", "value", "", "7"),
    ]  # fmt: skip
    first, last = text.spans[0], text.spans[-1]
    assert (first.step, first.label, first.depth, first.state) == ("a", "1", 1, 0)
    assert (last.step, last.label, last.depth, last.state) == ("", "", 0, -1)


def test_next_belongs_to_the_step_that_ends_and_a_resumed_line_to_its_state() -> None:
    table, trace = scripted(ADDITION)
    text = render(table, trace, depth=2)
    assert [(s.state, s.step, s.label, s.depth) for s in text.spans if s.role is Role.NEXT][
        ::3
    ] == [
        (0, "add", "3.4", 1),
        (1, "digit", "0", 2),
        (2, "digit", "1", 2),
        (0, "add", "3.4", 1),
    ]
    values = [(s.state, text.string[s.start : s.end]) for s in text.spans if s.part is Part.VALUE]
    assert values == [
        (0, "12"), (0, "9"), (1, "2"), (1, "9"), (1, "1"), (2, "1"), (2, "2"), (0, "21"),
        (3, "fine"), (-1, "21"),
    ]  # fmt: skip


WORDS = st.text("0123456789abc", max_size=40)
LABELS = st.builds(lambda w: f"{{i={w}}}", WORDS) | st.just("") | st.just("{u:3}.{j=4}")


@st.composite
def runs(draw: st.DrawFn, levels: int = 3) -> list[str]:
    """Scripts of machines with properly nested steps."""
    script: list[str] = []

    def step(level: int) -> None:
        script.append(f"[{draw(st.sampled_from('abc'))} {draw(LABELS)}".rstrip())
        for _ in range(draw(st.integers(0, 3))):
            kind = draw(st.sampled_from(["fetch", "solve", "verdict", "step"]))
            if kind == "step" and level < levels:
                step(level + 1)
            elif kind == "verdict":
                script.append(f"> v: so{{z={draw(WORDS)}}}")
            else:
                sign = "<" if kind == "fetch" else ">"
                script.append(f"{sign} k: k{{i={draw(WORDS)}}} = {{x={draw(WORDS)}}}")
        script.append("]")

    for _ in range(draw(st.integers(0, 4))):
        step(1)
    return [*script, f"! {{out={draw(WORDS)}}}"] if draw(st.booleans()) else script


@given(st.lists(runs(), min_size=1, max_size=4), st.integers(1, 4))
def test_the_text_equals_that_of_the_plain_renderer_and_its_spans_cover_it(
    scripts: list[list[str]], depth: int
) -> None:
    table, trace = scripted(*scripts)
    texts = render_batch(table, trace, depth=depth)
    spanned = render_batch(table, trace, depth=depth, spans=True)
    assert len(texts) == len(scripts)
    for i in range(len(scripts)):
        expected = render_minimal(table, trace, i, depth)
        assert texts[i] == spanned[i] == expected
        one = render(table, trace, i, depth=depth)
        assert one.string == expected
        ends = [0, *(s.end for s in one.spans)]
        assert [s.start for s in one.spans] == ends[:-1]
        assert ends[-1] == len(expected)
        assert all(s.start < s.end for s in one.spans)
        assert [*one.spans] == [*spanned.spans[i]]
        assert [*one.spans] == [one.spans[i] for i in range(len(one.spans))]


def test_a_text_longer_than_the_first_buffer_is_complete() -> None:
    styles = {"loud": {
        "a": "word " * 500 + "{label}", "a.x": "é" * 300 + "{value} {label}", "next": "{label}\n",
        "end": ".", "answer": "{value}",
    }}  # fmt: skip
    run = [line for i in range(50) for line in (f"[a {{i={i}}}", "< x: x = {x=7}", "]")]
    table, trace = scripted(run, run, styles=styles)
    texts = render_batch(table, trace, style="loud", spans=True)
    line = "word " * 500 + "{0}" + "é" * 300 + "7 {0}"
    assert texts[1] == "".join(line.format(i) + (f"{i + 1}\n" if i < 49 else "") for i in range(50))
    assert texts[0] == texts[1]
    assert texts.spans[1][-1].end == len(texts[1])


def test_arguments_out_of_range_are_errors() -> None:
    table, trace = scripted(ADDITION)
    with pytest.raises(ValueError, match="depth must be at least 1"):
        render(table, trace, depth=0)
    with pytest.raises(ValueError, match="run 1 does not exist"):
        render(table, trace, 1)
    with pytest.raises(ValueError, match="spans=True"):
        assert render_batch(table, trace).spans
    with pytest.raises(IndexError, match="text 1 does not exist"):
        render_batch(table, trace)[1]


def test_a_run_without_a_trace_is_refused_with_the_remedy() -> None:
    table, _ = scripted(ADDITION)
    with pytest.raises(ValueError, match="run it with trace=True"):
        render(table, None)


def test_span_transitions_are_those_of_the_events() -> None:
    table, trace = scripted(ADDITION)
    for depth in (1, 2):
        text = render(table, trace, depth=depth)
        transitions = span_transitions(table, trace, depth=depth)
        assert len(transitions) == len(text.spans)
        assert (np.diff(transitions) >= 0).all()
        for span, transition in zip(text.spans, transitions.tolist(), strict=True):
            if span.part is Part.VALUE and span.role is not Role.ANSWER:
                value = text.string[span.start : span.end]
                events = np.flatnonzero(trace.transition == transition)
                assert any(
                    value in pair
                    for e in events.tolist()
                    for pair in key_and_value(table, trace, e)
                    if pair
                )
