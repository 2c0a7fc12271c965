"""What chains of thought for addition are compared with (arXiv 2507.13332, Appendix G).

Both write the whole sum at once. *Index Hint* names every digit, of the question too, by its place
(Zhou et al., arXiv 2310.16028); *Reversed Format* writes the sum from its lowest digit up (Lee et
al., arXiv 2307.03381). The paper adds integers; here the point is a place of its own, under which
both numbers are lined up. The sum as everybody writes it follows, so that one rule reads all
answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tasks.answers import LABEL
from tasks.places import consecutive_names

BASELINE_TASKS = ("large_number_addition",)
"""The tasks whose facts ``x PLACE`` and ``y PLACE`` are the digits of two summands."""

Digits = list[tuple[str, str]]


class Sum(NamedTuple):
    """An addition, as a baseline words it.

    Attributes
    ----------
    prompt
        The question, ending in a line break.
    result
        The sum in the baseline's form.
    answer
        The line that is graded.
    """

    prompt: str
    result: str
    answer: str


def index_hint(facts: Mapping[str, str], answer: str) -> Sum:
    """Each digit after the name of its place, the highest first.

    ::

        rl 1 rk 3 rj 3 ri 2 + rk 2 rj 3 ri 0 rh . rg 7 =
        rl 1 rk 5 rj 6 ri 2 rh . rg 7
        answer: 1562.7
    """
    x, y = _summands(facts)
    point = next(place for place, digit in x if digit == ".")
    whole, _, fraction = answer.partition(".")
    places = consecutive_names(point, len(whole) + 1, before=len(fraction))
    digits = fraction[::-1] + "." + whole[::-1]
    found = list(zip(places, digits, strict=True))
    return Sum(f"{_hinted(x)} + {_hinted(y)} =\n", _hinted(found), f"{LABEL} {answer}")


def reversed_format(facts: Mapping[str, str], answer: str) -> Sum:
    """The sum backwards.

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
    """Place and digit of both numbers, the lowest first; an integer has its point there."""
    digits: dict[str, Digits] = {"x": [], "y": []}
    for fact, digit in facts.items():
        name, _, place = fact.partition(" ")
        if name in digits:
            digits[name].append((place, "." if digit == "point" else digit))
    return digits["x"], digits["y"]


def _hinted(digits: Digits) -> str:
    """The highest first; a point that ends a number is left out."""
    shown = digits[1:] if digits[0][1] == "." else digits
    return " ".join(f"{place} {digit}" for place, digit in reversed(shown))
