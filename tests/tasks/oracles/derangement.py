from sympy import subfactorial

from tasks.recursion.derangement import Elements


def answer(instance: Elements) -> str:
    return str(subfactorial(instance.n))
