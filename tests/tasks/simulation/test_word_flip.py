from collections import Counter
from itertools import product
from string import ascii_lowercase

import pytest

import tasks
from tasks.simulation.word_flip import CHARACTERS, FlippedSentence
from tests.support.oracles.simulation.word_flip import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
)


@pytest.mark.parametrize("text", ["", " a", "a ", "a  b", 'a"', "a|", "a\\", "a\n", "é"])
def test_invalid_sentences_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="word_flip"):
        FlippedSentence(text=text)


@pytest.mark.parametrize("first", ["", "a", "aa", "z", "zz", "B", "bbb", "?"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    for good in ("b", "y", "ab", "zy"):
        FlippedSentence(text="ok", first=good)
    with pytest.raises(
        ValueError, match=r"places cannot begin .* 1 names before it and 1 names after it"
    ):
        FlippedSentence(text="ok", first=first)


def test_every_short_sentence_is_solved() -> None:
    task = tasks.get("word_flip")
    texts = ["".join(signs) for n in range(1, 8) for signs in product("a- ", repeat=n)]
    sample = [FlippedSentence(text=text) for text in texts if text == " ".join(text.split())]
    assert machine_answers(task, sample) == [*map(answer, sample)]


def test_all_characters_are_drawn() -> None:
    sample = draw_instances(tasks.get("word_flip"), "M", SAMPLE_SIZE)
    signs = Counter("".join(i.text for i in sample))
    assert len(signs) == 92
    assert 0.1 < signs[" "] / signs.total() < 0.2
    plain = sum(set(i.text) <= {" ", *ascii_lowercase} for i in sample)
    assert abs(plain / SAMPLE_SIZE - 0.5) < MAX_DEVIATION
    assert sum(i.text == i.text[::-1] for i in sample) == 0


def test_count_equals_an_enumeration() -> None:
    task = tasks.get("word_flip")
    for n in (1, 2, 3):
        signs = product([" ", *CHARACTERS], repeat=n)
        texts = map("".join, signs)
        assert task.count(n) == sum(text == " ".join(text.split()) != "" for text in texts)
    for n in (4, 9):  # count sentences by their spaces, weighted by the other characters
        texts = map("".join, product(" a", repeat=n))
        kinds = sum(91 ** text.count("a") for text in texts if text == " ".join(text.split()))
        assert task.count(n) == kinds
