"""Instances reject invalid fields, are immutable, and are unchanged by a JSON round trip."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks
from tasks.simulation.bubble_sort import NumberList
from tasks.simulation.compare_numbers import Decimals
from tmtail.testing import instances

NAMES = tasks.names()


@pytest.mark.parametrize("name", NAMES)
def test_json_round_trip(name: str) -> None:
    task = tasks.get(name)

    @given(instances(task, "S"))
    def check(instance: Any) -> None:
        copy = task.instance.from_json(instance.to_json())
        assert copy == instance
        assert dataclasses.astuple(copy) == dataclasses.astuple(instance)
        assert copy.digest == instance.digest

    check()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["{}", "[]", "3", "null", '{"values": [1], "other": 2}', "", "{"])
def test_invalid_json_is_rejected(name: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # json's own errors are ValueErrors too
        tasks.get(name).instance.from_json(text)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists, max_leaves=4))
def test_fields_of_other_types_raise_only_value_errors(value: object) -> None:
    for text in (
        json.dumps({"values": value, "first": "a"}),
        json.dumps({"values": [1, 2], "first": value}),
    ):
        try:
            NumberList.from_json(text)
        except ValueError:
            continue


def test_names_of_places_do_not_change_the_problem() -> None:
    one, other = NumberList(values=(3, 1)), NumberList(values=(3, 1), first="d")
    assert one == other
    assert one.digest == other.digest
    assert one.digest != NumberList(values=(1, 3)).digest
    assert Decimals(x="1.5", y="1.50").digest != Decimals(x="1.50", y="1.5").digest


@pytest.mark.parametrize("name", NAMES)
def test_instances_are_immutable(name: str) -> None:
    task = tasks.get(name)
    instance = task.tiny(tasks.Stream("x").at(0))
    field = dataclasses.fields(instance)[0].name
    with pytest.raises(AttributeError):
        setattr(instance, field, getattr(instance, field))
