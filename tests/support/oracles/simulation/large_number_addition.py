from decimal import Context

from tasks.simulation.large_number_addition import Summands


def answer(instance: Summands) -> str:
    exact = Context(prec=200)
    total = exact.add(exact.create_decimal(instance.x), exact.create_decimal(instance.y))
    return f"{exact.normalize(total):f}"
