from collections import Counter

from tasks.enumeration.count_letters import Sentence


def answer(instance: Sentence) -> str:
    return str(Counter(instance.text)[instance.letter])
