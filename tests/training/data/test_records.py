"""Reading the records of a corpus: formats, spans, and errors for damaged files."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tasks
from tasks.corpus import CorpusRequest, Form, RecordOptions, build
from training.config import Data
from training.data.records import (
    COLUMNS,
    ROLES,
    Record,
    chosen_records,
    operand_units,
    read_records,
)
from training.data.tokenisation import training_set
from training.models.tokenizer import byte_tokenizer

RECORDS = [
    Record("one", "compare", "S", "3 or 5?\n", "answer: <"),
    Record("two", "compare", "M", "44 or 4?\n", "place a: 4 = 4\nanswer: >"),
]


def rows() -> list[dict[str, str]]:
    return [{**record._asdict(), "more": "columns"} for record in RECORDS]


def test_parquet_and_jsonl_give_the_same_records(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(rows()), tmp_path / "a.parquet")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows())
    (tmp_path / "b.jsonl").write_text(lines, encoding="utf-8")
    assert list(read_records(tmp_path / "a.parquet")) == RECORDS
    assert list(read_records(tmp_path / "b.jsonl")) == RECORDS
    assert list(read_records(tmp_path)) == RECORDS * 2


def test_spans_and_instances_of_a_corpus_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.corpus.records.shards.MAX_RECORDS_PER_ROW_GROUP", 8)
    request = CorpusRequest(tasks=[tasks.get("compare_numbers")], train=20, eval=5, probe=5)
    corpus = build(request, out=tmp_path / "corpus", workers=1)
    (file,) = (corpus.folder / "data").rglob("train*.parquet")
    assert pq.ParquetFile(file).num_row_groups == 3
    records = list(read_records(corpus.folder))
    assert len(records) == 20
    for record, row in zip(records, corpus.read("train").to_pylist(), strict=True):
        assert (record.id, record.completion) == (row["id"], row["completion"])
        assert record.instance == row["instance"] != ""
        assert record.starts is not None
        assert record.roles is not None
        assert record.starts.tolist() == row["spans"]["start"]
        assert [ROLES[role] for role in record.roles] == row["spans"]["role"]
    assert "roles" in training_set(records, byte_tokenizer(), 4096).column_names


def test_a_line_separator_inside_a_string_does_not_end_the_line(tmp_path: Path) -> None:
    record = Record("a", "t", "S", "x\u2028y", "z")
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(record._asdict(), ensure_ascii=False) + "\n", encoding="utf-8")
    assert list(read_records(file)) == [record]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"id": "1"}\n', "line 1: `task`, `range`, `prompt`, `completion` missing"),
        ("a.jsonl", b'{"id": "1", "task"', "a.jsonl, line 1: it is not JSON"),
        ("a.jsonl", b'{"id": "1", "id": "2"}\n', "a.jsonl, line 1: it has the key `id` twice"),
        (
            "a.jsonl",
            b'{"id": "1", "task": "", "range": "", "prompt": "", "completion": "", "spans": "x"}\n',
            "line 1: `spans` must have `start` and `role`",
        ),
        ("a.parquet", b"PAR1", "a.parquet: cannot be read"),
        ("a.txt", b"", "the folder has no .parquet or .jsonl file"),
    ],
)
def test_damaged_files_are_reported(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(message)):
        list(read_records(tmp_path))


def test_a_column_of_another_type_is_refused(tmp_path: Path) -> None:
    table = pa.table({column: [1] if column == "prompt" else ["x"] for column in COLUMNS})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="`prompt` must be"):
        list(read_records(tmp_path))


def test_a_missing_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file or folder; build a corpus with"):
        list(read_records(tmp_path / "none"))


def test_a_corpus_with_prompts_of_another_kind_is_refused(tmp_path: Path) -> None:
    options = RecordOptions(form=Form(prompt="keyed"), spans=False)
    task = tasks.get("compare_numbers")
    request = CorpusRequest(tasks=[task], train=2, eval=1, probe=1, ranges=("S",), options=options)
    build(request, out=tmp_path / "c", workers=1)
    data = Data(corpus=tmp_path / "c", max_length=999)
    with pytest.raises(ValueError, match=r"prompts are keyed, but data\.prompt is plain; set `pro"):
        next(chosen_records(data))
    assert next(chosen_records(replace(data, prompt="keyed"))).prompt.count("Index hints:") == 1


def test_units_of_operands_are_those_that_few_completions_have() -> None:
    instance = '{"text": ["Oh read?"], "read": "gm", "n": 3}'
    records = [Record("", "flip", "S", "flip", f"read {n}", instance=instance) for n in range(4)]
    assert operand_units(records) == {"Oh", "?", "gm", " "}
