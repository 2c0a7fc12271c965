"""Decimals as strings, the form that people write and machines read."""

from __future__ import annotations

from tasks.draws import Draws


def draw_digits(draws: Draws, count: int, point: int) -> str:
    """Return random digits of a decimal with ``point`` digits before the point.

    An integer part of two or more digits does not begin with a zero.
    """
    if count and point > 1:
        return str(draws.between(1, 9)) + draws.digits(count - 1)
    return draws.digits(count)


def with_point(digits: str, point: int) -> str:
    """Return the digits with a point after the first ``point`` digits, unless these are all."""
    return digits[:point] + "." + digits[point:] if point < len(digits) else digits


def count_decimals(digits: int) -> int:
    """Return the number of decimals without a sign that have this many digits."""
    one_digit_integer_part: int = 10**digits
    longer_integer_part: int = (digits - 1) * 9 * 10 ** (digits - 1)
    return one_digit_integer_part + longer_integer_part
