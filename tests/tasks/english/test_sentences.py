from collections import Counter
from itertools import pairwise
from string import ascii_lowercase

import pytest

import tasks
from tasks.answers import SENTENCE
from tasks.english.sentences import PATTERNS, draw_sentence, draw_words, word_groups

WORDS = {word for group in word_groups().values() for word in group}


def test_a_word_is_listed_once_in_its_group() -> None:
    assert len(WORDS) > 700
    for name, group in word_groups().items():
        assert [word for word, count in Counter(group).items() if count > 1] == [], name
        assert all(word.isascii() and word.isalpha() and len(word) <= 9 for word in group)


def test_every_group_is_used_and_every_letter_occurs() -> None:
    used = set(PATTERNS.split()) | {"link"}
    assert used - {"on", "and"} == set(word_groups())
    assert {*"".join(WORDS).lower()} == {*ascii_lowercase}


@pytest.mark.parametrize("length", [*range(1, 60), 100, 675])
def test_a_sentence_has_exactly_its_length(length: int) -> None:
    stream = tasks.Stream("sentences", length)
    for index in range(50):
        text = draw_sentence(stream.at(index), length)
        assert len(text) == length
        assert SENTENCE.read(text) == text


@pytest.mark.parametrize("count", [*range(1, 30), 100])
def test_words_have_exactly_their_number(count: int) -> None:
    stream = tasks.Stream("words", count)
    for index in range(50):
        words = draw_words(stream.at(index), count)
        assert len(words) == count
        assert {*words} <= WORDS | {"a", "an", "on", "and"}


def test_a_letter_can_be_made_frequent() -> None:
    def occurrences(letter: str, tries: int) -> int:
        stream = tasks.Stream("frequent", letter)
        texts = ["".join(draw_words(stream.at(i), 6, letter="e", tries=tries)) for i in range(200)]
        return "".join(texts).count(letter)

    assert occurrences("e", 20) > 2 * occurrences("e", 1)


def test_an_article_fits_the_word_after_it() -> None:
    stream = tasks.Stream("articles")
    for index in range(2000):
        words = draw_words(stream.at(index), 8)
        for word, following in pairwise(words):
            if word in ("a", "an"):
                assert (word == "an") == (following[0] in "aeiou")
