from collections import Counter
from itertools import product

import pytest

import tasks
from tasks.english.sentences import CODE_CHARACTERS
from tasks.simulation.word_flip import FlippedSentence
from tests.support.oracles.simulation.word_flip import answer
from tests.support.tasks.task_samples import (
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
)


@pytest.mark.parametrize("text", ["", " a", "a ", "a  b", 'a"', "a|", "a\\", "a\n", "é"])
def test_invalid_sentences_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="word_flip"):
        FlippedSentence(text=text)


@pytest.mark.parametrize("first", ["", "a", "aa", "y", "z", "zy", "zz", "B", "bbb", "?"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    for good in ("b", "x", "ab", "zx"):
        FlippedSentence(text="ok", first=good)
    with pytest.raises(
        ValueError, match=r"places cannot begin .* 1 names before it and 2 names after it"
    ):
        FlippedSentence(text="ok", first=first)


def test_every_short_sentence_is_solved() -> None:
    task = tasks.get("word_flip")
    texts = ["".join(signs) for n in range(1, 8) for signs in product("a- ", repeat=n)]
    sample = [FlippedSentence(text=text) for text in texts if text == " ".join(text.split())]
    assert machine_answers(task, sample) == [*map(answer, sample)]


def test_english_sentences_and_all_characters_are_drawn() -> None:
    sample = draw_instances(tasks.get("word_flip"), "S", SAMPLE_SIZE)
    signs = Counter("".join(i.text for i in sample))
    assert set(signs) == {" ", *CODE_CHARACTERS}
    assert 0.1 < signs[" "] / signs.total() < 0.2
    assert sum(count for sign, count in signs.items() if sign.islower()) / signs.total() > 0.6
    sentences = sum(i.text[-1] in ".!?" and i.text[0].isupper() for i in sample)
    assert 0.7 < sentences / SAMPLE_SIZE < 0.95
    assert sum(i.text == i.text[::-1] for i in sample) == 0


def test_names_reach_five_times_the_longest_range() -> None:
    task = tasks.get("word_flip")
    (instance,) = draw_instances(task, 500, 1)
    assert machine_answers(task, [instance]) == [answer(instance)]
