from collections import Counter
from itertools import product

import pytest

import tasks
from tasks.strings import CHARACTERS, Strings
from tests.support.oracles.levenshtein_distance import answer
from tests.support.task_samples import COUNT, drawn
from tm import run_batch

TASK = tasks.get("levenshtein_distance")
SHORT = ["".join(letters) for n in (1, 2, 3) for letters in product(CHARACTERS, repeat=n)]


def edits(string):
    """All strings that one edit makes of a string."""
    for i in range(len(string) + 1):
        yield from (string[:i] + c + string[i:] for c in CHARACTERS)
        if i < len(string):
            yield string[:i] + string[i + 1 :]
            yield from (string[:i] + c + string[i + 1 :] for c in CHARACTERS)


def distances(start, longest):
    """The least number of edits from a string to all others, breadth first."""
    found, edge = {start: 0}, [start]
    for string in edge:
        for other in edits(string):
            if len(other) <= longest and other not in found:
                found[other] = found[string] + 1
                edge.append(other)
    return found


def test_every_pair_of_short_strings():
    sample = [Strings(x=x, y=y) for x, y in product(SHORT, repeat=2)]
    batch = run_batch(TASK.table, [TASK.tapes(instance) for instance in sample], trace=False)
    found = {x: distances(x, 3) for x in SHORT}
    wanted = [str(found[i.x][i.y]) for i in sample]
    assert [batch.text("out", i) for i in range(len(sample))] == wanted
    assert [*map(answer, sample)] == wanted


def test_ten_edits_and_more():
    assert TASK.answer(Strings(x="A" * 12, y="B" * 11)) == "12"
    assert TASK.answer(Strings(x="ABCDABCDABCDAB", y="C")) == "13"


def apart(x, y):
    """The places at which two strings differ."""
    return sum(a != b for a, b in zip(x, y, strict=False)) + abs(len(x) - len(y))


GUESSERS = {
    "places that differ": apart,
    "the lengths": lambda x, y: abs(len(x) - len(y)),
    "the longer": lambda x, y: max(len(x), len(y)),
    "two thirds": lambda x, y: round(max(len(x), len(y)) * 2 / 3),
    "letters that are in one only": lambda x, y: (
        max(len(x), len(y)) - (Counter(x) & Counter(y)).total()
    ),
}


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_all_distances_are_drawn_and_none_is_frequent(where):
    sample = drawn(TASK, where, COUNT)
    found = Counter(int(answer(i)) for i in sample)
    assert set(found) == set(range(TASK.length_range(where)[1] + 1))
    assert max(found.values()) / COUNT < 0.4


@pytest.mark.parametrize("rule", GUESSERS)
@pytest.mark.parametrize("where", ["M", "L"])
def test_one_rule_is_not_enough(where, rule):
    sample = drawn(TASK, where, COUNT)
    assert sum(GUESSERS[rule](i.x, i.y) == int(answer(i)) for i in sample) / COUNT < 0.5
