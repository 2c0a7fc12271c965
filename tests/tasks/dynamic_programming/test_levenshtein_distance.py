from collections import Counter
from itertools import product

import pytest

import tasks
from compiler import render
from tasks.strings import CHARACTERS, Strings
from tests.support.oracles.dynamic_programming.levenshtein_distance import answer
from tests.support.tasks.task_samples import SAMPLE_SIZE, draw_instances, trace_of
from tm import run_batch

TASK = tasks.get("levenshtein_distance")
SHORT = ["".join(letters) for n in (1, 2, 3) for letters in product(CHARACTERS, repeat=n)]


def edits(string):
    """Yield every string that is one edit away."""
    for i in range(len(string) + 1):
        yield from (string[:i] + c + string[i:] for c in CHARACTERS)
        if i < len(string):
            yield string[:i] + string[i + 1 :]
            yield from (string[:i] + c + string[i + 1 :] for c in CHARACTERS)


def distances(start, longest):
    """Return the least number of edits from a string to all others, by breadth-first search."""
    edits_by_string, queue = {start: 0}, [start]
    for string in queue:
        for other in edits(string):
            if len(other) <= longest and other not in edits_by_string:
                edits_by_string[other] = edits_by_string[string] + 1
                queue.append(other)
    return edits_by_string


def test_every_pair_of_short_strings_is_solved() -> None:
    sample = [Strings(x=x, y=y) for x, y in product(SHORT, repeat=2)]
    batch = run_batch(TASK.table, [TASK.inputs(instance) for instance in sample], trace=False)
    expected = {x: distances(x, 3) for x in SHORT}
    answers = [str(expected[i.x][i.y]) for i in sample]
    assert [batch.text("out", i) for i in range(len(sample))] == answers
    assert [*map(answer, sample)] == answers


@pytest.mark.parametrize("distance", range(10, 20))
def test_more_numbers_are_said_for_distances_of_ten_or_more(distance: int) -> None:
    instance = Strings(x="A" * distance, y="B" * (distance - 1), zero="Q")
    assert TASK.answer(instance) == str(distance)
    text = render(TASK.table, trace_of(TASK, instance)).string
    assert text.count("\nresult ") == (2 if distance < 15 else 3)
    assert text.endswith(f" = {distance} ; ans = {distance} -> end\nanswer: {distance}")


def hamming_distance(x, y):
    """Return the number of places at which two strings differ."""
    return sum(a != b for a, b in zip(x, y, strict=False)) + abs(len(x) - len(y))


GUESSERS = {
    "places that differ": hamming_distance,
    "the lengths": lambda x, y: abs(len(x) - len(y)),
    "the longer": lambda x, y: max(len(x), len(y)),
    "two thirds": lambda x, y: round(max(len(x), len(y)) * 2 / 3),
    "letters that are in one only": lambda x, y: (
        max(len(x), len(y)) - (Counter(x) & Counter(y)).total()
    ),
}


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_all_distances_are_drawn_and_none_is_frequent(range_name: str) -> None:
    sample = draw_instances(TASK, range_name, SAMPLE_SIZE)
    counts = Counter(int(answer(i)) for i in sample)
    assert set(counts) == set(range(TASK.length_range(range_name)[1] + 1))
    assert max(counts.values()) / SAMPLE_SIZE < 0.5


@pytest.mark.parametrize("rule", GUESSERS)
@pytest.mark.parametrize(("range_name", "bound"), [("S", 0.57), ("M", 0.4), ("L", 0.4)])
def test_no_simple_rule_is_mostly_right(range_name: str, bound: float, rule: str) -> None:
    sample = draw_instances(TASK, range_name, SAMPLE_SIZE)
    assert sum(GUESSERS[rule](i.x, i.y) == int(answer(i)) for i in sample) / SAMPLE_SIZE < bound
