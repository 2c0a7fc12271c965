from tasks.simulation.bubble_sort import Numbers


def answer(instance: Numbers) -> str:
    return ", ".join(map(str, sorted(instance.values)))
