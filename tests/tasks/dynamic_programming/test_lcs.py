from itertools import combinations, product

import pytest

import tasks
from tasks.strings import Strings
from tests.support.oracles import right
from tests.support.task_samples import COUNT, drawn
from tm import run_batch

TASK = tasks.get("lcs")
SHORT = ["".join(letters) for n in (1, 2, 3) for letters in product("ABCD", repeat=n)]


def subsequences(string):
    return {"".join(kept) for n in range(len(string) + 1) for kept in combinations(string, n)}


def longest(x, y):
    """All longest common subsequences, by brute force."""
    common = subsequences(x) & subsequences(y)
    most = max(map(len, common))
    return {" ".join(letters) or "none" for letters in common if len(letters) == most}


def test_every_pair_of_short_strings():
    sample = [Strings(x=x, y=y) for x, y in product(SHORT, repeat=2)]
    batch = run_batch(TASK.table, [TASK.tapes(instance) for instance in sample], trace=False)
    for i, instance in enumerate(sample):
        assert batch.text("out", i) in longest(instance.x, instance.y)


@pytest.mark.parametrize("where", ["S", "M"])
def test_all_longest_are_right_and_nothing_else(where):
    for instance in drawn(TASK, where, 200):
        gold = TASK.answer(instance)
        found = longest(instance.x, instance.y)
        for letters in found:
            for answer in (letters, letters.replace(" ", "")):
                assert TASK.check(instance, f"answer: {answer}", gold=gold).correct
        others = subsequences(instance.x) | subsequences(instance.y) | {gold[::-1], gold + "A"}
        for answer in {" ".join(o.replace(" ", "")) for o in others} - {*found, "", "n o n e"}:
            assert not TASK.check(instance, f"answer: {answer}", gold=gold).correct
            assert not right("lcs", instance, answer)


def test_up_goes_before_left():
    for x, y, answer in (("AB", "BA", "A"), ("BA", "AB", "B"), ("ABC", "CAB", "A B")):
        assert TASK.answer(Strings(x=x, y=y)) == answer


def greedy(x, y):
    """Each character of x that still occurs in y behind the last one."""
    kept, rest = [], y
    for letter in x:
        _, found, behind = rest.partition(letter)
        if found:
            kept.append(letter)
            rest = behind
    return " ".join(kept) or "none"


GUESSERS = {
    "none": lambda x, y: "none",
    "the first match": lambda x, y: next((c for c in x if c in y), "none"),
    "the same places": lambda x, y: " ".join(
        a for a, b in zip(x, y, strict=False) if a == b
    ) or "none",
    "greedy": greedy,
    "the shorter": lambda x, y: " ".join(min(x, y, key=len)),
}  # fmt: skip


@pytest.mark.parametrize("rule", GUESSERS)
@pytest.mark.parametrize("where", ["M", "L"])
def test_one_rule_is_not_enough(where, rule):
    sample = drawn(TASK, where, COUNT)
    hits = sum(right("lcs", i, GUESSERS[rule](i.x, i.y)) for i in sample)
    assert hits / COUNT < (0.6 if where == "M" else 0.4)


def test_some_have_nothing_in_common():
    shares = [sum(TASK.answer(i) == "none" for i in drawn(TASK, w, 1000)) for w in ("S", "L")]
    assert 50 < shares[0] < 150
    assert 25 < shares[1] < 75
