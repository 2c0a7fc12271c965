"""Exports: what each format holds, read back; files whole or absent."""

import json

import pytest

import tasks
from tasks.corpus import CorpusRequest, build
from tasks.corpus.export import FORMATS, export


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    request = CorpusRequest(tasks=[tasks.get("word_flip")], train=15, eval=5, probe=2)
    return build(request, out=tmp_path_factory.mktemp("corpus") / "c", workers=1)


def read(path):
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


@pytest.mark.parametrize("format", FORMATS)
def test_every_record_is_there_in_order(corpus, tmp_path, format):
    written = export(corpus, tmp_path, format)
    assert {path.name: n for path, n in written.items()} == {
        "eval.jsonl": 15, "probe.jsonl": 6, "train.jsonl": 15
    }  # fmt: skip
    for path in written:
        rows = list(corpus.records(path.stem))
        for row, line in zip(rows, read(path), strict=True):
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
def test_spans_are_read_only_where_they_are_written(corpus, tmp_path, monkeypatch, format):
    seen = set()

    def watched(record):
        seen.update(record)
        return {}

    monkeypatch.setitem(FORMATS, format, watched)
    export(corpus, tmp_path, format)
    assert {"prompt", "completion"} <= seen
    assert ("spans" in seen) == (format == "jsonl")


def test_chat_formats_name_who_speaks(corpus, tmp_path):
    export(corpus, tmp_path / "a", "messages")
    export(corpus, tmp_path / "b", "sharegpt")
    (chat, *_), (talk, *_) = (
        read(tmp_path / "a" / "eval.jsonl"),
        read(tmp_path / "b" / "eval.jsonl"),
    )
    assert [turn["role"] for turn in chat["messages"]] == ["user", "assistant"]
    assert [turn["from"] for turn in talk["conversations"]] == ["human", "gpt"]


def test_trl_s_own_loader_reads_it(corpus, tmp_path):
    datasets = pytest.importorskip("datasets")
    export(corpus, tmp_path, "prompt-completion")
    loaded = datasets.load_dataset(
        "json", data_files=str(tmp_path / "train.jsonl"), cache_dir=str(tmp_path / "cache")
    )["train"]
    assert loaded.column_names == ["prompt", "completion"]
    assert loaded["prompt"] == [row["prompt"] for row in corpus.records("train")]


def test_nothing_is_overwritten(corpus, tmp_path):
    (tmp_path / "probe.jsonl").write_text("mine")
    with pytest.raises(ValueError, match="is not overwritten"):
        export(corpus, tmp_path, "jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["probe.jsonl"]


def test_an_unknown_format(corpus, tmp_path):
    with pytest.raises(ValueError, match="'csv' is not a format; the formats are jsonl, prompt-"):
        export(corpus, tmp_path, "csv")
