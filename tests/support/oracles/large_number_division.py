from fractions import Fraction

from tasks.simulation.large_number_division import Division


def answer(instance: Division) -> str:
    units = Fraction(instance.x) / Fraction(instance.y) * 10**instance.places // 1
    whole, part = divmod(units, 10**instance.places)
    return f"{whole}.{part:0{instance.places}d}"
