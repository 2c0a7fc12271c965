from fractions import Fraction

from tasks.simulation.large_number_division import Division


def answer(instance: Division) -> str:
    units = Fraction(instance.x) / Fraction(instance.y) * 10**instance.places // 1
    integer, fraction = divmod(units, 10**instance.places)
    return f"{integer}.{fraction:0{instance.places}d}"
