from tasks.simulation.word_flip import Sentence


def answer(instance: Sentence) -> str:
    return instance.text[::-1]
