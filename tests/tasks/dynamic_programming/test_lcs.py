from collections.abc import Callable
from itertools import combinations, product

import pytest

import tasks
from tasks.strings import Strings
from tests.support.oracles import right
from tests.support.tasks.task_samples import SAMPLE_SIZE, draw_instances
from tm import run_batch

TASK = tasks.get("lcs")
SHORT = ["".join(letters) for n in (1, 2, 3) for letters in product("ABCD", repeat=n)]


def subsequences(string):
    return {"".join(letters) for n in range(len(string) + 1) for letters in combinations(string, n)}


def longest(x, y):
    """Return all longest common subsequences, by brute force."""
    common = subsequences(x) & subsequences(y)
    maximum = max(map(len, common))
    return {" ".join(letters) or "none" for letters in common if len(letters) == maximum}


def test_every_pair_of_short_strings_is_solved() -> None:
    sample = [Strings(x=x, y=y) for x, y in product(SHORT, repeat=2)]
    batch = run_batch(TASK.table, [TASK.inputs(instance) for instance in sample], trace=False)
    for i, instance in enumerate(sample):
        assert batch.text("out", i) in longest(instance.x, instance.y)


@pytest.mark.parametrize("range_name", ["S", "M"])
def test_exactly_the_longest_common_subsequences_are_right(range_name: str) -> None:
    for instance in draw_instances(TASK, range_name, 200):
        gold = TASK.answer(instance)
        expected = longest(instance.x, instance.y)
        for letters in expected:
            for answer in (letters, letters.replace(" ", "")):
                assert TASK.check(instance, f"answer: {answer}", gold=gold).correct
        others = subsequences(instance.x) | subsequences(instance.y) | {gold[::-1], gold + "A"}
        for answer in {" ".join(o.replace(" ", "")) for o in others} - {*expected, "", "n o n e"}:
            assert not TASK.check(instance, f"answer: {answer}", gold=gold).correct
            assert not right("lcs", instance, answer)


def test_the_way_back_prefers_up_to_left() -> None:
    for x, y, answer in (("AB", "BA", "A"), ("BA", "AB", "B"), ("ABC", "CAB", "A B")):
        assert TASK.answer(Strings(x=x, y=y)) == answer


def greedy(x, y):
    """Return each character of x that occurs in y after the previously chosen one."""
    chosen, rest = [], y
    for letter in x:
        _, match, remainder = rest.partition(letter)
        if match:
            chosen.append(letter)
            rest = remainder
    return " ".join(chosen) or "none"


GUESSERS: dict[str, Callable[[str, str], str]] = {
    "none": lambda x, y: "none",
    "the first match": lambda x, y: next((c for c in x if c in y), "none"),
    "the same places": lambda x, y: " ".join(
        a for a, b in zip(x, y, strict=False) if a == b
    ) or "none",
    "greedy": greedy,
    "the shorter": lambda x, y: " ".join(x if len(x) <= len(y) else y),
}  # fmt: skip


@pytest.mark.parametrize("rule", GUESSERS)
@pytest.mark.parametrize("range_name", ["M", "L"])
def test_no_simple_rule_is_mostly_right(range_name: str, rule: str) -> None:
    sample = draw_instances(TASK, range_name, SAMPLE_SIZE)
    hits = sum(right("lcs", i, GUESSERS[rule](i.x, i.y)) for i in sample)
    assert hits / SAMPLE_SIZE < (0.6 if range_name == "M" else 0.4)


def test_some_pairs_have_no_common_character() -> None:
    shares = [
        sum(TASK.answer(i) == "none" for i in draw_instances(TASK, w, 1000)) for w in ("S", "L")
    ]
    assert 50 < shares[0] < 150
    assert 25 < shares[1] < 75
