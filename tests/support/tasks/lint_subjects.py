"""Small machines for the lint rules, with random instances by range."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

from compiler.lint import TINY, Case, Evidence
from compiler.vocabulary import Vocabulary
from tm.pipeline import check_text
from tm.table import Table

LETTERS = "abcdefghijklmnopqrstuvwxyz"
COUNTS = {TINY: 800, "first": 800, "others": 20, "many": 1600}

SPELL = """
proc spell() uses x, key {
    loop {
        step spell at "{key.cell}" {
            fetch recent "{x.recent}"
            solve spelled "x {key.cell}" = {x.cell|none}
            if x == _ { break }
        }
        right key, x
    }
    left key, x
    while x != _ { left key, x }
    right key, x
    step begin at "{key.cell}" { solve zero "t {key.cell}" = "0" }
}
"""
"""Spells a row of digits: later steps can fetch them."""

SUM = (
    SPELL
    + """
class digit = '0'..'9'
tape x: digit
tape key: 'a'..'z'
tape out: digit
main {
    spell()
    let s: 0..9 = 0
    loop {
        step add at "{key.cell}" {
            fetch "t {key.cell}" = {s}, "x {key.cell}" = {x.cell|none}
            if x == _ { out := s  solve "ans" = {s}  break }
            s = (s + x) % 10
            right x, key
            solve "t {key.cell}" = {s}
        }
    }
    answer "{out.all}"
}
"""
)
"""The sum of digits modulo 10; it follows every rule except *reach*."""


def replace_once(text: str, old: str, new: str) -> str:
    """Return ``text`` with its only occurrence of ``old`` replaced by ``new``."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


LOOP_IN_A_STEP = (
    SPELL
    + """
class digit = '0'..'9'
tape x: digit
tape key: 'a'..'z'
tape out: digit
main {
    spell()
    let s: 0..9 = 0
    step sum at "{key.cell}" {
        while x != _ {
            fetch "x {key.cell}" = {x.cell}
            s = (s + x) % 10
            right x, key
        }
        out := s
        solve "ans" = {s}
    }
    answer "{out.all}"
}
"""
)
INNER_STEPS = replace_once(
    replace_once(LOOP_IN_A_STEP, "fetch \"x", "step digit at \"{key.cell}\" { fetch \"x"),
    "right x, key\n", "solve \"s\" = {s} }\n right x, key\n",
)  # fmt: skip


@cache
def compile_table(text: str) -> Table:
    """Return the table of the machine whose source is ``text``."""
    return check_text(text).table


@dataclass(frozen=True)
class DigitRows:
    """A lint subject whose instances are rows of random digits, each digit keyed by a letter.

    Attributes
    ----------
    text
        Source of the machine.
    lengths
        Smallest and largest number of digits, by range.
    first
        Letter of the first key; None draws it at random.
    answer
        Returns the right answer for a row.
    digits
        Symbols that rows are made of; tiny rows use 0 and 1 only.
    has_form
        Whether an answer has the requested form.
    """

    text: str
    ranges: Sequence[str] = ("S", "M", "L")
    lengths: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {TINY: (0, 2), "S": (2, 4), "M": (6, 8), "L": (10, 12)}
    )
    coarse: Collection[str] = ()
    far: Collection[str] = ()
    unseen: Collection[str] = ()
    first: str | None = None
    answer: Callable[[str], str] = lambda x: str(sum(map(int, x)) % 10)
    digits: str = "0123456789"
    has_form: Callable[[str], bool] = str.isdigit

    @property
    def table(self) -> Table:
        return compile_table(self.text)

    def form_fault(self, answer: str) -> str:
        return "" if self.has_form(answer) else "it must be otherwise"

    def cases(self, range_name: str, count: int) -> list[Case]:
        random = Random(range_name)
        return [self._case(random, range_name, index) for index in range(count)]

    def _case(self, random: Random, range_name: str, index: int) -> Case:
        tiny = range_name == TINY
        length = random.randint(*self.lengths[range_name])
        start = random.randrange(2 if tiny else len(LETTERS) - length)
        start = LETTERS.index(self.first) if self.first else start
        keys = LETTERS[start : start + length + 1]
        x = "".join(random.choice("01" if tiny else self.digits) for _ in range(length))
        return Case(
            name=f"{range_name} {index}",
            tapes={"x": x, "key": keys},
            answer=self.answer(x),
        )


def make_evidence(
    subject: DigitRows, *, vocabulary: Vocabulary | None = None, depth: int = 1
) -> Evidence:
    """Return evidence of a size that suits tests."""
    return Evidence(subject, vocabulary=vocabulary, depth=depth, counts=COUNTS)
