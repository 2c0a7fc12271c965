from itertools import permutations
from string import ascii_letters
from typing import Any

import pytest

import tasks
from compiler import render
from tasks.answers import last_answer
from tasks.backtracking.permutation_combination import Elements
from tasks.corpus.records.table import record_table
from tests.support.oracles.backtracking.permutation_combination import answer
from tests.support.tasks.task_samples import (
    SAMPLE_SIZE,
    all_problems,
    draw_instances,
    machine_answers,
    trace_of,
)
from tm import Limits, Outcome

TASK = tasks.get("permutation_combination")


@pytest.mark.parametrize(
    "letters", ["", "aa", "abA ", "a1", "é", "ab\n", "abcdefghijk", "a b", ("a", "b"), 5], ids=repr
)
def test_invalid_letters_are_rejected(letters: Any) -> None:
    with pytest.raises(ValueError, match="distinct letters"):
        Elements(letters=letters)


def test_every_list_of_one_or_two_letters_is_solved() -> None:
    for n in (1, 2):
        sample = [Elements(letters="".join(p)) for p in permutations(ascii_letters, n)]
        assert machine_answers(TASK, sample) == [*map(answer, sample)]


def test_unrank_yields_every_list_once() -> None:
    for n in (1, 2):
        assert {i.letters for i in all_problems(TASK, n)} == {
            "".join(p) for p in permutations(ascii_letters, n)
        }
    assert TASK.count(3) == 52 * 51 * 50


def test_every_letter_is_drawn_at_every_place() -> None:
    sample = draw_instances(
        tasks.get("permutation_combination", ranges={"X": (3, 3)}), "X", SAMPLE_SIZE
    )
    for column in zip(*(i.letters for i in sample), strict=True):
        assert {*column} == {*ascii_letters}


def test_the_text_reads_the_list_then_chooses_and_undoes() -> None:
    text = render(TASK.table, trace_of(TASK, Elements(letters="Qeb"))).string.splitlines()
    names = [line.split()[0] for line in text]
    branch = ["choose", "full", "count", "undo", "full", "count", "undo", "undo"]
    assert names == ["read"] * 4 + branch * 3 + ["total", "answer:"]
    assert text[2] == "read e, b: list e = Q e next e = b list b = Q e b ->"
    assert text[3] == "read b, end: list b = Q e b next b = end all = Q e b -> choose Q"
    assert text[12] == "choose e: all = Q e b ; e = Q b -> full e Q"


@pytest.mark.parametrize("words", ["Q,e", "Q e", "Qe", "Q, e,", "Q, Q", "", "1, 2"])
def test_other_lists_are_not_posed(words: str) -> None:
    with pytest.raises(ValueError, match=r"permutation_combination takes|is not a list such as"):
        TASK.pose(tasks.Stream("pose").at(0), {"elements": words})


def test_posed_words_are_kept() -> None:
    for instance in draw_instances(TASK, "S", 50):
        posed = TASK.pose(tasks.Stream("pose").at(0), TASK.words(instance))
        assert posed == instance


def test_a_run_stops_at_the_text_limit() -> None:
    run = TASK.run(Elements(letters="abcdefg"), limits=Limits(letters=10_000))
    assert run.outcome == Outcome.TEXT_LIMIT
    assert TASK.run(Elements(letters="abcde"), limits=Limits(letters=10**6)).outcome == "accept"


def test_a_corpus_refuses_texts_that_are_too_long() -> None:
    assert record_table(TASK, "L", "eval", 0, range(3)).num_rows == 0
    records = record_table(TASK, "M", "eval", 0, range(12))
    assert records.num_rows > 0
    assert [last_answer(text) for text in records["completion"].to_pylist()] == [
        answer(Elements.from_json(text)) for text in records["instance"].to_pylist()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("n", [7, 8, 9, 10])
def test_long_lists_are_solved(n: int) -> None:
    """10 elements take 1,021,548,412 transitions, 15 seconds and 3 GB."""
    instance = Elements(letters="QebTAzkWxM"[:n])
    limits = Limits(steps=2**31, cells=2**27)
    run = TASK.run(instance, trace=False, limits=limits)
    assert run.outcome == Outcome.ACCEPT
    assert run.text("out") == answer(instance)


@pytest.mark.slow
def test_ten_thousand_lists_of_four_to_six_are_solved() -> None:
    """``test_machines`` has this test for the tasks with shorter runs."""
    for start in range(0, 10_000, 1000):
        sample = draw_instances(TASK, "M", 1000, f"slow {start}")
        assert machine_answers(TASK, sample) == [*map(answer, sample)]
