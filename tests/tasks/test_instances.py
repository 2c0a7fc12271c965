"""Instances cannot be wrong, and survive the way through JSON."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks
from tasks.divide_and_conquer.binary_search import Search
from tasks.simulation.bubble_sort import Numbers
from tasks.simulation.compare_numbers import Decimals
from tasks.simulation.large_number_addition import Summands
from tasks.simulation.word_flip import Sentence
from tmtail.testing import instances

NAMES = tasks.names()


@pytest.mark.parametrize(
    "values",
    [(), (1, 1), (10_000,), (-10_000, 0), (True, 5), (1.0,), ("1",), tuple(range(26))],
    ids=str,
)
def test_numbers_that_are_no_instance(values):
    with pytest.raises(ValueError, match="bubble_sort"):
        Numbers(values=values)


@pytest.mark.parametrize("letter", ["", "y", "A", "é", "ab", "_"])
def test_letters_that_do_not_begin_a_row(letter):
    Numbers(values=(1, 2), place="x", round="x")
    for field in ("place", "round"):
        with pytest.raises(ValueError, match="no 3 letters begin"):
            Numbers(values=(1, 2), **{field: letter})


@pytest.mark.parametrize(
    "number",
    [
        "",
        "-",
        "-0",
        "-0.00",
        "+1",
        "01",
        "00",
        "-01.5",
        ".5",
        "5.",
        "1e3",
        "1,5",
        "１",
        "1\n",
        " 1",
    ],
)
def test_decimals_that_are_no_instance(number):
    for pair in ({"x": number, "y": "1"}, {"x": "1", "y": number}):
        with pytest.raises(ValueError, match="compare_numbers takes decimals"):
            Decimals(**pair)


@pytest.mark.parametrize("first", ["", "y", "zy", "Z", "aaa", "?"])
def test_places_that_run_out_of_names(first):
    Decimals(x="1.5", y="1", first="x")
    Decimals(x="1.5", y="1", first="zx")
    with pytest.raises(ValueError, match="no 3 places begin"):
        Decimals(x="1.5", y="1", first=first)


@pytest.mark.parametrize(
    "fields",
    [
        {"values": ()},
        {"values": (1, 1)},
        {"values": (2, 1)},
        {"values": (1.0,)},
        {"values": (10_000,)},
        {"target": -10_000},
        {"target": True},
        {"first": "AA"},
        {"first": "JI"},
        {"first": "ab"},
        {"low": "w"},
        {"low": ""},
    ],
    ids=str,
)
def test_searches_that_are_no_instance(fields):
    Search(values=(1, 2), target=5, first="JH", low="v")
    with pytest.raises(ValueError, match="binary_search"):
        Search(**{"values": (1, 2), "target": 5} | fields)


@pytest.mark.parametrize("number", ["", "-1", "+1", "01", "00.5", ".5", "5.", "1e3", "1,5", "１"])
def test_summands_that_are_no_instance(number):
    for pair in ({"x": number, "y": "1"}, {"x": "1", "y": number}):
        with pytest.raises(ValueError, match="large_number_addition takes such as"):
            Summands(**pair)


@pytest.mark.parametrize("first", ["", "a", "aa", "w", "zw", "B", "bbb", "?"])
def test_summands_whose_places_lack_names(first):
    """Of 1.5 and 10 these are four, the point being one; one name below and one above are free."""
    for good in ("b", "v", "ab", "zv"):
        Summands(x="1.5", y="10", first=good)
    with pytest.raises(ValueError, match="needs a name below"):
        Summands(x="1.5", y="10", first=first)


@pytest.mark.parametrize("text", ["", " a", "a ", "a  b", 'a"', "a|", "a\\", "a\n", "é", "a" * 676])
def test_sentences_that_are_no_instance(text):
    with pytest.raises(ValueError, match="word_flip"):
        Sentence(text=text)


@pytest.mark.parametrize("first", ["", "a", "aa", "z", "zz", "B", "bbb", "?"])
def test_sentences_whose_places_lack_names(first):
    for good in ("b", "y", "ab", "zy"):
        Sentence(text="ok", first=good)
    with pytest.raises(ValueError, match="needs a name before it and 1 after"):
        Sentence(text="ok", first=first)


@pytest.mark.parametrize("name", NAMES)
def test_json(name):
    task = tasks.get(name)

    @given(instances(task, "S"))
    def check(instance):
        again = task.instance.from_json(instance.to_json())
        assert again == instance
        assert dataclasses.astuple(again) == dataclasses.astuple(instance)
        assert again.digest == instance.digest

    check()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["{}", "[]", "3", "null", '{"values": [1], "other": 2}', "", "{"])
def test_json_that_is_no_instance(name, text):
    with pytest.raises(ValueError):  # noqa: PT011  # json's own errors are ValueErrors too
        tasks.get(name).instance.from_json(text)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists, max_leaves=4))
def test_fields_of_other_types(value):
    for text in (
        json.dumps({"values": value, "place": "a", "round": "a"}),
        json.dumps({"values": [1, 2], "place": value, "round": "a"}),
    ):
        try:
            Numbers.from_json(text)
        except ValueError:
            continue


def test_names_of_places_are_no_part_of_the_problem():
    one, other = Numbers(values=(3, 1)), Numbers(values=(3, 1), place="d", round="g")
    assert one == other
    assert one.digest == other.digest
    assert one.digest != Numbers(values=(1, 3)).digest
    assert Decimals(x="1.5", y="1.50").digest != Decimals(x="1.50", y="1.5").digest


@pytest.mark.parametrize("name", NAMES)
def test_instances_are_immutable(name):
    task = tasks.get(name)
    instance = task.tiny(tasks.Stream("x").at(0))
    field = dataclasses.fields(instance)[0].name
    with pytest.raises(AttributeError):
        setattr(instance, field, getattr(instance, field))
