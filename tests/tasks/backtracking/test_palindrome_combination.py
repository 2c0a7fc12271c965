from collections import Counter
from itertools import product
from typing import Any

import pytest

import tasks
from compiler import render
from tasks.backtracking.palindrome_combination import MAX_WAYS, Word, count_ways
from tests.support.oracles.backtracking.palindrome_combination import answer
from tests.support.tasks.task_samples import (
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
    trace_of,
)

TASK = tasks.get("palindrome_combination")


@pytest.mark.parametrize("text", ["", "A", "a b", "a1", "é", "a\n"], ids=repr)
def test_invalid_strings_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="palindrome_combination takes characters a to z"):
        Word(text=text)


def test_strings_with_too_many_ways_are_rejected() -> None:
    assert count_ways("a" * 9) == 256
    assert TASK.answer(Word(text="a" * 9)) == answer(Word(text="a" * 9))
    with pytest.raises(ValueError, match="at most 500 ways, not 512"):
        Word(text="a" * 10)


@pytest.mark.parametrize(
    "names",
    [{"first": "a"}, {"first": "y"}, {"first": "bb"}, {"first": ""}, {"line": "zz"}, {"line": "?"}],
    ids=str,
)
def test_invalid_names_are_rejected(names: dict[str, Any]) -> None:
    Word(text="oo", first="x", line="zy")
    with pytest.raises(ValueError, match=r"cannot begin|names places by one letter"):
        Word(text="oo", **names)


def test_every_short_string_is_solved() -> None:
    texts = ["".join(s) for n in range(1, 8) for s in product("ab", repeat=n)]
    texts += ["".join(s) for n in range(1, 5) for s in product("xyz", repeat=n)]
    sample = [Word(text=text) for text in texts]
    assert machine_answers(TASK, sample) == [*map(answer, sample)]


def test_the_ways_are_in_the_order_of_backtracking() -> None:
    assert TASK.answer(Word(text="aba")) == "a b a, aba; 2"
    assert TASK.answer(Word(text="aabb")) == "a a b b, a a bb, aa b b, aa bb; 4"


def test_the_text_says_what_is_kept_and_what_is_longer() -> None:
    text = render(TASK.table, trace_of(TASK, Word(text="xaa", first="c", line="kp"))).string
    lines = text.splitlines()
    assert "test d e: d = a e = a pal e d = none ; pal d e = yes -> row f" in lines
    assert "grow kp d e: pal d e = yes kp c = new first = c -> copy kq c d e" in lines
    assert "open kq d e: d = a ; kq d = new ; x a -> join kq e e" in lines


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_most_strings_have_several_ways(range_name: str) -> None:
    sample = draw_instances(TASK, range_name, SAMPLE_SIZE // 4)
    ways = Counter(count_ways(instance.text) for instance in sample)
    assert 0 < ways[1] < 0.35 * len(sample)
    assert max(ways.values()) < 0.6 * len(sample)
    assert max(ways) <= MAX_WAYS
    for instance in sample[:200]:
        assert answer(instance).endswith(f"; {count_ways(instance.text)}")
