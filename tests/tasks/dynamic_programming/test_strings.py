"""Two strings, whatever is asked about them."""

from collections import Counter

import pytest

import tasks
from tasks.strings import CHARACTERS, Strings
from tests.support.task_samples import COUNT, SPREAD, drawn

NAMES = ("lcs", "levenshtein_distance")


@pytest.mark.parametrize(
    "fields",
    [
        {"x": ""},
        {"y": ""},
        {"x": "ABE"},
        {"y": "ab"},
        {"x": "A B"},
        {"x": "A" * 15},
        {"top": "y"},
        {"top": "A"},
        {"left": "x"},
        {"left": ""},
        {"left": "ab"},
        {"zero": "J"},
        {"zero": ""},
        {"zero": "KL"},
    ],
    ids=str,
)
def test_strings_that_are_no_instance(fields):
    good = {"x": "A", "y": "AD", "top": "x", "left": "w", "zero": "Z"}
    Strings(**good)
    with pytest.raises(
        ValueError, match=r"^(a string must have|the name of zero|rows and col|places)"
    ):
        Strings(**good | fields)


def test_a_list_is_no_string():
    text = Strings(x="A", y="B").to_json()
    with pytest.raises(ValueError, match="wrong type"):
        Strings.from_json(text.replace('"A"', '["A"]', 1))


def test_numbers_go_round():
    assert Strings(x="A", y="A", zero="Y").numbers == "YZKLMNOPQRSTUVWX"


@pytest.mark.parametrize("name", NAMES)
def test_the_longest_that_have_names(name):
    task = tasks.get(name)
    for length in (1, 14):
        assert task.answer(task.draw(tasks.Stream("longest").at(0), length))
    with pytest.raises(ValueError, match="1 to 14"):
        task.draw(tasks.Stream("longest").at(0), 15)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lengths", [(1, 1), (1, 3), (2, 2), (3, 2)])
def test_every_problem_has_one_number(name, lengths):
    task, draws = tasks.get(name), tasks.Stream("numbers").at(0)
    count = task.count(*lengths)
    found = {task.unrank(draws, index, *lengths) for index in range(count)}
    assert len(found) == count == 4 ** sum(lengths)
    assert {(len(i.x), len(i.y)) for i in found} == {lengths}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["S", "L"])
def test_all_characters_and_names_are_drawn_alike(name, where):
    sample = drawn(tasks.get(name), where, COUNT)
    for kind, size in ((lambda i: i.x[0], 4), (lambda i: i.y[-1], 4), (lambda i: i.zero, 16)):
        counts = Counter(map(kind, sample))
        assert len(counts) == size
        assert all(abs(n / COUNT - 1 / size) < SPREAD for n in counts.values())
    assert {c for i in sample for c in i.x + i.y} == {*CHARACTERS}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_equal_strings_and_strings_without_a_common_character_are_drawn(name, where):
    sample = drawn(tasks.get(name), where, COUNT)
    assert sum(i.x == i.y for i in sample) > COUNT / 100
    assert sum(not {*i.x} & {*i.y} for i in sample) > COUNT / 100
