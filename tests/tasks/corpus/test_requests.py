"""Requests: how records are distributed over tasks and ranges, and which requests are refused."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import tasks
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tests.support.tasks.small_corpora import TWO_TASKS, request_for


def test_a_mix_keeps_the_total(tmp_path: Path) -> None:
    request = request_for("bubble_sort", train=100, mix=(8, 1, 1))
    mixed = build(request, out=tmp_path, workers=1)
    counts = Counter(row["range"] for row in mixed.records("train"))
    assert counts == {"S": 80, "M": 10, "L": 10}


def test_weights_keep_the_total(tmp_path: Path) -> None:
    request = request_for(*TWO_TASKS, train=50, weights=(3, 1))
    weighted = build(request, out=tmp_path, workers=1)
    counts = Counter(row["task"] for row in weighted.records("train"))
    assert counts == {"bubble_sort": 75, "compare_numbers": 25}


def test_evaluation_does_not_depend_on_training(corpus: Corpus, tmp_path: Path) -> None:
    request = request_for("bubble_sort", train=500, mix=(1, 1, 1))
    mixed = build(request, out=tmp_path, workers=1)
    for split in ("eval", "probe"):
        assert mixed.read(split) == corpus.read(split, task="bubble_sort")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ranges": ["S", "XL"]}, "XL"),
        ({"ranges": ["S", "S"]}, "bubble_sort S eval: requested twice"),
        ({"mix": (1, 0, 0, 1)}, "`mix` must have at most 3 weights, .* bubble_sort, not 4"),
        ({"mix": (0, 0)}, "`mix` must be whole numbers from 0 that are not all 0, not '0:0'"),
        ({"weights": (1, -1)}, "`weights` must be .*, not '1:-1'"),
        ({"weights": (1, 1)}, "`weights` must have one weight for each of the 1 tasks, not 2"),
        ({"options": RecordOptions(form=Form(style="fluent"))}, "`fluent`"),
        ({"train": -1}, "`train` must be at least 0, not -1"),
    ],
)
def test_invalid_requests_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        request_for("bubble_sort", **arguments)


def test_two_tasks_of_one_name_are_refused() -> None:
    variants = [tasks.get("compare_numbers"), tasks.get("compare_numbers", plain=True)]
    with pytest.raises(ValueError, match=r"compare_numbers . eval: requested twice"):
        CorpusRequest(tasks=variants)
