"""The part of the string tasks that they share: instances and samples."""

from collections import Counter
from itertools import pairwise
from string import ascii_lowercase
from typing import Any

import pytest

import tasks
from tasks.strings import CHARACTERS, NUMBER_NAMES, Strings
from tests.support.oracles import right
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
)

NAMES = ("lcs", "levenshtein_distance")


@pytest.mark.parametrize(
    "fields",
    [
        {"x": ""},
        {"y": ""},
        {"x": "ABE"},
        {"y": "ab"},
        {"x": "A B"},
        {"x": "A" * 20},
        {"x": "A" * 43, "top": "a", "left": "a", "zero": "a"},
        {"top": "E"},
        {"zero": "a"},
        {"top": "y"},
        {"top": "A"},
        {"left": "x"},
        {"left": ""},
        {"left": "ab"},
        {"zero": "D"},
        {"zero": ""},
        {"zero": "KL"},
    ],
    ids=str,
)
def test_invalid_strings_are_rejected(fields: dict[str, Any]) -> None:
    good = {"x": "A", "y": "AD", "top": "x", "left": "w", "zero": "Z"}
    Strings(**good)
    with pytest.raises(
        ValueError, match=r"^(a string must have|the name of zero|rows and col|places)"
    ):
        Strings(**good | fields)


def test_a_list_instead_of_a_string_is_rejected() -> None:
    text = Strings(x="A", y="B").to_json()
    with pytest.raises(ValueError, match="wrong type"):
        Strings.from_json(text.replace('"A"', '["A"]', 1))


def test_names_of_numbers_are_cyclic() -> None:
    assert Strings(x="A", y="A", zero="Y").numbers == "YZEFGHIJKLMNOPQRSTUVWX"


@pytest.mark.parametrize("name", NAMES)
def test_the_greatest_length_is_42(name: str) -> None:
    task = tasks.get(name)
    for length in (1, 42):
        assert task.answer(task.draw(tasks.Stream("longest").at(0), length))
    with pytest.raises(ValueError, match="1 to 42"):
        task.draw(tasks.Stream("longest").at(0), 43)


@pytest.mark.parametrize("name", NAMES)
def test_long_strings_have_names_that_follow_each_other_as_those_of_short_ones(name: str) -> None:
    task = tasks.get(name, ranges={"X": (20, 42)})
    following = {
        length: {
            pair
            for instance in draw_instances(task, length, 200)
            for names in task.tapes(instance).values()
            if names not in (instance.x, instance.y)
            for pair in pairwise(names)
        }
        for length in (19, 20, 42)
    }
    short = {*pairwise(ascii_lowercase), *pairwise(NUMBER_NAMES), ("Z", "E")}
    assert following[19] == short
    for length in (20, 42):
        assert following[length] == short - {("Z", "E")} | {("z", "E")}
    sample = draw_instances(task, "X", 20)
    for instance, answer in zip(sample, machine_answers(task, sample), strict=True):
        assert right(name, instance, answer)


def test_long_strings_need_long_names() -> None:
    good = {"x": "A" * 42, "y": "A", "top": "e", "left": "X", "zero": "a"}
    Strings(**good)
    for field, letter in {"top": "f", "left": "Y", "zero": "d"}.items():
        with pytest.raises(ValueError, match="places cannot begin"):
            Strings(**good | {field: letter})


@pytest.mark.parametrize("name", NAMES)
def test_posed_words_are_kept(name: str) -> None:
    task = tasks.get(name)
    for instance in draw_instances(task, "L", 50):
        words = task.words(instance)
        assert words == {"x": instance.x, "y": instance.y}
        assert task.words(task.pose(tasks.Stream("pose").at(0), words)) == words
    with pytest.raises(ValueError, match="a string must have"):
        task.pose(tasks.Stream("pose").at(0), {"x": "ABE", "y": "A"})


@pytest.mark.parametrize("name", NAMES)
def test_short_and_long_strings_are_drawn_alike(name: str) -> None:
    """Problems are not numbered, so no length is drawn uniformly while others are shaped."""
    task = tasks.get(name)
    for length in (4, 9):
        sample = draw_instances(task, length, SAMPLE_SIZE)
        share = sum(len({*i.x}) <= 2 and not {*i.x} & {*i.y} for i in sample) / SAMPLE_SIZE
        assert 0.02 < share < 0.07
    assert task.count(2, 2) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("range_name", ["S", "L"])
def test_characters_and_names_are_drawn_uniformly(name: str, range_name: str) -> None:
    sample = draw_instances(tasks.get(name), range_name, SAMPLE_SIZE)
    for kind, size in ((lambda i: i.x[0], 4), (lambda i: i.y[-1], 4), (lambda i: i.zero, 22)):
        counts = Counter(map(kind, sample))
        assert len(counts) == size
        assert all(abs(n / SAMPLE_SIZE - 1 / size) < MAX_DEVIATION for n in counts.values())
    assert {c for i in sample for c in i.x + i.y} == {*CHARACTERS}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_equal_strings_and_strings_without_a_common_character_are_drawn(
    name: str, range_name: str
) -> None:
    sample = draw_instances(tasks.get(name), range_name, SAMPLE_SIZE)
    assert sum(i.x == i.y for i in sample) > SAMPLE_SIZE / 100
    assert sum(not {*i.x} & {*i.y} for i in sample) > SAMPLE_SIZE / 100
