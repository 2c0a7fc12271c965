"""Rules: precedence, stay moves, missing rules, and errors that name both lines."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tm
from tm.language.diagnostics import SourceError

HEAD = "class bit = '0' | '1'\ntape a, b: bit\nstart s\n"


def outcome(rules: str, a: str = "", b: str = "") -> str:
    table = tm.check_text(HEAD + rules).table
    reference = tm.run(table, {"a": a, "b": b}, engine="reference")
    compiled = tm.run(table, {"a": a, "b": b}, engine="compiled")
    assert reference.outcome == compiled.outcome
    return compiled.outcome


def test_a_symbol_precedes_a_class_and_a_class_precedes_any() -> None:
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
def test_precedence_is_as_documented(patterns: list[tuple[str, str]]) -> None:
    """Compare every situation with the definition: the least ranks of the rules that match."""
    rules = "\n".join(
        f"rule s [{p}, {q}] -> [*, *] [S, S] t{i}" for i, (p, q) in enumerate(patterns)
    )
    ends = "\n".join(
        f"rule t{i} [*, *] -> {'accept' if i % 2 else 'reject'}" for i in range(len(patterns))
    )
    expected: dict[tuple[str, str], str] = {}
    conflict = False
    for a, b in itertools.product("01_", repeat=2):
        matching = [
            (RANK[p], RANK[q], i)
            for i, (p, q) in enumerate(patterns)
            if a in MEANS[p] and b in MEANS[q]
        ]
        best = [ranks for ranks in matching if ranks[:2] == min(matching)[:2]]
        conflict |= len(best) > 1
        expected[a, b] = "stuck" if not best else "accept" if best[0][2] % 2 else "reject"
    source = f"{HEAD}{rules}\n{ends}"
    if conflict:
        with pytest.raises(SourceError, match="TM061"):
            tm.check_text(source)
        return
    table = tm.check_text(source).table
    for (a, b), expected_outcome in expected.items():
        inputs = {"a": a.replace("_", ""), "b": b.replace("_", "")}
        assert tm.run(table, inputs).outcome == expected_outcome


def test_rules_that_each_test_another_tape_make_one_row_each() -> None:
    tapes, rules = "", ""
    for rule in range(60):
        tapes += f"tape t{rule}: '0' | '1'\n"
        patterns = ", ".join("'1'" if tape == rule else "*" for tape in range(60))
        rules += f"rule s [{patterns}] -> accept\n"
    table = tm.check_text(f"{tapes}start s\n{rules}").table
    assert sorted(len(row.reads) for row in table.rows()) == list(range(1, 61))


def test_rules_that_overlap_in_too_many_ways_are_refused_at_their_state() -> None:
    tapes, rules = "", ""
    for tape in range(40):
        tapes += f"tape t{tape}: '0'..'9'\n"
    for rule in range(40):
        patterns = ", ".join(
            f"'{rule % 10}'" if tape % 7 == rule % 7 else "*" for tape in range(40)
        )
        rules += f"rule s [{patterns}] -> accept\n"
    with pytest.raises(
        tm.SourceError, match=r"machine.tm:42:1: error\[TM070\]: the rules of state `s`"
    ):
        tm.check_text(f"{tapes}start s\n{rules}")
