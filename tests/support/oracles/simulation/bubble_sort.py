from tasks.simulation.bubble_sort import NumberList


def answer(instance: NumberList) -> str:
    return ", ".join(map(str, sorted(instance.values)))
