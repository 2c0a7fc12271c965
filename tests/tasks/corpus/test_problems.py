"""The first problems of a split: by seed they are those of every corpus of that seed."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import tasks
from tasks.corpus import Corpus, CorpusRequest, build, problems_by_seed, problems_of_corpus
from tasks.corpus.problems import training_items
from tasks.corpus.selection import choose_items, problem_keys
from tests.support.tasks.reversal_task import reverse_bits
from tests.support.tasks.small_corpora import SMALL_COUNTS, TWO_TASKS, request_for


def test_problems_by_seed_are_those_of_the_corpus(corpus: Corpus) -> None:
    built_in = [tasks.get(name) for name in TWO_TASKS]
    by_seed = list(problems_by_seed(built_in, ("S", "M"), 7))
    stored = list(problems_of_corpus(corpus, "eval", ("S", "M"), 7))
    assert [part.ids for part in by_seed] == [part.ids for part in stored]
    assert [part.items for part in by_seed] == [part.items for part in stored]
    assert [len(part.items) for part in stored] == [7] * 4


@pytest.mark.parametrize("split", ["eval", "probe", "train"])
def test_ids_and_records_are_those_of_the_corpus(corpus: Corpus, split: str) -> None:
    parts = problems_of_corpus(corpus, split, ("S",), 10_000, tasks=[tasks.get("bubble_sort")])
    (part,) = parts
    rows = list(corpus.records(split, task="bubble_sort", range_name="S"))
    assert part.ids == list(part.records) == [row["id"] for row in rows]
    assert len(rows) == SMALL_COUNTS[split]
    for item, row in zip(part.items, rows, strict=True):
        assert item.instance.to_json() == row["instance"]


def test_problems_without_a_record_are_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.corpus.records.table.MAX_RECORD_BYTES", 2_300)
    corpus = build(request_for("bubble_sort"), out=tmp_path, workers=1)
    (part,) = problems_of_corpus(corpus, "eval", ("M",), 20)
    (by_seed,) = problems_by_seed([tasks.get("bubble_sort")], ("M",), 20)
    assert part.ids == by_seed.ids
    assert 0 < len(part.records) < len(part.ids) == 20
    assert set(part.records) < set(part.ids)


def test_ranges_of_a_small_space_share_no_problem(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path, ranges={"S": (2, 6), "M": (5, 6)})
    first, second = problems_by_seed([task], ("S", "M"), 100)
    assert not {i.instance for i in first.items} & {i.instance for i in second.items}


def test_a_user_s_own_task_must_be_given(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    options: dict[str, Any] = {"train": 5, "eval": 3, "probe": 3, "ranges": ("S",)}
    corpus = build(CorpusRequest(tasks=[task], **options), out=tmp_path / "c", workers=1)
    (part,) = problems_of_corpus(corpus, "eval", ("S",), 2, tasks=[task])
    assert len(part.items) == 2
    descriptions = corpus.manifest["request"]["tasks"]
    descriptions.append({**descriptions[0], "name": "mine"})
    with pytest.raises(
        ValueError,
        match=r"`reverse_bits` is not a built-in task.* --tasks reverse_bits.py,mine.py",
    ):
        list(problems_of_corpus(corpus, "eval", ("S",), 2))


@pytest.mark.parametrize(("name", "range_name"), [("bubble_sort", "S"), ("derangement", "S")])
def test_training_items_without_end_are_disjoint_from_held_out_problems(
    name: str, range_name: str
) -> None:
    task = tasks.get(name)
    request = CorpusRequest(tasks=[task], train=10, eval=40, probe=20, seed=5)
    parts = request.parts
    held_out = {
        key
        for part, chosen in zip(parts, choose_items(parts, 5), strict=True)
        if part.split != "train"
        for key in chosen.problems.tolist()
    }
    items = list(islice(training_items(task, range_name, seed=5, held_out=40), 1_000))
    assert held_out
    assert not {*problem_keys(item.instance for item in items).tolist()} & held_out
    again = [training_items(task, range_name, seed=5, held_out=40, first=i, step=2) for i in (0, 1)]
    shards = [{item.index for item in islice(shard, 200)} for shard in again]
    assert not shards[0] & shards[1]


@pytest.mark.parametrize("lengths", [{"S": (4, 6)}, {"S": (5, 6), "M": (4, 7)}, {"A": (3, 7)}])
def test_training_items_of_other_ranges_are_disjoint_from_the_usual_evaluation(
    tmp_path: Path, lengths: dict[str, tuple[int, int]]
) -> None:
    usual = reverse_bits(tmp_path, numbered=False)  # problems are drawn from a small space
    parts = problems_by_seed([usual], tuple(usual.ranges), 20)
    evaluated = {item.instance.digest for part in parts for item in part.items}
    own = usual.with_ranges(lengths)
    for range_name in lengths:
        items = islice(training_items(own, range_name, held_out=20), 200)
        assert not {item.instance.digest for item in items} & evaluated


def test_a_small_space_without_training_problems_is_an_error(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3)})
    with pytest.raises(ValueError, match="all problems are held out"):
        next(training_items(task, "S", held_out=12))


def test_no_training_item_is_left() -> None:
    task = tasks.get("bubble_sort")
    with pytest.raises(ValueError, match="has no range 'Q'"):
        next(training_items(task, "Q", held_out=5))
