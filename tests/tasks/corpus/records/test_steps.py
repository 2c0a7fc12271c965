"""Atomic states of records as data of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tasks
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tasks.corpus.export import export


def built(folder: Path, form: Form) -> Corpus:
    request = CorpusRequest(
        tasks=[tasks.get("bubble_sort"), tasks.get("lcs")],
        train=4,
        eval=2,
        probe=1,
        ranges=("S",),
        options=RecordOptions(form=form),
    )
    return build(request, out=folder / "corpus", workers=1)


def rows_of(corpus: Corpus, folder: Path, format: str) -> list[dict[str, Any]]:
    export(corpus, folder / format, format)
    lines = (folder / format / "train.jsonl").read_text("utf-8").split("\n")[:-1]
    return [json.loads(line) for line in lines]


FORMS = [Form(), Form(style="styled", prompt="keyed"), Form(without=("linear",))]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_states_after_each_other_are_the_record(form: Form, tmp_path: Path) -> None:
    corpus = built(tmp_path, form)
    rows = rows_of(corpus, tmp_path, "next-state")
    for record in corpus.records("train"):
        own = [row for row in rows if row["id"] == record["id"]]
        assert len(own) == record["completion"].count("\n") + 1  # a line each, and the answer
        text = ""
        for row in own:
            assert row["prompt"] == record["prompt"] + text
            text += row["completion"]
        assert text == record["completion"]
        assert own[-1]["completion"].startswith("answer: ")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_rejected_state_has_one_wrong_place(form: Form, tmp_path: Path) -> None:
    corpus = built(tmp_path, form)
    rows = rows_of(corpus, tmp_path, "dpo")
    records = {record["id"]: record for record in corpus.records("train")}
    assert {row["id"] for row in rows} == set(records)
    modules = {row["module"] for row in rows}
    shown = {"fetch", "solve", "answer"} | (set() if form.without else {"control", "next"})
    assert modules == shown
    for row in rows:
        record = records[row["id"]]
        assert (record["prompt"] + record["completion"]).startswith(row["prompt"] + row["chosen"])
        assert row["rejected"] != row["chosen"]
    assert rows == rows_of(corpus, tmp_path / "again", "dpo")


def test_texts_without_states_are_refused(tmp_path: Path) -> None:
    corpus = built(tmp_path, Form(format="answer"))
    with pytest.raises(ValueError, match="next-state: the texts of the corpus are not chains"):
        export(corpus, tmp_path / "x", "next-state")
