"""Small machines for the rules, and instances of them by range."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import pytest

from compiler.lint import TINY, Case, Evidence
from compiler.vocabulary import Vocabulary
from tm.pipeline import check_text
from tm.table import Table

LETTERS = "abcdefghijklmnopqrstuvwxyz"
COUNTS = {TINY: 800, "first": 800, "others": 20, "many": 1600}

SUM = """
class digit = '0'..'9'
tape x: digit
tape key: 'a'..'z'
tape out: digit
main {
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
"""The sum of digits modulo 10. It keeps every rule but *reach*."""


def changed(text: str, old: str, new: str) -> str:
    """A mutant: ``text`` with one place changed, which must be there."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


LOOP_INSIDE = """
class digit = '0'..'9'
tape x: digit
tape key: 'a'..'z'
tape out: digit
main {
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
INNER_STEPS = changed(
    changed(LOOP_INSIDE, "fetch \"x", "step digit at \"{key.cell}\" { fetch \"x"),
    "right x, key\n", "solve \"s\" = {s} }\n right x, key\n",
)  # fmt: skip


@cache
def table_of(text: str) -> Table:
    return check_text(text).table


@dataclass(frozen=True)
class Digits:
    """Rows of random digits, keyed by letters from a random first one on (or from ``first``)."""

    text: str
    ranges: Sequence[str] = ("S", "M", "L")
    lengths: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {TINY: (0, 2), "S": (2, 4), "M": (6, 8), "L": (10, 12)}
    )
    coarse: Collection[str] = ()
    far: Collection[str] = ()
    unseen: Collection[str] = ()
    first: str | None = None
    separator: str = " "
    answer: Callable[[str], str] = lambda x: str(sum(map(int, x)) % 10)
    digits: str = "0123456789"
    form: Callable[[str], bool] = str.isdigit

    @property
    def table(self) -> Table:
        return table_of(self.text)

    def reads(self, answer: str) -> bool:
        return self.form(answer)

    def cases(self, where: str, count: int) -> list[Case]:
        draws = random.Random(where)
        return [self._case(draws, where, index) for index in range(count)]

    def _case(self, draws: random.Random, where: str, index: int) -> Case:
        length = draws.randint(*self.lengths[where])
        start = draws.randrange(len(LETTERS) - length if where != TINY else 2)
        start = LETTERS.index(self.first) if self.first else start
        keys = LETTERS[start : start + length + 1]
        x = "".join(draws.choice("01" if where == TINY else self.digits) for _ in range(length))
        facts = {f"x {k}": d for k, d in zip(keys, x, strict=False)} | {f"t {keys[0]}": "0"}
        return Case(
            name=f"{where} {index}",
            tapes={"x": x, "key": keys},
            facts=facts,
            prompt=f"Given {self.separator.join(f'{k} = {v}' for k, v in facts.items())} .\n",
            answer=self.answer(x),
        )


def evidence(subject: Digits, *, vocabulary: Vocabulary | None = None, depth: int = 1) -> Evidence:
    return Evidence(subject, vocabulary=vocabulary, depth=depth, counts=COUNTS)


def qwen() -> Vocabulary:
    """The Qwen vocabulary, from a package that carries it; the test is skipped without."""
    try:
        return Vocabulary.qwen()
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
