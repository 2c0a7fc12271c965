"""Baselines for addition: prompts and sums against an oracle and by the paper's own examples."""

import re
from typing import Any

import pytest

import tasks
from tasks.corpus import Form
from tasks.corpus.records.baselines import Sum, index_hint, reversed_format
from tests.support.oracles import ORACLES
from tests.support.tasks.record_rows import record_rows

ADD = tasks.get("large_number_addition")


def test_the_paper_s_example_of_index_hints() -> None:
    expected = Sum(
        "1(-c)2(-b)3(-a).4(a)5(b)+6(-b)7(-a).8(a)9(b)=",
        "1(-c)9(-b)1(-a).3(a)4(b)",
        "answer: 191.34",
    )
    assert index_hint("123.45", "67.89", "191.34") == expected


def test_the_paper_s_example_of_the_reversed_format() -> None:
    expected = Sum("54.321+98.76=", "43.191", "answer: 191.34")
    assert reversed_format("123.45", "67.89", "191.34") == expected


def test_integers_have_no_point() -> None:
    assert index_hint("5", "95", "100") == Sum(
        "5(-a)+9(-b)5(-a)=", "1(-c)0(-b)0(-a)", "answer: 100"
    )
    assert reversed_format("5", "95", "100") == Sum("5+59=", "001", "answer: 100")


def test_distances_beyond_z_have_two_letters() -> None:
    prompt = index_hint("1" * 53, "0", "1" * 53).prompt
    assert prompt.startswith("1(-ba)1(-az)")
    assert "1(-aa)1(-z)" in prompt


def read_hinted(text: str) -> tuple[str, dict[str, str]]:
    """Read ``1(-a).5(a)`` as 1.5, and return the digits by their hints as well."""
    pairs = re.findall(r"([0-9])\((-?[a-z]+)\)", text)
    assert re.sub(r"\(-?[a-z]+\)", "", text).replace(".", "") == "".join(d for d, _ in pairs)
    return re.sub(r"\(-?[a-z]+\)", "", text), {hint: digit for digit, hint in pairs}


@pytest.mark.parametrize("range_name", ["S", "L"])
def test_index_hints_name_the_distance_to_the_point(range_name: str) -> None:
    hints_by_distance: dict[int, str] = {}
    for row in record_rows(ADD, Form(format="index_hint"), 50, range_name):
        instance: Any = ADD.instance.from_json(row["instance"])
        x, y = row["prompt"].removesuffix("=").split("+")
        result, answer_line = row["completion"].split("\n")
        total = ORACLES[ADD.name](instance)
        assert answer_line == f"answer: {total}"
        for text, number in ((x, instance.x), (y, instance.y), (result, total)):
            spelled, hints = read_hinted(text)
            assert spelled == number
            whole = len(number.partition(".")[0])
            distances = [*range(-whole, 0), *range(1, len(hints) - whole + 1)]
            for distance, hint in zip(distances, hints, strict=True):
                assert hints_by_distance.setdefault(distance, hint) == hint
    assert len(set(hints_by_distance.values())) == len(hints_by_distance)


def test_the_reversed_format_reverses_both_summands_and_the_sum() -> None:
    for row in record_rows(ADD, Form(format="reversed"), 50):
        instance: Any = ADD.instance.from_json(row["instance"])
        total = ORACLES[ADD.name](instance)
        assert row["prompt"] == f"{instance.x[::-1]}+{instance.y[::-1]}="
        assert row["completion"] == f"{total[::-1]}\nanswer: {total}"
        assert row["spans"]["role"] == ["solve", "answer"]
