"""Baselines for addition that chains of thought are compared with (arXiv 2507.13332, Appendix G).

Both write the complete sum at once. *Index Hint* puts the name of its place before every digit, in
the question too (Zhou et al., arXiv 2310.16028). *Reversed Format* writes the sum from its lowest
digit (Lee et al., arXiv 2307.03381). The paper adds integers; here the decimal point has a place of
its own, at which both numbers are aligned. The last line states the sum in normal notation, so that
one rule reads all answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tasks.answers import LABEL
from tasks.places import consecutive_names

BASELINE_TASKS = ("large_number_addition",)
"""Tasks whose facts ``x PLACE`` and ``y PLACE`` are the digits of two summands."""

Digits = list[tuple[str, str]]
"""Pairs of a place name and its digit, the lowest place first."""


class Sum(NamedTuple):
    """An addition in the form of a baseline.

    Attributes
    ----------
    prompt
        The question, ending in a line break.
    result
        The sum in the form of the baseline.
    answer
        The answer line, which is graded.
    """

    prompt: str
    result: str
    answer: str


def index_hint(facts: Mapping[str, str], answer: str) -> Sum:
    """Write the name of its place before each digit, the highest place first.

    ::

        rl 1 rk 3 rj 3 ri 2 + rk 2 rj 3 ri 0 rh . rg 7 =
        rl 1 rk 5 rj 6 ri 2 rh . rg 7
        answer: 1562.7
    """
    x, y = _summands(facts)
    point = next(place for place, digit in x if digit == ".")
    integer, _, fraction = answer.partition(".")
    places = consecutive_names(point, len(integer) + 1, before=len(fraction))
    digits = fraction[::-1] + "." + integer[::-1]
    total = list(zip(places, digits, strict=True))
    return Sum(f"{_hinted(x)} + {_hinted(y)} =\n", _hinted(total), f"{LABEL} {answer}")


def reversed_format(facts: Mapping[str, str], answer: str) -> Sum:
    """Write the sum from its lowest digit.

    ::

        1332 + 230.7 =
        7.2651
        answer: 1562.7
    """
    x, y = ("".join(digit for _, digit in number)[::-1] for number in _summands(facts))
    x, y = x.removesuffix("."), y.removesuffix(".")
    return Sum(f"{x} + {y} =\n", answer[::-1], f"{LABEL} {answer}")


BASELINES: Mapping[str, Callable[[Mapping[str, str], str], Sum]] = {
    "index_hint": index_hint,
    "reversed": reversed_format,
}


def _summands(facts: Mapping[str, str]) -> tuple[Digits, Digits]:
    """Return the digits of both numbers; the lowest place of an integer is its point."""
    digits: dict[str, Digits] = {"x": [], "y": []}
    for fact, digit in facts.items():
        name, _, place = fact.partition(" ")
        if name in digits:
            digits[name].append((place, "." if digit == "point" else digit))
    return digits["x"], digits["y"]


def _hinted(digits: Digits) -> str:
    """Return the digits with their places, the highest first, without a final point."""
    kept = digits[1:] if digits[0][1] == "." else digits
    return " ".join(f"{place} {digit}" for place, digit in reversed(kept))
