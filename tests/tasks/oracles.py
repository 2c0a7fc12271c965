"""Right answers from elsewhere: never by the algorithm of the machine."""

from decimal import Context
from fractions import Fraction

from tasks.divide_and_conquer.binary_search import Search
from tasks.simulation.bubble_sort import Numbers
from tasks.simulation.compare_numbers import Decimals
from tasks.simulation.large_number_addition import Summands
from tasks.simulation.word_flip import Sentence


def binary_search(instance: Search) -> str:
    values = instance.values
    return str(values.index(instance.target) if instance.target in values else -1)


def bubble_sort(instance: Numbers) -> str:
    return ", ".join(map(str, sorted(instance.values)))


def compare_numbers(instance: Decimals) -> str:
    x, y = Fraction(instance.x), Fraction(instance.y)
    return "<" if x < y else ">" if x > y else "="


def large_number_addition(instance: Summands) -> str:
    exact = Context(prec=200)
    total = exact.add(exact.create_decimal(instance.x), exact.create_decimal(instance.y))
    return f"{exact.normalize(total):f}"


def word_flip(instance: Sentence) -> str:
    return instance.text[::-1]


ORACLES = {
    "binary_search": binary_search,
    "bubble_sort": bubble_sort,
    "compare_numbers": compare_numbers,
    "large_number_addition": large_number_addition,
    "word_flip": word_flip,
}
