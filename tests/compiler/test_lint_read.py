"""The rule *read* accepts a machine that reads its prompt, and finds the fault of each mutant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from compiler.lint import TINY, Case, Evidence, Severity
from compiler.lint.rule import Rule, observe_all
from compiler.lint.rules.closed import Closed
from compiler.lint.rules.covered import Covered
from compiler.lint.rules.fetched import Fetched
from compiler.lint.rules.read import Read
from tests.support.tasks.lint_subjects import COUNTS, compile_table, replace_once
from tm.table import Table

HEAD = """
import std.words
class digit = '0'..'9'
tape x: digit | ' ' | ',' | '-' word digit | '-'
tape place: 'a'..'z' | ' ' word 'a'..'z'
tape lead: ' '..'~' word ' '..'}'
tape out: digit
main {
    step read at "first" { fetch lead "start at {place}"  solve "first" = {place} }
"""

READER = (
    HEAD
    + """    step read at "x" {
        fetch lead "{lead} {x.cell|end}", first "first" = {place}
        solve x "x {place}" = {x.cell|end}
    }
    while x != _ {
        right x
        next_word(place)
        step read at "x {place}" {
            fetch recent "{x.recent}"
            solve x "x {place}" = {x.cell|end}
        }
    }
    rewind(x, place)
    let s: 0..9 = 0
    step begin { fetch "first" = {place} }
    loop {
        step add at "{place} {s}" {
            fetch "x {place}" = {x.cell|end}
            if x == _ { break }
            s = (s + x) % 10
            solve "s {place}" = {s}
        }
        right x
        next_word(place)
    }
    out := s
    answer "{out}"
}
"""
)
"""Reads a row of digits, and adds them up modulo 10."""

LIST_READER = (
    HEAD
    + """    step read at "x" {
        fetch lead "{lead} {x}", first "first" = {place}
        solve x "x {place}" = {x}
    }
    loop {
        right x until x not in word
        right x until x in word or x == _
        next_word(place)
        step read at "x {place}" {
            fetch last "{x.last_word}, {x|end}"
            solve x "x {place}" = {x|end}
            if x == _ { break }
        }
    }
    out := 1
    answer "{out}"
}
"""
)

PAIR_READER = (
    HEAD.replace("tape x:", "tape x: 'a'..'z' |")
    + """    take_pair()
    step read at "x" {
        fetch lead "{lead} {pair}", first "first" = {place}
        solve x "x {place}" = {pair}, letter "letter {place}" = {pair.cell}
    }
    loop {
        next_word(pair)
        next_word(place)
        right x by 2
        take_pair()
        step read at "x {place}" {
            fetch last "{pair.last_word}, {pair|end}"
            solve x "x {place}" = {pair|end}
            if pair == _ { break }
            solve letter "letter {place}" = {pair.cell}
        }
    }
    out := 1
    answer "{out}"
}
tape pair: 'a'..'z' | digit | ' ' | ',' word 'a'..'z' | digit | ' '

proc take_pair() uses x, pair {
    if x != _ {
        while x != _ and x != ',' { pair := x  right x, pair }
        pair := ','
        to_first(pair)
    }
}
"""
)
"""Reads pairs of a letter and a digit, with a space in between."""


@dataclass(frozen=True)
class Rows:
    """A lint subject: rows of digits, or lists of integers or pairs, as a prompt writes them.

    The letters of pairs differ between the ranges.
    """

    text: str
    lists: bool = False
    pairs: bool = False
    names: tuple[str, ...] = ()
    ranges: Sequence[str] = ("S", "M")
    coarse: Collection[str] = ()
    far: Collection[str] = ()
    unseen: Collection[str] = ()
    other_leads: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        return compile_table(self.text)

    def form_fault(self, answer: str) -> str:
        return "" if answer.isdigit() else "it must be digits"

    def cases(self, range_name: str, count: int) -> list[Case]:
        random = Random(range_name)
        return [self._case(random, range_name, index) for index in range(count)]

    def _case(self, random: Random, range_name: str, index: int) -> Case:
        low, high = {TINY: (1, 3), "S": (3, 6), "M": (7, 10)}[range_name]
        length, digits = random.randint(low, high), "01" if range_name == TINY else "0123456789"
        start = random.randrange(4 if range_name == TINY else 14)
        items = [random.choice(digits) for _ in range(length)]
        if self.lists:
            items = [random.choice(("", "-")) + "1" + item for item in items]
        if self.pairs:
            letters = {TINY: "ab", "S": "cdefghijklm", "M": "nopqrstuvwxyz"}[range_name]
            items = [f"{random.choice(letters)} {item}" for item in items]
        operand = ", ".join(items) if self.lists or self.pairs else "".join(items)
        places = "abcdefghijklmnopqrstuvwxyz"[start : start + length + 2]
        return Case(
            name=f"{range_name} {index}",
            tapes={"x": operand, "place": " ".join(places), "lead": "numbers are:~"},
            operands={"x": operand},
            leads={"x": "numbers are:", **self.other_leads},
            names=self.names or (places[0],),
        )


def faults_of(rule_type: type[Rule], subject: Rows) -> dict[str, str]:
    """Return the messages of one rule's errors and warnings, by their codes."""
    evidence = Evidence(subject, counts=COUNTS)
    rule = rule_type(evidence)
    observe_all(evidence, [rule])
    return {f.what: f.message for f in rule.findings() if f.severity is not Severity.NOTE}


@pytest.mark.parametrize(
    "subject", [Rows(READER), Rows(LIST_READER, lists=True), Rows(PAIR_READER, pairs=True)]
)
@pytest.mark.parametrize("rule_type", [Read, Fetched, Closed, Covered])
def test_a_machine_that_reads_follows_the_rules(rule_type: type[Rule], subject: Rows) -> None:
    assert not faults_of(rule_type, subject)


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        pytest.param(
            "        right x\n        next_word(place)\n        step read",
            "        right x\n        if x != _ { right x }\n        next_word(place)\n"
            "        step read",
            "symbol", "where `x` continues with", id="a character is left out",
        ),
        pytest.param(
            "    while x != _ {\n        right x\n        next_word(place)\n        step read",
            "    while x != _ {\n        next_word(place)\n        right x\n"
            "        if x == _ { break }\n        step read",
            "end", "does not say that `x` ends", id="the end is not said",
        ),
        pytest.param(
            "    while x != _ {\n        right x\n        next_word(place)\n        step read",
            "    repeat 2 {\n        if x == _ { break }\n        right x\n"
            "        next_word(place)\n        step read",
            "rest", "not read to its end", id="the rest is not read",
        ),
        pytest.param(
            "{x.recent}", "{x.previous}", "place", "which has", id="too little is copied"
        ),
        pytest.param('fetch recent "{x.recent}"', "", "place", "nothing", id="nothing is copied"),
        pytest.param('"{lead} ', '"digits ', "place", "'numbers are: ", id="a wrong lead"),
        pytest.param('"start at ', '"Labels ', "place", "'start at ", id="a wrong lead of names"),
    ],
)  # fmt: skip
def test_read_finds_the_fault_of_a_mutant(old: str, new: str, code: str, message: str) -> None:
    faults = faults_of(Read, Rows(replace_once(READER, old, new)))
    assert message in faults[code]


def test_read_finds_an_item_without_its_sign() -> None:
    mutant = LIST_READER.replace("| '-' word digit | '-'", "| '-' word digit")
    assert {"symbol"} <= faults_of(Read, Rows(mutant, lists=True)).keys()


def test_read_finds_an_item_that_is_not_copied_with_the_one_before() -> None:
    mutant = replace_once(PAIR_READER, "{pair.last_word}, {pair|end}", "{pair.last_word}, {place}")
    assert "which has" in faults_of(Read, Rows(mutant, pairs=True))["place"]


def test_read_names_the_operand_whose_words_are_copied() -> None:
    mutant = replace_once(READER, '"{lead} ', '"digits ')
    faults = faults_of(Read, Rows(mutant, other_leads={"y": "digits"}))
    assert "; its words precede `y`: the method `words` must list the operands" in faults["place"]


def test_read_finds_a_name_that_is_not_read() -> None:
    assert "the prompt gives b, c" in faults_of(Read, Rows(READER, names=("b", "c")))["names"]


def test_read_accepts_the_word_before_an_operand_only_with_its_first_three_symbols() -> None:
    recent = 'fetch recent "{x.recent}"'
    near = """left x by 3
            let follows: bool = x == _
            right x by 3
            if follows { fetch lead "{lead} {x.recent}" } else { fetch recent "{x.recent}" }"""
    assert not faults_of(Read, Rows(replace_once(READER, recent, near)))
    mutant = replace_once(READER, recent, 'fetch lead "{lead} {x.recent}"')
    assert "which has" in faults_of(Read, Rows(mutant))["place"]


def test_fetched_does_not_accept_what_was_not_read() -> None:
    mutant = replace_once(READER, 'fetch "x {place}"', 'fetch "y {place}"')
    assert "never solved" in faults_of(Fetched, Rows(mutant))["source of y"]


def test_closed_finds_a_result_of_reading_that_does_not_follow_from_it() -> None:
    mutant = replace_once(
        READER,
        'fetch recent "{x.recent}"\n            solve x "x {place}" = {x.cell|end}',
        """fetch recent "{x.recent}"
            left x
            let before: 0..9 = x
            right x
            solve x "x {place}" = {x.cell|end}, "before" = {before}""",
    )
    assert "ambiguous" in faults_of(Closed, Rows(mutant))


def test_a_note_counts_the_texts_in_which_a_quote_is_at_two_places() -> None:
    subject = Rows(LIST_READER, lists=True)
    evidence = Evidence(subject, counts=COUNTS)
    rule = Read(evidence)
    observe_all(evidence, [rule])
    shares = []
    for range_name in subject.ranges:
        cases = subject.cases(range_name, COUNTS["others"])
        lists = [[*case.operands["x"].split(", "), "end"] for case in cases]
        ambiguous = sum(len(set(pairwise(items))) > len(set(items[:-1])) for items in lists)
        shares.append(f"{ambiguous} of {len(cases)} texts of {range_name}")
    (note,) = [f for f in rule.findings() if f.severity is Severity.NOTE]
    assert note.message.endswith(f" in {', '.join(shares)}")
    assert not shares[1].startswith("0 ")
