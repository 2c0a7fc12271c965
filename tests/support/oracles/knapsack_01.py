from itertools import combinations

from tasks.dynamic_programming.knapsack_01 import Knapsack


def answer(instance: Knapsack) -> str:
    """By trying every choice of items."""
    things = list(zip(instance.weights, instance.values, strict=True))
    choices = (chosen for n in range(len(things) + 1) for chosen in combinations(things, n))
    return str(
        max(sum(v for _, v in c) for c in choices if sum(w for w, _ in c) <= instance.capacity)
    )
