"""Every rule passes a machine that keeps it, and finds the fault of one that does not."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from compiler.lint import RULES, TINY, Evidence, Finding, Severity, lint
from compiler.lint.evidence import Sample
from compiler.lint.rule import Rule
from compiler.lint.rules.answered import Answered
from compiler.lint.rules.atomic import Atomic
from compiler.lint.rules.closed import Closed
from compiler.lint.rules.covered import Covered
from compiler.lint.rules.fetched import Fetched
from compiler.lint.rules.labels_in_range import LabelsInRange
from compiler.lint.rules.linear import Linear
from compiler.lint.rules.reach import Reach
from compiler.lint.rules.same_tokens import SameTokens
from compiler.vocabulary import Vocabulary
from tests.support.lint_subjects import (
    COUNTS,
    INNER_STEPS,
    LOOP_IN_A_STEP,
    SUM,
    DigitRows,
    make_evidence,
    replace_once,
)  # fmt: skip
from tests.support.vocabularies import qwen

PAIRS = 'fetch "t {key.cell}" = {s}, "x {key.cell}" = {x.cell|none}'
RESULT = 'solve "t {key.cell}" = {s}'


def found_by(rule: type[Rule], on: Evidence) -> list[Finding]:
    """What a rule alone finds."""
    alone = rule(on)
    for sample in on.samples():
        alone.observe(sample)
    return [*alone.findings()]


def serious(rule: type[Rule], on: Evidence) -> dict[str, Finding]:
    """What a rule finds wrong, by kind."""
    return {f.what: f for f in found_by(rule, on) if f.severity is not Severity.NOTE}


def mutant(old: str, new: str) -> DigitRows:
    return DigitRows(replace_once(SUM, old, new))


def test_the_good_machine_keeps_the_rules_it_should() -> None:
    found = lint(DigitRows(SUM), vocabulary=qwen(), counts=COUNTS)
    assert {f.rule for f in found if f.severity is not Severity.NOTE} <= {"reach"}
    assert list(RULES) == [
        "closed", "fetched", "atomic", "linear", "answered", "covered", "same_tokens",
        "labels_in_range", "reach",
    ]  # fmt: skip


def test_no_rule_keeps_a_run() -> None:
    wrong = replace_once(replace_once(SUM, "let s: 0..9", "let s: 0..99"), " % 10", "")
    on = make_evidence(
        DigitRows(replace_once(wrong, "out := s  ", ""), first="a"), vocabulary=qwen()
    )
    rules = [rule(on) for rule in RULES.values()]
    for sample in on.samples():
        for rule in rules:
            rule.observe(sample)
    del sample
    gc.collect()
    assert not [kept for kept in gc.get_objects() if isinstance(kept, Sample)]


def test_rules_about_tokens_say_that_they_were_skipped() -> None:
    skipped = {f.rule for f in lint(DigitRows(SUM), counts=COUNTS) if "no vocabulary" in f.message}
    assert skipped == {"atomic", "answered", "same_tokens", "reach"}


def test_closed_finds_a_register_that_is_not_said() -> None:
    silent = mutant(PAIRS, 'fetch "x {key.cell}" = {x.cell|none}')
    found = serious(Closed, make_evidence(silent))
    assert set(found) == {"ambiguous", "hidden"}
    assert "-> end` in one run and `ans = 1" in found["ambiguous"].message
    assert "neither in its label nor fetched" in found["hidden"].message
    assert found["hidden"].step == "add"


def test_closed_finds_a_branch_on_a_cell_that_is_not_said() -> None:
    found = serious(Closed, make_evidence(mutant(PAIRS, 'fetch "t {key.cell}" = {s}')))
    assert set(found) == {"ambiguous"}


def test_closed_wants_instances_that_meet() -> None:
    wide = replace(DigitRows(SUM), lengths=DigitRows(SUM).lengths | {TINY: (12, 12)})
    counts = COUNTS | {TINY: 3}
    assert set(serious(Closed, Evidence(wide, counts=counts))) == {"few"}


@pytest.mark.parametrize(
    ("old", "new", "what", "message"),
    [
        (RESULT, 'solve "u {key.cell}" = {s}', "source of t", "t b was never said"),
        ("fetch \"t {key.cell}\" = {s}", 'fetch "t {key.cell}" = "3"', "source of t", "said to be"),
        (
            RESULT,
            'solve "t {key.cell}" = {s}  solve "t {key.cell}" = "now {s}"',
            "restated t",
            "restates {s}",
        ),
    ],
)  # fmt: skip
def test_fetched_finds_values_from_nowhere_and_results_that_restate(
    old: str, new: str, what: str, message: str
) -> None:
    subject = replace(mutant(old, new), first="a")
    found = serious(Fetched, make_evidence(subject))
    assert message in found[what].message


def test_fetched_notes_a_key_that_is_solved_anew() -> None:
    again = mutant(RESULT, RESULT + ' solve "last" = {s}')
    notes = [f for f in found_by(Fetched, make_evidence(again)) if f.severity is Severity.NOTE]
    assert [f.what for f in notes] == ["again last"]


def test_atomic_finds_a_loop_within_a_step_but_not_one_of_inner_steps() -> None:
    found = serious(Atomic, make_evidence(DigitRows(LOOP_IN_A_STEP)))
    assert set(found) == {"cycle x", "fetches"}
    assert (found["cycle x"].step, found["fetches"].instance[0]) == ("sum", "M")
    for depth in (1, 2):
        assert serious(Atomic, make_evidence(DigitRows(INNER_STEPS), depth=depth)) == {}


def test_atomic_counts_tokens() -> None:
    wordy = mutant(RESULT, 'solve "t {key.cell}" = {s}  solve "' + "so on " * 40 + '"')
    found = serious(Atomic, make_evidence(wordy, vocabulary=qwen()))
    assert set(found) == {"tokens"}


COPY = """
class digit = '0'..'9'
tape x: digit
tape key: 'a'..'z'
tape out: digit
main {
    step copy at "{key.cell}" {
        fetch "all" = {x}
        while x != _ { out := (x + NUMBER) % 10  right x, out }
        solve "ans" = {out.before}
    }
    answer "{out.all}"
}
"""


def test_atomic_lets_a_long_value_be_copied_but_not_worked_on() -> None:
    same, other = (DigitRows(COPY.replace("NUMBER", n)) for n in "01")
    assert serious(Atomic, make_evidence(same)) == {}
    assert set(serious(Atomic, make_evidence(other))) == {"long"}
    assert serious(Atomic, make_evidence(replace(other, coarse=("copy",)))) == {}


def test_linear_finds_a_label_that_comes_twice() -> None:
    found = serious(Linear, make_evidence(mutant('at "{key.cell}"', 'at "again"')))
    assert set(found) == {"twice"}
    assert found["twice"].label == "again"


@pytest.mark.parametrize(
    ("subject", "what"),
    [
        (mutant('answer "{out.all}"', 'answer "0{out.all}"'), "said"),
        (mutant('answer "{out.all}"', ""), "count"),
        (mutant('answer "{out.all}"', "reject"), "outcome"),
        (mutant("(s + x) % 10", "(s + x + 1) % 10"), "right"),
        (DigitRows(SUM, has_form=str.isalpha), "form"),
    ],
)
def test_answered_finds_an_answer_that_is_not_the_one_written_or_not_right_or_of_another_form(
    subject: DigitRows, what: str
) -> None:
    assert what in serious(Answered, make_evidence(subject))


def test_answered_wants_a_long_answer_assembled() -> None:
    lengths = {TINY: (1, 2), "S": (2, 4), "M": (6, 8), "L": (18, 20)}
    text = COPY.replace("NUMBER", "0")
    piece = DigitRows(text, lengths=lengths, answer=lambda x: x)
    assert set(serious(Answered, make_evidence(piece, vocabulary=qwen()))) == {"assembled"}
    owned = replace(piece, coarse=("copy",))
    assert serious(Answered, make_evidence(owned, vocabulary=qwen())) == {}
    keyed = """
class digit = '0'..'9'
tape x: digit
tape key: 'a'..'z'
tape out: digit
main {
    loop {
        step copy at "{key.cell}" {
            fetch "x {key.cell}" = {x.cell|none}
            if x == _ { break }
            out := x
            solve "ans {key.cell}" = {out.cell}
        }
        right x, key, out
    }
    answer "{out.all}"
}
"""
    good = DigitRows(keyed, lengths=lengths, answer=lambda x: x)
    assert serious(Answered, make_evidence(good, vocabulary=qwen())) == {}


def test_covered_finds_results_that_only_longer_texts_hold() -> None:
    text = replace_once(replace_once(SUM, "let s: 0..9", "let s: 0..99"), " % 10", "")
    text = replace_once(text, "out := s  ", "")
    found = serious(Covered, make_evidence(DigitRows(text)))
    assert set(found) == {"M", "L"}
    assert "never occur in S" in found["L"].message
    owned = found_by(Covered, make_evidence(DigitRows(text, unseen=("add",))))
    assert {f.severity for f in owned} == {Severity.NOTE}


def test_covered_lets_names_be_copied_from_the_label() -> None:
    text = replace_once(SUM, "right x, key", 'solve "at" = {key.cell}  right x, key')
    named = replace(DigitRows(text), first="a")  # so that S has few letters
    assert serious(Covered, make_evidence(named)) == {}


def test_covered_looks_further_for_what_is_rare() -> None:
    few = COUNTS | {"first": 20}
    assert serious(Covered, Evidence(DigitRows(SUM), counts=few)) == {}
    found = serious(Covered, Evidence(DigitRows(SUM), counts=few | {"many": 20}))
    assert set(found) == {"M", "L"}


def test_covered_takes_a_list_of_operands_for_copies() -> None:
    text = replace_once(replace_once(SUM, RESULT, ""), '{s}, "x', '{s}, x "x')
    text = replace_once(
        text, "s = (s + x) % 10", 'solve both "both {key.cell}" = "{s} {x.cell}" s = x'
    )
    few = COUNTS | {"first": 40, "many": 40}  # of 100 pairs of digits
    assert serious(Covered, Evidence(DigitRows(text), counts=few)) == {}


def test_same_tokens_finds_a_value_that_melts_with_what_follows() -> None:
    signs = """
tape x: '+' | '-'
tape key: 'a'..'z'
tape out: '+' | '-'
main {
    loop {
        step look at "{key.cell}" {
            fetch "x {key.cell}" = {x.cell|none}
            if x == _ { break }
            out := x
            solve "ans" = {out.cell}
        }
        right x, key
    }
    answer "{out.all}"
}
"""
    lines = DigitRows(
        signs, digits="+-", lengths={"S": (2, 4), "M": (5, 6), "L": (7, 8)}, answer=str
    )
    counts = COUNTS | {TINY: 0}  # which are digits
    assert serious(SameTokens, Evidence(lines, vocabulary=qwen(), counts=counts)) == {}
    commas = replace(lines, separator=", ")
    found = serious(SameTokens, Evidence(commas, vocabulary=qwen(), counts=counts))
    assert set(found) == {"value"}


def test_same_tokens_wants_every_fact_in_the_prompt() -> None:
    glued = replace(DigitRows(SUM), separator="_")
    assert "fact" in serious(SameTokens, make_evidence(glued, vocabulary=qwen()))


def test_labels_in_range_finds_letters_that_short_texts_never_reach() -> None:
    found = serious(LabelsInRange, make_evidence(replace(DigitRows(SUM), first="a")))
    assert set(found) == {"M", "L"}
    assert found["L"].message.startswith("f, g, h, i, j … in `add.")
    assert serious(LabelsInRange, make_evidence(DigitRows(SUM))) == {}
    owned = found_by(LabelsInRange, make_evidence(DigitRows(SUM, first="a", unseen=("add",))))
    assert {f.severity for f in owned} == {Severity.NOTE}


def test_labels_in_range_looks_further_for_what_is_rare() -> None:
    few = COUNTS | {"first": 3}  # which have few of the letters
    assert serious(LabelsInRange, Evidence(DigitRows(SUM), counts=few)) == {}
    found = serious(LabelsInRange, Evidence(DigitRows(SUM), counts=few | {"many": 3}))
    assert set(found) == {"M", "L"}


def test_reach_compares_the_longest_way_back() -> None:
    lengths = {TINY: (1, 2), "S": (1, 2), "M": (6, 8), "L": (19, 20)}
    vocabulary = qwen()
    far = replace(DigitRows(SUM), lengths=lengths)
    assert set(serious(Reach, make_evidence(far, vocabulary=vocabulary))) == {"growth"}
    owned = found_by(Reach, make_evidence(replace(far, far=("add",)), vocabulary=vocabulary))
    assert [f.severity for f in owned] == [Severity.NOTE] * 3
    near = replace(far, text=replace_once(SUM, PAIRS, 'fetch "t {key.cell}" = {s}'))
    assert serious(Reach, make_evidence(near, vocabulary=vocabulary)) == {}
    notes = [f.message for f in found_by(Reach, make_evidence(near, vocabulary=vocabulary))]
    assert [m.rpartition(" ")[2] for m in notes] == ["S", "M", "L"]


def test_a_vocabulary_is_a_file_or_a_folder_that_is_there(tmp_path: object) -> None:
    with pytest.raises(ValueError, match=r"no tokenizer\.json"):
        Vocabulary(str(tmp_path))
