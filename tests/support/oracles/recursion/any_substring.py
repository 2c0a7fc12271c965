from itertools import combinations

from tasks.recursion.any_substring import String


def answer(instance: String) -> str:
    ends = combinations(range(len(instance.text) + 1), 2)
    return ", ".join(" ".join(instance.text[i:j]) for i, j in ends)
