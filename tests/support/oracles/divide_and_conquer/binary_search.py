from tasks.divide_and_conquer.binary_search import Search


def answer(instance: Search) -> str:
    values = instance.values
    return str(values.index(instance.target) if instance.target in values else -1)
