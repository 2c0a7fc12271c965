from __future__ import annotations

import re
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import ablations, render
from compiler.styles import StyleError
from compiler.text import Text
from tests.support.machines.scripted import scripted

WORDS = {
    "add": "Number {label}: ", "add.t": "total {value} ", "add.x": "and {value} ",
    "add.n": "{t} + {x} makes {value} in step {i} ({label}).", "check": "Check {label}. ",
    "check.done": "{key}", "next": " Now {label}.\n", "end": " End.\n", "answer": "It is {value}.",
}  # fmt: skip


def sums(numbers: list[int]) -> list[str]:
    script, total = [], 0
    for i, x in enumerate(numbers, 1):
        script += [
            f"[add {{i={i}}}",
            f"< t: t{{i={i - 1}}} = {{y={total}}}",
            f"< x: x{{i={i}}} = {{x={x}}}",
            f"> n: t{{i={i}}} = {{z={total + x}}}",
            "]",
        ]
        total += x
    return [*script, "[check", "> done: done", "]", f"! {{out={total}}}"]


def example(without: Collection[str], style: str = "minimal", group: int = 3) -> Text:
    table, trace = scripted(sums([4, 5, 2, 1, 6]), styles={"worded": WORDS})
    return render(table, trace, style=style, without=without, group=group)


def documented_example(documented: object) -> str:
    """Return the example at the end of a docstring, after its last ``::``."""
    block = (documented.__doc__ or "").split("::\n")[-1].strip("\n").splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in block if line.lstrip()[:1] == "a")
    return "\n".join(line[indent:] for line in block).strip("\n").rstrip()


def test_the_examples_in_the_docstrings_are_exact() -> None:
    assert documented_example(ablations) == example(()).string
    assert documented_example(ablations.without_atomic) == example({"atomic"}).string
    assert documented_example(ablations.without_linear) == example({"linear"}).string
    fetch = example({"fetch"}).string
    assert fetch.startswith(documented_example(ablations.without_fetch).removesuffix("..."))


def test_groups_of_two_and_combined_ablations() -> None:
    assert example({"atomic", "fetch"}, group=2).string == (
        "add 1: ; t1 = 4 ; t2 = 9 -> add 3\nadd 3: ; t3 = 11 ; t4 = 12 -> add 5\n"
        "add 5: ; t5 = 18 ; done -> end\nanswer: 18"
    )
    assert example({"atomic", "linear", "fetch"}).string == (
        " ; t1 = 4 ; t2 = 9 ; t3 = 11\n ; t4 = 12 ; t5 = 18 ; done\nanswer: 18"
    )


def test_a_key_solved_twice_in_a_group_keeps_its_last_value() -> None:
    script = [
        "[a 1", "> r: r = {z=1}", "> v: up", "]", "[a 2", "< r: r = {x=1}", "> r: r = {z=2}",
        "> v: down", "]", "! {out=2}",
    ]  # fmt: skip
    table, trace = scripted(script)
    assert (
        render(table, trace, without={"atomic"}).string == "a 1: ; r = 2 ; down -> end\nanswer: 2"
    )


def test_every_quote_remains_in_a_group() -> None:
    script = ["[read", "< q: {x=o}", "> v: a = 1", "]", "[read", "< q: {x=oo}", "> v: b = 2", "]"]
    for answer in ("o", "oo", "oooo", "oooo"):
        script += ["[write", f"> ans: {{y.recent={answer}}}", "]"]
    table, trace = scripted([*script, "! {out=oooo}"])
    assert render(table, trace, without={"atomic"}, group=9).string == (
        "read o: oo: a = 1 b = 2 ; o ; oo ; oooo ; oooo -> end\nanswer: oooo"
    )


@pytest.mark.parametrize(
    ("without", "entry"), [("fetch", "a.r"), ("atomic", "a.r"), ("linear", "a.s")]
)
def test_a_style_that_would_lose_a_result_is_refused(without: str, entry: str) -> None:
    worded = {"a": "", "a.n": "{value} ", "a.r": "gives {n} ", "a.s": "for {label}"}
    script = ["[a {i=1}", "< n: n = {x=2}", "> r: r = {y=2}", "> s: s = {j=1}", "]", "! {out=2}"]
    styles = {"worded": {**worded, "next": "", "end": "", "answer": ""}}
    table, trace = scripted(script, styles=styles)
    assert render(table, trace, style="worded").string == "2 gives 2 for 1"
    with pytest.raises(StyleError, match=f"without {without}: `{entry}` says its result by `{{"):
        render(table, trace, style="worded", without={without})


def test_linear_keeps_every_result_of_inner_and_outer_steps() -> None:
    script = ["[a", *(w for i in range(6) for w in (f"[b {i}", f"> r: r{i} = 1", "]")), "]"]
    table, trace = scripted([*script, "[c", "< x: x = {x=1}", "]", "[d", "> v: done", "]"])
    results = "".join(f"\n ; r{i} = 1" for i in range(6))
    assert render(table, trace, without={"linear"}, depth=2).string == f"{results}\n ; done"


def test_worded_styles_write_an_ellipsis_for_a_dropped_value() -> None:
    assert example({"fetch"}, "worded").string.startswith(
        "Number 1: … + … makes 4 in step 1 (1). Now 2.\nNumber 2: … + … makes 9 in step 2 (2)."
    )
    assert example({"linear"}, "worded").string.startswith(
        "total 0 and 4 0 + 4 makes 4 in step 1 (…).\ntotal 4 and 5 4 + 5 makes 9 in step 2 (…).\n"
    )
    assert example({"atomic"}, "worded").string.startswith(
        "Number 1: total 0 and 4 and 5 and 2 0 + 4 makes 4 in step 1 (1)."
        "… + 5 makes 9 in step 2 (…).… + 2 makes 11 in step 3 (…). Now 4.\n"
    )


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=12),
    st.sets(st.sampled_from(ablations.ABLATIONS), min_size=1),
    st.sampled_from(["minimal", "worded"]),
    st.integers(2, 4),
)
def test_no_dropped_value_remains_in_the_text(
    numbers: list[int], without: set[str], style: str, group: int
) -> None:
    """Every value of the run is a distinct word, so that a leak would show as that word."""
    script, letter = [], iter(f"q{i}q" for i in range(1000))
    values: dict[str, list[str]] = {"label": [], "fetch": [], "solve": []}
    for i, _ in enumerate(numbers, 1):
        label, t, x, n = (next(letter) for _ in range(4))
        script += [
            f"[add {{i={label}}}", f"< t: t{i} = {{y={t}}}", f"< x: x{i} = {{x={x}}}",
            f"> n: n{i} = {{z={n}}}", "]",
        ]  # fmt: skip
        values["label"].append(label)
        values["fetch"] += [t, x]
        values["solve"].append(n)
    script += ["[check", "> done: done", "]", "! {out=1}"]
    table, trace = scripted(script, styles={"worded": WORDS})
    text = render(table, trace, style=style, without=without, group=group)
    assert "".join(text.string[s.start : s.end] for s in text.spans) == text.string
    words = set(re.findall(r"q[0-9]+q", text.string))
    if "fetch" in without:
        assert not words & set(values["fetch"])
    if "linear" in without:
        assert not words & set(values["label"])
    elif "atomic" in without:
        assert words & set(values["label"]) == set(values["label"][::group])
    assert set(values["solve"]) <= words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"without": {"fetch", "memory"}},
            "no ablation 'memory'; the ablations are fetch, atomic, linear",
        ),
        ({"without": "fetch"}, "must be a set of names"),
        ({"without": {"atomic"}, "depth": 2}, "depth must be 1"),
        ({"without": {"atomic"}, "group": 1}, "at least 2 steps, not 1"),
    ],
)
def test_impossible_options_are_errors(arguments: dict[str, object], message: str) -> None:
    table, trace = scripted(sums([1]))
    with pytest.raises(ValueError, match=re.escape(message)):
        render(table, trace, **arguments)  # type: ignore[arg-type]
