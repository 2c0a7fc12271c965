"""Baselines for addition: prompts and sums against an oracle and by hand."""

import re
from typing import Any

import pytest

import tasks
from tasks.corpus import Form
from tasks.corpus.records.baselines import Sum, index_hint, reversed_format
from tests.support.oracles import ORACLES
from tests.support.tasks.record_rows import record_rows

ADD = tasks.get("large_number_addition")


def read_hinted(text: str) -> tuple[str, dict[str, str]]:
    """Read ``rl 1 rk . rj 5`` as 1.5, and check the order of the places."""
    pairs = re.findall("([a-z]+) ([0-9.])", text)
    places = [place for place, _ in pairs]
    assert places == sorted(places, reverse=True)
    return "".join(digit for _, digit in pairs), dict(pairs)


@pytest.mark.parametrize("range_name", ["S", "L"])
def test_index_hints_give_digits_of_equal_value_the_same_place(range_name: str) -> None:
    for row in record_rows(ADD, Form(format="index_hint"), 50, range_name):
        instance: Any = ADD.instance.from_json(row["instance"])
        x, y = row["prompt"].removesuffix(" =\n").split(" + ")
        result, answer_line = row["completion"].split("\n")
        total = ORACLES[ADD.name](instance)
        numbers = [read_hinted(text) for text in (x, y, result)]
        assert [number for number, _ in numbers] == [instance.x, instance.y, total]
        assert answer_line == f"answer: {total}"
        points = {place for _, digits in numbers for place, d in digits.items() if d == "."}
        assert len(points) <= 1


def test_decimals_by_hand() -> None:
    facts = {"first": "rg", "y rg": "7", "x rh": "point", "y rh": "point", "x ri": "9", "y ri": "2"}
    expected = Sum("ri 9 + ri 2 rh . rg 7 =\n", "rj 1 ri 1 rh . rg 7", "answer: 11.7")
    assert index_hint(facts, "11.7") == expected


def test_integers_by_hand() -> None:
    facts = {"first": "b", "x b": "point", "y b": "point", "x c": "5", "y c": "5", "y d": "9"}
    hinted = Sum("c 5 + d 9 c 5 =\n", "e 1 d 0 c 0", "answer: 100")
    assert index_hint(facts, "100") == hinted
    assert reversed_format(facts, "100") == Sum("5 + 95 =\n", "001", "answer: 100")


def test_the_reversed_format_writes_the_lowest_digit_first() -> None:
    for row in record_rows(ADD, Form(format="reversed"), 50):
        instance: Any = ADD.instance.from_json(row["instance"])
        total = ORACLES[ADD.name](instance)
        assert row["prompt"] == f"{instance.x} + {instance.y} =\n"
        assert row["completion"] == f"{total[::-1]}\nanswer: {total}"
        assert row["spans"]["role"] == ["solve", "answer"]
