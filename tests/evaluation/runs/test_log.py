"""The log of evaluations: every evaluation of held-out problems leaves a line."""

import json
from pathlib import Path

import pytest

from evaluation.problems.selection import draw_problems, load_problems
from evaluation.runs.log import LOG_FILE, log_evaluation
from tasks import get
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build

SORT = get("bubble_sort")


def test_every_evaluation_leaves_a_line_beside_the_corpus(tmp_path: Path) -> None:
    options = RecordOptions(spans=False)
    request = CorpusRequest(
        tasks=[SORT], train=4, eval=5, probe=3, seed=2, ranges=("S",), options=options
    )
    corpus = build(request, out=tmp_path, workers=1)
    problems = list(load_problems(corpus, "eval", ("S",), 9))
    styled = list(load_problems(corpus, "eval", ("S",), 2, form=Form(style="styled")))
    other = list(draw_problems([SORT], ("S",), 2, seed=9))
    entries = [
        log_evaluation(corpus, problems, {"model": "a"}),
        log_evaluation(corpus, problems, {"model": "b"}),
        log_evaluation(corpus, styled, {"model": "b"}),  # the same problems in another form
        log_evaluation(corpus, other, {"model": "b"}),
    ]
    assert [entry.earlier for entry in entries] == [0, 1, 2, 0]
    assert entries[0].path == tmp_path / LOG_FILE
    lines = [json.loads(line) for line in entries[0].path.read_text().splitlines()]
    logged = [(line["model"], line["items"]) for line in lines]
    assert logged == [("a", 5), ("b", 5), ("b", 2), ("b", 2)]
    assert lines[0]["parts"] == ["bubble_sort-S-eval-2"]


def test_without_a_writable_corpus_the_log_is_in_the_users_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    problems = list(draw_problems([SORT], ("S",), 2))
    entry = log_evaluation(None, problems, {})
    assert entry.path == tmp_path / "state" / "tmtail" / LOG_FILE
    deleted = Corpus(tmp_path / "deleted", {})
    assert log_evaluation(deleted, problems, {}) == entry._replace(earlier=1)
