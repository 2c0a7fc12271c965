from sympy import primerange

from tasks.enumeration.prime_search import Interval


def answer(instance: Interval) -> str:
    return ", ".join(map(str, primerange(instance.p, instance.q + 1))) or "none"
