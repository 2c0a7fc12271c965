from math import comb

from tasks.iteration.population_growth import Population


def answer(instance: Population) -> str:
    """Sum over generations: the k-th has as many members as k times at distance x can be chosen."""
    n, x, z = instance.n, instance.x, instance.z
    ways = sum(z**k * comb(n - k * (x - 1), k) for k in range(n // x + 1))
    return str(instance.y * ways)
