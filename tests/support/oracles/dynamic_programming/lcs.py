from rapidfuzz.distance import LCSseq

from tasks.strings import Strings


def answer(instance: Strings) -> str:
    """Search from the ends: keep matches, otherwise shorten x if that loses no length, else y.

    The lengths come from a bit-parallel algorithm.
    """
    x, y = instance.x, instance.y
    subsequence = ""
    while x and y:
        if x[-1] == y[-1]:
            subsequence = x[-1] + subsequence
            x, y = x[:-1], y[:-1]
        elif LCSseq.similarity(x[:-1], y) == LCSseq.similarity(x, y):
            x = x[:-1]
        else:
            y = y[:-1]
    return " ".join(subsequence) or "none"


def right(instance: Strings, text: str) -> bool:
    """Return whether ``text`` is any of the longest common subsequences."""
    letters = "" if text == "none" else text.replace(" ", "")
    shared = [LCSseq.similarity(letters, string) for string in (instance.x, instance.y)]
    return shared == [len(letters)] * 2 and len(letters) == LCSseq.similarity(
        instance.x, instance.y
    )
