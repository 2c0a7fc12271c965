"""Every rule accepts a machine that follows it and finds the fault of a mutant."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.lint import RULES, TINY, Evidence, Finding, Severity, lint
from compiler.lint.evidence import Sample
from compiler.lint.rule import Rule, observe_all
from compiler.lint.rules.answered import Answered
from compiler.lint.rules.atomic import Atomic
from compiler.lint.rules.closed import Closed
from compiler.lint.rules.covered import Covered
from compiler.lint.rules.fetched import Fetched
from compiler.lint.rules.labels_in_range import LabelsInRange
from compiler.lint.rules.linear import Linear
from compiler.lint.rules.reach import Reach
from compiler.lint.rules.same_tokens import SameTokens
from tests.support.models.vocabularies import joining_vocabulary, qwen
from tests.support.tasks.lint_subjects import (
    COUNTS,
    INNER_STEPS,
    LOOP_IN_A_STEP,
    SUM,
    DigitRows,
    make_evidence,
    replace_once,
)  # fmt: skip

PAIRS = 'fetch "t {key.cell}" = {s}, "x {key.cell}" = {x.cell|none}'
RESULT = 'solve "t {key.cell}" = {s}'


def findings_of(rule_type: type[Rule], evidence: Evidence) -> list[Finding]:
    """Return the findings of one rule."""
    rule = rule_type(evidence)
    observe_all(evidence, [rule])
    return [*rule.findings()]


def faults_of(rule_type: type[Rule], evidence: Evidence) -> dict[str, Finding]:
    """Return the errors and warnings of one rule, by their codes."""
    findings = findings_of(rule_type, evidence)
    return {f.what: f for f in findings if f.severity is not Severity.NOTE}


def mutant(old: str, new: str) -> DigitRows:
    return DigitRows(replace_once(SUM, old, new))


def test_the_sum_follows_every_rule_except_reach() -> None:
    findings = lint(DigitRows(SUM), vocabulary=qwen(), counts=COUNTS)
    assert {f.rule for f in findings if f.severity is not Severity.NOTE} <= {"reach"}
    assert list(RULES) == [
        "closed", "fetched", "atomic", "linear", "answered", "covered", "same_tokens",
        "labels_in_range", "reach", "read",
    ]  # fmt: skip


def test_no_rule_keeps_a_sample() -> None:
    wrong = replace_once(replace_once(SUM, "let s: 0..9", "let s: 0..99"), " % 10", "")
    evidence = make_evidence(
        DigitRows(replace_once(wrong, "out := s  ", ""), first="a"), vocabulary=qwen()
    )
    rules = [rule(evidence) for rule in RULES.values()]
    observe_all(evidence, rules)
    gc.collect()
    assert not [kept for kept in gc.get_objects() if isinstance(kept, Sample)]


def test_without_a_vocabulary_a_note_names_each_unchecked_rule() -> None:
    skipped = {f.rule for f in lint(DigitRows(SUM), counts=COUNTS) if "no vocabulary" in f.message}
    assert skipped == {"atomic", "answered", "same_tokens", "reach"}


def test_closed_finds_a_register_that_the_text_does_not_show() -> None:
    silent = mutant(PAIRS, 'fetch "x {key.cell}" = {x.cell|none}')
    faults = faults_of(Closed, make_evidence(silent))
    assert set(faults) == {"ambiguous", "hidden"}
    assert "-> end` in one run and `ans = 1" in faults["ambiguous"].message
    assert "open it with the same words" in faults["hidden"].message
    assert "`s` is 0 in one and 1 in the other" in faults["hidden"].message
    assert faults["hidden"].step == "add"


def test_closed_finds_a_step_that_returns_to_different_calls() -> None:
    text = replace_once(SUM, "main {", """proc look() uses x, key {
    right x, key
    step look at "{key.cell}" { fetch "x {key.cell}" = {x.cell|none}  solve "seen" = "yes" }
}
main {
    look()
    out := 1
    look()""")  # fmt: skip
    faults = faults_of(Closed, make_evidence(DigitRows(text)))
    assert "they return to different calls" in faults["hidden"].message


def test_closed_finds_a_branch_on_a_cell_that_is_not_fetched() -> None:
    faults = faults_of(Closed, make_evidence(mutant(PAIRS, 'fetch "t {key.cell}" = {s}')))
    assert set(faults) == {"ambiguous"}


def test_closed_warns_if_too_few_inputs_recur() -> None:
    wide = replace(DigitRows(SUM), lengths={**DigitRows(SUM).lengths, TINY: (12, 12)})
    counts = COUNTS | {TINY: 3}
    assert set(faults_of(Closed, Evidence(wide, counts=counts))) == {"few"}


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        (RESULT, 'solve "u {key.cell}" = {s}', "source of t", "it was never solved"),
        (
            'fetch "t {key.cell}" = {s}',
            'fetch "t {key.cell}" = "3"',
            "source of t",
            "its latest value is 0",
        ),
        (
            RESULT,
            'solve "t {key.cell}" = {s}  solve "t {key.cell}" = "now {s}"',
            "restated t",
            "restates {s}",
        ),
    ],
)  # fmt: skip
def test_fetched_finds_values_without_source_and_results_that_restate(
    old: str, new: str, code: str, message: str
) -> None:
    subject = replace(mutant(old, new), first="a")
    faults = faults_of(Fetched, make_evidence(subject))
    assert message in faults[code].message


def test_fetched_finds_a_result_that_restates_through_a_parameter() -> None:
    said = replace_once(SUM, RESULT, RESULT + " tell(x)")
    text = replace_once(
        said, "main {", 'proc tell(t) { solve told "saw" = "now {t.cell}" }\nmain {'
    )
    subject = DigitRows(replace_once(text, PAIRS, PAIRS.replace("|none", "")))
    assert "restates {t}" in faults_of(Fetched, make_evidence(subject))["restated told"].message


def test_fetched_notes_a_key_that_is_solved_again() -> None:
    again = mutant(RESULT, RESULT + ' solve "last" = {s}')
    notes = [f for f in findings_of(Fetched, make_evidence(again)) if f.severity is Severity.NOTE]
    assert [f.what for f in notes] == ["again last"]


def test_linear_finds_a_label_whose_tape_of_names_ran_out() -> None:
    short = replace(mutant("right x, key\n", "right x\n  key := _\n  right key\n  left key\n"))
    faults = faults_of(Linear, make_evidence(short))
    assert faults["empty label"].label == ""


def test_linear_finds_a_key_that_is_a_space() -> None:
    keyed = mutant(RESULT, RESULT + ' solve word "word {x.previous_word}" = {s}')
    message = faults_of(Linear, make_evidence(keyed))["empty key"].message
    assert message.startswith("a part of the key 'word ' is empty or a space; ")
    assert "write {t.next_word} instead of {t.next}" in message


def test_atomic_finds_a_loop_in_a_step_but_accepts_a_loop_of_inner_steps() -> None:
    faults = faults_of(Atomic, make_evidence(DigitRows(LOOP_IN_A_STEP)))
    assert set(faults) == {"cycle x", "fetches"}
    assert (faults["cycle x"].step, faults["fetches"].instance[0]) == ("sum", "M")
    for depth in (1, 2):
        assert faults_of(Atomic, make_evidence(DigitRows(INNER_STEPS), depth=depth)) == {}


def test_atomic_finds_a_step_of_many_tokens() -> None:
    wordy = mutant(RESULT, 'solve "t {key.cell}" = {s}  solve "' + "so on " * 40 + '"')
    faults = faults_of(Atomic, make_evidence(wordy, vocabulary=qwen()))
    assert set(faults) == {"tokens"}


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


def test_atomic_accepts_a_long_copy_but_not_a_long_new_value() -> None:
    same, other = (DigitRows(COPY.replace("NUMBER", n)) for n in "01")
    assert faults_of(Atomic, make_evidence(same)) == {}
    assert set(faults_of(Atomic, make_evidence(other))) == {"long"}
    assert faults_of(Atomic, make_evidence(replace(other, coarse=("copy",)))) == {}


def test_linear_finds_a_label_that_occurs_twice() -> None:
    faults = faults_of(Linear, make_evidence(mutant('add at "{key.cell}"', 'add at "again"')))
    assert set(faults) == {"twice"}
    assert faults["twice"].label == "again"


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        (mutant('answer "{out.all}"', 'answer "0{out.all}"'), "said"),
        (mutant('answer "{out.all}"', ""), "count"),
        (mutant('answer "{out.all}"', "reject"), "outcome"),
        (mutant("(s + x) % 10", "(s + x + 1) % 10"), "right"),
        (DigitRows(SUM, has_form=str.isalpha), "form"),
    ],
)
def test_answered_finds_a_wrong_answer(subject: DigitRows, code: str) -> None:
    assert code in faults_of(Answered, make_evidence(subject))


KEYED_COPY = """
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
"""Copies a row of digits, each of which it solves under a key of its own."""


def test_answered_requires_a_long_answer_to_be_assembled() -> None:
    lengths = {TINY: (1, 2), "S": (2, 4), "M": (6, 8), "L": (18, 20)}
    text = COPY.replace("NUMBER", "0")
    piece = DigitRows(text, lengths=lengths, answer=lambda x: x)
    assert set(faults_of(Answered, make_evidence(piece, vocabulary=qwen()))) == {"assembled"}
    exempt = replace(piece, coarse=("copy",))
    assert faults_of(Answered, make_evidence(exempt, vocabulary=qwen())) == {}
    good = DigitRows(KEYED_COPY, lengths=lengths, answer=lambda x: x)
    assert faults_of(Answered, make_evidence(good, vocabulary=qwen())) == {}


WRITER = """
import std.writing
class digit = '0'..'9'
tape x: digit
tape key: 'a'..'z'
tape out: digit
main {
    each x {
        step write at "{key.cell}" {
            fetch "x {key.cell}" = {x.cell|none}
            at end
            write_symbol(x, out)
        }
        right key
    }
    answer "{out.all}"
}
"""
"""Copies a row of digits, each of which it quotes with the three before it."""


LISTED = 'if out.previous in digit { write out ", " }  write_listed(x, out)'
"""Writes the digit as a number of a list."""


def writer(text: str = WRITER) -> Evidence:
    lengths = {TINY: (1, 4), "S": (2, 4), "M": (6, 8), "L": (18, 20)}
    return make_evidence(DigitRows(text, lengths=lengths, answer=lambda x: x), vocabulary=qwen())


@pytest.mark.parametrize("rule_type", [Answered, Closed, Covered, Linear])
def test_a_quote_of_the_answer_counts_by_its_last_symbol(rule_type: type[Rule]) -> None:
    assert faults_of(rule_type, writer()) == {}
    if rule_type in (Closed, Covered):
        call = 'out := x  solve ans "now {out.recent}"  right out'
        assert (
            faults_of(rule_type, writer(replace_once(WRITER, "write_symbol(x, out)", call))) != {}
        )


@pytest.mark.parametrize(
    ("call", "is_fault"),
    [
        pytest.param(
            'out := x  left out  solve ans "{out.recent}"  right out by 2', True, id="too early"
        ),
        pytest.param(
            'write_symbol(x, out)  left out  solve again "{out.recent}"  right out',
            True,
            id="twice",
        ),
        pytest.param(
            "if key in 'a'..'h' { write_symbol(x, out) } else { write out x }",
            False,
            id="the start",
        ),
        pytest.param(
            "if x in '0'..'4' { write_symbol(x, out) } else { write out x }", True, id="some"
        ),
        pytest.param(
            "if key in 'a'..'h' { write out x } else { write_symbol(x, out) }", False, id="the end"
        ),
        pytest.param(LISTED, False, id="a list"),
        pytest.param(
            replace_once(LISTED, "write_listed(x, out)", "write_symbol(x, out)"),
            True,
            id="what separates the items",
        ),
    ],
)
def test_answered_finds_quotes_that_are_not_the_end_of_the_answer(
    call: str, is_fault: bool
) -> None:
    text = replace_once(WRITER, "tape out: digit", "tape out: digit | ',' | ' ' word digit")
    mutant = writer(replace_once(text, "write_symbol(x, out)", call))
    assert ("quote" in faults_of(Answered, mutant)) == is_fault


def test_closed_finds_a_written_symbol_that_is_not_fetched() -> None:
    silent = replace_once(WRITER, "{x.cell|none}\n", '"1"\n')
    assert "ambiguous" in faults_of(Closed, writer(silent))


def test_covered_finds_results_that_only_longer_ranges_contain() -> None:
    text = replace_once(replace_once(SUM, "let s: 0..9", "let s: 0..99"), " % 10", "")
    text = replace_once(text, "out := s  ", "")
    faults = faults_of(Covered, make_evidence(DigitRows(text)))
    assert set(faults) == {"M", "L"}
    assert "never occur in S" in faults["L"].message
    exempt = findings_of(Covered, make_evidence(DigitRows(text, unseen=("add",))))
    assert {f.severity for f in exempt} == {Severity.NOTE}


def test_covered_accepts_names_copied_from_the_label() -> None:
    text = replace_once(SUM, "right x, key", 'solve "at" = {key.cell}  right x, key')
    named = replace(DigitRows(text), first="a")  # S has few letters
    assert faults_of(Covered, make_evidence(named)) == {}


def test_covered_searches_more_instances_for_rare_results() -> None:
    few = COUNTS | {"first": 20}
    assert faults_of(Covered, Evidence(DigitRows(SUM), counts=few)) == {}
    faults = faults_of(Covered, Evidence(DigitRows(SUM), counts=few | {"many": 20}))
    assert set(faults) == {"M", "L"}


def test_covered_finds_a_way_that_only_longer_ranges_take() -> None:
    late = "if key in 'h'..'z' { solve late \"late\" }\n" + RESULT
    faults = faults_of(Covered, make_evidence(replace(mutant(RESULT, late), first="a")))
    assert "followed by add after fetch t, fetch x, solve late late" in faults["transition"].message
    assert not faults_of(Covered, make_evidence(mutant(RESULT, late)))


def test_covered_treats_the_items_of_a_list_as_copies() -> None:
    text = replace_once(replace_once(SUM, RESULT, ""), '{s}, "x', '{s}, x "x')
    text = replace_once(
        text, "s = (s + x) % 10", 'solve both "both {key.cell}" = "{s} {x.cell}" s = x'
    )
    few = COUNTS | {"first": 40, "many": 40}  # of 100 pairs of digits
    assert faults_of(Covered, Evidence(DigitRows(text), counts=few)) == {}


@pytest.mark.parametrize(
    ("merges", "codes"),
    [([(" ", "-"), (" -", ">")], set()), ([("2", " "), ("2 ", "-")], {"value"})],
)
def test_same_tokens_finds_a_value_that_shares_a_token_with_its_successor(
    tmp_path: Path, merges: list[tuple[str, str]], codes: set[str]
) -> None:
    """A vocabulary that joins words has a token for a digit and the space before `->`."""
    vocabulary = joining_vocabulary(tmp_path / "tokenizer.json", merges)
    assert set(faults_of(SameTokens, make_evidence(DigitRows(SUM), vocabulary=vocabulary))) == codes


def test_labels_in_range_finds_letters_that_short_texts_lack() -> None:
    findings = findings_of(LabelsInRange, make_evidence(replace(DigitRows(SUM), first="a")))
    assert {f.what for f in findings} == {"M"}
    owners = [f.message.split("`")[1] for f in findings]
    assert "add" in owners
    assert len(owners) == len(set(owners)) > 2
    assert findings[2].message.startswith("f, g, h, i in `add` of M never occurs there in S")
    assert faults_of(LabelsInRange, make_evidence(DigitRows(SUM))) == {}
    exempt = findings_of(
        LabelsInRange, make_evidence(DigitRows(SUM, first="a", unseen=("add", "spell")))
    )
    assert {f.severity for f in exempt} == {Severity.NOTE}
    assert len(exempt) == len({f.step for f in exempt})


def test_labels_in_range_searches_more_instances_for_rare_letters() -> None:
    few = COUNTS | {"first": 3}  # these have few of the letters
    assert faults_of(LabelsInRange, Evidence(DigitRows(SUM), counts=few)) == {}
    faults = faults_of(LabelsInRange, Evidence(DigitRows(SUM), counts=few | {"many": 3}))
    assert set(faults) == {"M"}


def test_reach_compares_the_longest_distances() -> None:
    lengths = {TINY: (1, 2), "S": (1, 2), "M": (6, 8), "L": (19, 20)}
    vocabulary = qwen()
    far = replace(DigitRows(SUM), lengths=lengths)
    assert set(faults_of(Reach, make_evidence(far, vocabulary=vocabulary))) == {"growth"}
    exempt = findings_of(Reach, make_evidence(replace(far, far=("add",)), vocabulary=vocabulary))
    assert [f.severity for f in exempt] == [Severity.NOTE] * 3
    near = replace(far, text=replace_once(SUM, PAIRS, 'fetch "t {key.cell}" = {s}'))
    assert faults_of(Reach, make_evidence(near, vocabulary=vocabulary)) == {}
    notes = [f.message for f in findings_of(Reach, make_evidence(near, vocabulary=vocabulary))]
    assert [m.rpartition(" ")[2] for m in notes] == ["S", "M", "L"]
