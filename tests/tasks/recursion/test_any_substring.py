from collections import Counter
from itertools import product

import pytest

import tasks
from tasks.recursion.any_substring import CHARACTERS, String
from tests.support.oracles.recursion.any_substring import answer
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    all_problems,
    draw_instances,
    machine_answers,
)


@pytest.mark.parametrize("text", ["", "A", "a b", "a,b", "é", "a\n", "-1", "１"])
def test_invalid_strings_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="any_substring takes characters"):
        String(text=text)


@pytest.mark.parametrize("first", ["", "y", "A", "ab", "?"])
def test_invalid_first_names_are_rejected(first: str) -> None:
    String(text="ok", first="x")
    with pytest.raises(ValueError, match=r"cannot begin|names places by one letter"):
        String(text="ok", first=first)


def test_every_short_string_is_solved() -> None:
    task = tasks.get("any_substring")
    sample = [String(text="".join(s)) for n in range(1, 8) for s in product("a7z", repeat=n)]
    assert machine_answers(task, sample) == [*map(answer, sample)]


def test_duplicates_are_kept_in_order() -> None:
    task = tasks.get("any_substring")
    assert task.answer(String(text="a7a")) == "a, a 7, a 7 a, 7, 7 a, a"


def test_characters_are_drawn_uniformly_and_recur() -> None:
    sample = draw_instances(tasks.get("any_substring"), "S", SAMPLE_SIZE)
    signs = Counter("".join(i.text for i in sample))
    assert set(signs) == set(CHARACTERS)
    share = signs.total() / len(CHARACTERS)
    assert all(abs(n / share - 1) < 0.25 for n in signs.values())
    recurring = sum(len(set(i.text)) < len(i.text) for i in sample)
    assert abs(recurring / SAMPLE_SIZE - 0.536) < MAX_DEVIATION
    assert any(len(set(i.text)) == 1 for i in sample)


def test_unrank_yields_every_string_once() -> None:
    task = tasks.get("any_substring")
    for n in (1, 2, 3):
        texts = {problem.text for problem in all_problems(task, n)}
        assert texts == {*map("".join, product(CHARACTERS, repeat=n))}
