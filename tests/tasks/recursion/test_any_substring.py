from collections import Counter
from itertools import product

import pytest

import tasks
from tasks.recursion.any_substring import CHARACTERS, String
from tests.support.oracles.any_substring import answer
from tests.support.task_samples import COUNT, SPREAD, drawn
from tm import run_batch


@pytest.mark.parametrize("text", ["", "A", "a b", "a,b", "é", "a\n", "-1", "１"])
def test_strings_that_are_no_instance(text):
    with pytest.raises(ValueError, match="any_substring takes characters"):
        String(text=text)


@pytest.mark.parametrize("first", ["", "y", "A", "ab", "?"])
def test_strings_whose_places_lack_names(first):
    String(text="ok", first="x")
    with pytest.raises(ValueError, match=r"cannot begin|names places by one letter"):
        String(text="ok", first=first)


def test_every_short_string():
    task = tasks.get("any_substring")
    sample = [String(text="".join(s)) for n in range(1, 8) for s in product("a7z", repeat=n)]
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    assert [batch.text("out", i) for i in range(len(sample))] == [*map(answer, sample)]


def test_duplicates_are_kept_in_order():
    task = tasks.get("any_substring")
    assert task.answer(String(text="a7a")) == "a, a 7, a 7 a, 7, 7 a, a"


def test_strings_with_signs_that_recur_and_without():
    sample = drawn(tasks.get("any_substring"), "S", COUNT)
    signs = Counter("".join(i.text for i in sample))
    assert set(signs) == set(CHARACTERS)
    share = signs.total() / len(CHARACTERS)
    assert all(abs(n / share - 1) < 0.25 for n in signs.values())
    recurring = sum(len(set(i.text)) < len(i.text) for i in sample)
    assert abs(recurring / COUNT - 0.485) < SPREAD
    assert any(len(set(i.text)) == 1 for i in sample)


def test_strings_are_numbered_as_bases_count():
    task, draws = tasks.get("any_substring"), tasks.Stream("numbered").at(0)
    for n in (1, 2, 3):
        texts = {task.unrank(draws, index, n).text for index in range(task.count(n))}
        assert texts == {*map("".join, product(CHARACTERS, repeat=n))}
