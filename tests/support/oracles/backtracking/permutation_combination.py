from itertools import permutations

from tasks.backtracking.permutation_combination import Elements


def answer(instance: Elements) -> str:
    orders = [" ".join(order) for order in permutations(instance.letters)]
    return f"{', '.join(orders)}; {len(orders)}"
