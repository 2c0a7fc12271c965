"""The data path: what is masked, what is refused, and how a damaged corpus is told."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tasks
from tasks.corpus import CorpusRequest, build
from training.data.records import COLUMNS, Record, read_records
from training.data.tokenisation import IGNORED, training_set
from training.models.tokenizer import byte_tokenizer

TOKENIZER = byte_tokenizer()
RECORDS = [
    Record("one", "compare", "S", "3 or 5?\n", "answer: <"),
    Record("two", "compare", "M", "44 or 4?\n", "place a: 4 = 4\nanswer: >"),
]


def rows() -> list[dict[str, str]]:
    return [{**record._asdict(), "more": "columns"} for record in RECORDS]


def test_prompt_is_masked_and_completion_with_its_eos_is_not() -> None:
    data = training_set(RECORDS, TOKENIZER, max_length=64)
    for record, row in zip(RECORDS, data, strict=True):
        prompt = len(record.prompt)
        text = record.prompt + record.completion
        assert TOKENIZER.decode(row["input_ids"]) == text + TOKENIZER.eos_token
        assert row["labels"][:prompt] == [IGNORED] * prompt
        assert row["labels"][prompt:] == row["input_ids"][prompt:]
        assert row["labels"].count(TOKENIZER.eos_token_id) == 1
        assert row["length"] == len(row["input_ids"]) == len(text) + 1


def test_a_record_that_just_fits_and_one_that_does_not() -> None:
    longest = len(RECORDS[1].prompt + RECORDS[1].completion) + 1
    assert len(training_set(RECORDS, TOKENIZER, longest)) == 2
    with pytest.raises(ValueError, match=f"1 of 2 records .* `two`, has {longest}.* not truncated"):
        training_set(RECORDS, TOKENIZER, longest - 1)


def test_nothing_to_train_on() -> None:
    with pytest.raises(ValueError, match="no record"):
        training_set([], TOKENIZER, 10)


def test_parquet_and_jsonl_read_alike(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(rows()), tmp_path / "a.parquet")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows())
    (tmp_path / "b.jsonl").write_text(lines, encoding="utf-8")
    assert list(read_records(tmp_path / "a.parquet")) == RECORDS
    assert list(read_records(tmp_path / "b.jsonl")) == RECORDS
    assert list(read_records(tmp_path)) == RECORDS * 2


def test_spans_of_a_corpus_are_read(tmp_path: Path) -> None:
    task = tasks.get("bubble_sort")
    request = CorpusRequest(tasks=[task], train=1500, eval=5, probe=5)  # two row groups
    corpus = build(request, out=tmp_path / "corpus", workers=1)
    records = list(read_records(corpus.folder))
    assert len(records) == 1500
    for record, row in zip(records, corpus.read("train").to_pylist(), strict=True):
        assert (record.id, record.completion) == (row["id"], row["completion"])
        assert (record.starts, record.roles) == (row["spans"]["start"], row["spans"]["role"])
    assert "roles" in training_set(records[:9], TOKENIZER, 4096).column_names


def test_a_line_separator_inside_a_string_ends_no_line(tmp_path: Path) -> None:
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
def test_damage_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(message)):
        list(read_records(tmp_path))


def test_a_column_of_the_wrong_type(tmp_path: Path) -> None:
    table = pa.table({column: [1] if column == "prompt" else ["x"] for column in COLUMNS})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="`prompt` must be"):
        list(read_records(tmp_path))


def test_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file or folder; build a corpus with"):
        list(read_records(tmp_path / "none"))
