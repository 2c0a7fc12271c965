from itertools import permutations
from string import ascii_letters

import pytest

import tasks
from compiler import render
from tasks.answers import last_answer
from tasks.backtracking.permutation_combination import Elements
from tasks.corpus.records.table import record_table
from tests.support.oracles.permutation_combination import answer
from tests.support.task_samples import COUNT, drawn
from tm import Limits, Outcome, run_batch

TASK = tasks.get("permutation_combination")


@pytest.mark.parametrize(
    "letters", ["", "aa", "abA ", "a1", "é", "ab\n", "abcdefghijk", "a b", ("a", "b"), 5], ids=repr
)
def test_letters_that_are_no_instance(letters):
    with pytest.raises(ValueError, match="distinct letters"):
        Elements(letters=letters)


def test_every_short_list():
    for n in (1, 2):
        sample = [Elements(letters="".join(p)) for p in permutations(ascii_letters, n)]
        batch = run_batch(TASK.table, [TASK.tapes(instance) for instance in sample], trace=False)
        assert [batch.text("out", i) for i in range(len(sample))] == [*map(answer, sample)]


def test_problems_are_numbered():
    draws = tasks.Stream("numbered").at(0)
    for n in (1, 2):
        found = {TASK.unrank(draws, index, n).letters for index in range(TASK.count(n))}
        assert found == {"".join(p) for p in permutations(ascii_letters, n)}
    assert TASK.count(3) == 52 * 51 * 50


def test_every_letter_stands_everywhere():
    sample = drawn(tasks.get("permutation_combination", ranges={"X": (3, 3)}), "X", COUNT)
    for column in zip(*(i.letters for i in sample), strict=True):
        assert {*column} == {*ascii_letters}


def test_the_text_chooses_descends_and_undoes():
    text = render(TASK.table, TASK.run(Elements(letters="Qeb")).trace).string.splitlines()
    names = [line.split()[0] for line in text]
    below = ["choose", "full", "count", "undo", "full", "count", "undo", "undo"]
    assert names == below * 3 + ["total", "answer:"]
    assert text[8] == "choose e: all = Q e b ; e = Q b -> full e Q"


def test_a_text_beyond_the_limit_is_stopped_not_cut():
    run = TASK.run(Elements(letters="abcdefg"), limits=Limits(letters=10_000))
    assert run.outcome == Outcome.TEXT_LIMIT
    assert TASK.run(Elements(letters="abcde"), limits=Limits(letters=10**6)).outcome == "accept"


def test_a_corpus_refuses_what_is_too_long():
    assert record_table(TASK, "L", "eval", 0, range(3)).num_rows == 0
    kept = record_table(TASK, "M", "eval", 0, range(12))
    assert kept.num_rows > 0
    assert [last_answer(text) for text in kept["completion"].to_pylist()] == [
        answer(Elements.from_json(text)) for text in kept["instance"].to_pylist()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("n", [7, 8, 9, 10])
def test_long_lists(n):
    """Of 10 elements: 1,021,548,412 transitions, 15 seconds and 3 GB."""
    instance = Elements(letters="QebTAzkWxM"[:n])
    limits = Limits(steps=2**31, cells=2**27)
    run = TASK.run(instance, trace=False, limits=limits)
    assert run.outcome == Outcome.ACCEPT
    assert run.text("out") == answer(instance)


@pytest.mark.slow
def test_ten_thousand_lists_of_four_to_six():
    """The 10,000 that ``test_machines`` has of the ranges that are shorter."""
    for start in range(0, 10_000, 1000):
        sample = drawn(TASK, "M", 1000, f"slow {start}")
        batch = run_batch(TASK.table, [TASK.tapes(instance) for instance in sample], trace=False)
        assert {*batch.outcome} == {Outcome.ACCEPT}
        assert [batch.text("out", i) for i in range(len(sample))] == [*map(answer, sample)]
