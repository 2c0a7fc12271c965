from itertools import combinations

from tasks.dynamic_programming.knapsack_01 import Knapsack


def answer(instance: Knapsack) -> str:
    """Try every choice of items."""
    items = list(zip(instance.weights, instance.values, strict=True))
    choices = (chosen for n in range(len(items) + 1) for chosen in combinations(items, n))
    return str(
        max(sum(v for _, v in c) for c in choices if sum(w for w, _ in c) <= instance.capacity)
    )
