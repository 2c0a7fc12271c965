from fractions import Fraction

from tasks.simulation.compare_numbers import Decimals


def answer(instance: Decimals) -> str:
    x, y = Fraction(instance.x), Fraction(instance.y)
    return "<" if x < y else ">" if x > y else "="
