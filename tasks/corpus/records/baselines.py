"""Baselines for addition that chains of thought are compared with (arXiv 2507.13332, Appendix G).

Both write the complete sum at once, after an equation instead of a question in words. *Index Hint*
(Zhou et al., arXiv 2310.16028) puts behind each digit its distance to the point as a letter, the
same in all problems. *Reversed Format* (Lee et al., arXiv 2307.03381) reverses both operands and
the sum. The paper has at most 50 digits and does not say how it names a distance of more than 26;
here the letters go on with ``aa``. The last line, which the paper does not have, states the sum in
normal notation, so that one rule reads all answers.
"""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_lowercase
from typing import NamedTuple

from tasks.answers import LABEL

BASELINE_TASKS = ("large_number_addition",)
"""Tasks whose operands ``x`` and ``y`` are two summands without signs."""


class Sum(NamedTuple):
    """An addition in the form of a baseline.

    Attributes
    ----------
    prompt
        The left side of the equation and the equals sign.
    result
        The sum in the form of the baseline.
    answer
        The answer line, which is graded.
    """

    prompt: str
    result: str
    answer: str


def index_hint(x: str, y: str, answer: str) -> Sum:
    """Write behind each digit its distance to the point; it is negative before the point.

    ::

        1(-c)2(-b)3(-a).4(a)5(b)+6(-b)7(-a).8(a)9(b)=1(-c)9(-b)1(-a).3(a)4(b)
        answer: 191.34
    """
    return _equation(_hinted, x, y, answer)


def reversed_format(x: str, y: str, answer: str) -> Sum:
    """Write both summands and the sum from their last characters.

    ::

        54.321+98.76=43.191
        answer: 191.34
    """
    return _equation(lambda number: number[::-1], x, y, answer)


BASELINES: dict[str, Callable[[str, str, str], Sum]] = {
    "index_hint": index_hint,
    "reversed": reversed_format,
}


def _equation(form: Callable[[str], str], x: str, y: str, answer: str) -> Sum:
    return Sum(f"{form(x)}+{form(y)}=", form(answer), f"{LABEL} {answer}")


def _hinted(number: str) -> str:
    integer, point, fraction = number.partition(".")
    before = "".join(f"{d}(-{_letters(len(integer) - i)})" for i, d in enumerate(integer))
    return before + point + "".join(f"{d}({_letters(i)})" for i, d in enumerate(fraction, 1))


def _letters(distance: int) -> str:
    """Return ``a`` for 1, ``z`` for 26, ``aa`` for 27 and so on."""
    letters = ""
    while distance:
        distance, index = divmod(distance - 1, 26)
        letters = ascii_lowercase[index] + letters
    return letters
