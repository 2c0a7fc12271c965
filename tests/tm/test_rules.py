"""Raw rules: priorities, stay moves, what is missing, and errors that name both lines."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tm
from tm.language.diagnostics import SourceError

HEAD = "class bit = '0' | '1'\ntape a, b: bit\nstart s\n"


def outcome(rules: str, a: str = "", b: str = "") -> str:
    table = tm.check_text(HEAD + rules).table
    runs = {tm.run(table, {"a": a, "b": b}, engine=e).outcome for e in ("reference", "compiled")}
    assert len(runs) == 1
    return runs.pop()


def test_a_symbol_beats_a_class_and_a_class_beats_any() -> None:
    rules = "rule s [*, *] -> reject\nrule s [bit, *] -> t\nrule s ['1', *] -> accept\n"
    rules += "rule t [*, *] -> [*, *] [R, S] s\n"
    assert outcome(rules, a="001") == "accept"
    assert outcome(rules, a="00") == "reject"


def test_the_first_tape_that_differs_decides() -> None:
    assert (
        outcome("rule s ['1', *] -> accept\nrule s [bit, '1'] -> reject", a="1", b="1") == "accept"
    )


def test_no_rule_is_stuck_and_a_stay_move_stays() -> None:
    rules = "rule s ['1', _] -> ['0', '1'] [S, S] s"
    table = tm.check_text(HEAD + rules).table
    run = tm.run(table, {"a": "1"})
    assert (run.outcome, run.transitions, run.text("a"), run.text("b")) == ("stuck", 1, "0", "1")
    assert run.place is not None
    assert run.place.line == 4


def test_two_rules_for_one_situation_name_both_lines() -> None:
    with pytest.raises(SourceError) as caught:
        tm.check_text(HEAD + "rule s [bit, *] -> accept\nrule s ['0' | _, *] -> reject")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.location.place.line == 5
    assert [span.place.line for span, _ in diagnostic.notes] == [4]


CELL = st.sampled_from(["'0'", "'1'", "_", "bit", "'0' | _", "*"])
MEANS = {"'0'": "0", "'1'": "1", "_": "_", "bit": "01", "'0' | _": "0_", "*": "01_"}
RANK = {"'0'": 0, "'1'": 0, "_": 0, "bit": 1, "'0' | _": 1, "*": 2}


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
def test_priority_is_as_documented(patterns: list[tuple[str, str]]) -> None:
    """Every situation against the definition: the least (rank, rank) of the rules that fit."""
    rules = "\n".join(
        f"rule s [{p}, {q}] -> [*, *] [S, S] t{i}" for i, (p, q) in enumerate(patterns)
    )
    ends = "\n".join(
        f"rule t{i} [*, *] -> {'accept' if i % 2 else 'reject'}" for i in range(len(patterns))
    )
    expected: dict[tuple[str, str], str] = {}
    conflict = False
    for a, b in itertools.product("01_", repeat=2):
        fit = [
            (RANK[p], RANK[q], i)
            for i, (p, q) in enumerate(patterns)
            if a in MEANS[p] and b in MEANS[q]
        ]
        best = [f for f in fit if f[:2] == min(fit)[:2]]
        conflict |= len(best) > 1
        expected[a, b] = "stuck" if not best else "accept" if best[0][2] % 2 else "reject"
    try:
        table = tm.check_text(f"{HEAD}{rules}\n{ends}").table
    except SourceError as error:
        found = {d.code for d in error.diagnostics}
    else:
        found = set()
    assert ("TM061" in found) == conflict
    if conflict:
        return
    for (a, b), ends_in in expected.items():
        inputs = {"a": a.replace("_", ""), "b": b.replace("_", "")}
        assert tm.run(table, inputs).outcome == ends_in
