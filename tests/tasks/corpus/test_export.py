"""Exports: every format holds every record, and no file is overwritten."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import tasks
from tasks.corpus import Corpus, CorpusRequest, build
from tasks.corpus.export import FORMATS, STEP_FORMATS, VERL, export


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus of one task; no test changes it."""
    request = CorpusRequest(tasks=[tasks.get("word_flip")], train=15, eval=5, probe=2)
    return build(request, out=tmp_path_factory.mktemp("corpus") / "c", workers=1)


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


@pytest.mark.parametrize("format", FORMATS)
def test_every_record_is_exported_in_order(corpus: Corpus, tmp_path: Path, format: str) -> None:
    counts = export(corpus, tmp_path, format)
    assert {path.name: n for path, n in counts.items()} == {
        "eval.jsonl": 15, "probe.jsonl": 6, "train.jsonl": 15
    }  # fmt: skip
    for path in counts:
        rows = list(corpus.records(path.stem))
        for row, line in zip(rows, read_lines(path), strict=True):
            texts = {
                "jsonl": lambda line: (line["prompt"], line["completion"]),
                "prompt-completion": lambda line: (line["prompt"], line["completion"]),
                "messages": lambda line: tuple(turn["content"] for turn in line["messages"]),
                "sharegpt": lambda line: tuple(turn["value"] for turn in line["conversations"]),
            }[format](line)
            assert texts == (row["prompt"], row["completion"])
            if format == "jsonl":
                assert line == row


@pytest.mark.parametrize("format", FORMATS)
def test_spans_are_read_only_where_they_are_written(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    columns: set[str] = set()

    def collect_columns(record: Mapping[str, Any]) -> dict[str, Any]:
        columns.update(record)
        return {}

    monkeypatch.setitem(FORMATS, format, collect_columns)
    export(corpus, tmp_path, format)
    assert {"prompt", "completion"} <= columns
    assert ("spans" in columns) == (format == "jsonl")


def test_chat_formats_name_the_speakers(corpus: Corpus, tmp_path: Path) -> None:
    export(corpus, tmp_path / "a", "messages")
    export(corpus, tmp_path / "b", "sharegpt")
    (chat, *_), (conversation, *_) = (
        read_lines(tmp_path / "a" / "eval.jsonl"),
        read_lines(tmp_path / "b" / "eval.jsonl"),
    )
    assert [turn["role"] for turn in chat["messages"]] == ["user", "assistant"]
    assert [turn["from"] for turn in conversation["conversations"]] == ["human", "gpt"]


def test_load_dataset_reads_the_lines(corpus: Corpus, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    export(corpus, tmp_path, "prompt-completion")
    loaded = datasets.load_dataset(
        "json", data_files=str(tmp_path / "train.jsonl"), cache_dir=str(tmp_path / "cache")
    )["train"]
    assert loaded.column_names == ["prompt", "completion"]
    assert loaded["prompt"] == [row["prompt"] for row in corpus.records("train")]


def test_nothing_is_overwritten(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "probe.jsonl").write_text("mine")
    with pytest.raises(ValueError, match="is not overwritten"):
        export(corpus, tmp_path, "jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["probe.jsonl"]


@pytest.mark.parametrize("format", [*FORMATS, *STEP_FORMATS, VERL])
def test_a_task_that_the_corpus_lacks_is_refused(
    corpus: Corpus, tmp_path: Path, format: str
) -> None:
    with pytest.raises(ValueError, match=r"lcs: the corpus has no records .* word_flip"):
        export(corpus, tmp_path / "out", format, tasks=[tasks.get("lcs")])
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'csv' is not a format; the formats are jsonl, prompt-"):
        export(corpus, tmp_path, "csv")
