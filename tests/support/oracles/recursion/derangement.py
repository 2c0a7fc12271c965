from sympy import subfactorial

from tasks.recursion.derangement import ElementCount


def answer(instance: ElementCount) -> str:
    return str(subfactorial(instance.n))
