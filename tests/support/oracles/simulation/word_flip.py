from tasks.simulation.word_flip import FlippedSentence


def answer(instance: FlippedSentence) -> str:
    return instance.text[::-1]
