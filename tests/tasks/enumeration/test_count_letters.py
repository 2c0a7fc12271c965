from collections import Counter
from itertools import product
from string import ascii_lowercase

import pytest

import tasks
from tasks.enumeration.count_letters import Sentence
from tests.support.oracles.enumeration.count_letters import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
)


@pytest.mark.parametrize("text", ["", " a", "a ", "a  b", "A", "a.", "a\n", "é"])
def test_invalid_sentences_are_rejected(text: str) -> None:
    Sentence(text="abcdefghij a", letter="z")
    with pytest.raises(ValueError, match="count_letters takes words of letters a to z"):
        Sentence(text=text, letter="a")


@pytest.mark.parametrize("letter", ["", "ab", "A", " ", "é", "1"])
def test_invalid_letters_are_rejected(letter: str) -> None:
    with pytest.raises(ValueError, match="count_letters counts one of the letters"):
        Sentence(text="ab", letter=letter)


def test_a_letter_may_occur_at_most_99_times() -> None:
    longest = Sentence(text=" ".join(["a" * 9] * 11), letter="a")
    assert tasks.get("count_letters").answer(longest) == "99"
    with pytest.raises(ValueError, match="at most 99 times"):
        Sentence(text=f"{longest.text} a", letter="a")


@pytest.mark.parametrize("first", ["", "x", "A", "zx", "?", "aaa"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    for good in ("w", "aa", "zw"):
        Sentence(text="a b", letter="a", first=good)
    with pytest.raises(ValueError, match="cannot begin"):
        Sentence(text="a b", letter="a", first=first)


def test_every_short_sentence_is_solved() -> None:
    task = tasks.get("count_letters")
    texts = ["".join(signs) for n in range(1, 8) for signs in product("ab ", repeat=n)]
    good = [text for text in texts if text == " ".join(text.split())]
    sample = [Sentence(text=text, letter=letter) for text in good for letter in "abc"]
    assert machine_answers(task, sample) == [*map(answer, sample)]


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_no_simple_guess_is_often_right(range_name: str) -> None:
    sample = draw_instances(tasks.get("count_letters"), range_name, SAMPLE_SIZE)
    counts = Counter(int(answer(i)) for i in sample)
    assert abs(counts[0] / SAMPLE_SIZE - 0.1) < MAX_DEVIATION
    assert max(counts.values()) / SAMPLE_SIZE < 0.3
    assert sum(n for count, n in counts.items() if count > 9) / SAMPLE_SIZE > 0.01
    assert max(counts) == 19
    in_proportion = sum(
        round(len(i.text) / len({*i.text, i.letter})) == int(answer(i)) for i in sample
    )
    assert in_proportion / SAMPLE_SIZE < 0.4
    letters = Counter(i.letter for i in sample)
    assert set(letters) == {*ascii_lowercase}
    assert max(letters.values()) / SAMPLE_SIZE < 0.25


def test_names_reach_five_times_the_longest_range() -> None:
    task = tasks.get("count_letters")
    sample = draw_instances(task, 100, 20)
    assert machine_answers(task, sample) == [*map(answer, sample)]
