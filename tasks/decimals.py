"""Decimals as texts, which is what people write and machines read."""

from __future__ import annotations

from tasks.draws import Draws


def draw_digits(draws: Draws, count: int, whole: int) -> str:
    """Random digits of a decimal, ``whole`` of them before the point: no zero leads two or more."""
    if count and whole > 1:
        return str(draws.between(1, 9)) + draws.digits(count - 1)
    return draws.digits(count)


def with_point(digits: str, whole: int) -> str:
    """The digits with a point after the first ``whole``, if any are left."""
    return digits[:whole] + "." + digits[whole:] if whole < len(digits) else digits


def count_decimals(digits: int) -> int:
    """How many there are without a sign: with one digit before the point, then with more."""
    count: int = 10**digits + (digits - 1) * 9 * 10 ** (digits - 1)
    return count
