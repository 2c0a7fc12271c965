from math import comb

from tasks.iteration.population_growth import Population


def answer(instance: Population) -> str:
    """By generations: the k-th is born in as many ways as k times can be chosen, x apart."""
    n, x, z = instance.n, instance.x, instance.z
    ways = sum(z**k * comb(n - k * (x - 1), k) for k in range(n // x + 1))
    return str(instance.y * ways)
