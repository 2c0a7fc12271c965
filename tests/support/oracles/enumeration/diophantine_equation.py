from math import gcd

from tasks.enumeration.diophantine_equation import Equation


def answer(instance: Equation) -> str:
    """Solve by the inverse of x modulo y: in successive solutions, a differs by y."""
    common = gcd(instance.x, instance.y)
    if instance.n % common:
        return "none"
    x, y, n = (number // common for number in (instance.x, instance.y, instance.n))
    first = n * pow(x, -1, y) % y
    return ", ".join(f"({a}, {(n - x * a) // y})" for a in range(first, n // x + 1, y)) or "none"
