from rapidfuzz.distance import Levenshtein

from tasks.strings import Strings


def answer(instance: Strings) -> str:
    return str(Levenshtein.distance(instance.x, instance.y))
