"""JSON and Parquet of somebody else: every fault is named with its place, no bomb goes off."""

import re
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.corpus import Corpus
from tasks.corpus.records.parquet import RECORDS_PER_BATCH, read_parquet_rows
from tm.support.strict_json import json_lines, read_json

FINE = b'{"a": "x\xe2\x80\xa8y", "b": "\\ud83d\\ude00"}'


def test_lines_end_with_a_line_feed_alone(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_bytes(FINE + b"\r\n" + FINE)
    fine = {"a": "x\u2028y", "b": "\U0001f600"}
    assert list(json_lines(file)) == [(1, fine), (2, fine)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"a": "x", "b', r"it is not JSON: .* \(the file is truncated here\)"),
        (b"\n", "it is blank"),
        (b'{"a": 1, "a": 2}\n', "it has the key `a` twice"),
        (b'{"b": {"a": 1, "a": 2}}\n', "it has the key `a` twice"),
        (b'{"a": NaN}\n', "it contains NaN, which is not JSON"),
        (b'{"a": -Infinity}\n', "it contains -Infinity, which is not JSON"),
        (b'{"a": ["\\ud800"]}\n', "it contains a lone surrogate"),
        (b'{"\\uDC00": 1}\n', "it contains a lone surrogate"),
        (b'{"a": "\xff"}\n', "it is not UTF-8"),
        (b'["a"]\n', "it is not a JSON object"),
        (b"{'a': 1}\n", "it is not JSON"),
        (b"[" * 200_000 + b"\n", "it is nested too deeply|it is not JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}\n", "limit"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_faults_of_json_are_named_with_their_line(tmp_path, line, message):
    file = tmp_path / "a.jsonl"
    file.write_bytes(FINE + b"\n" + line)
    with pytest.raises(ValueError, match=rf"a\.jsonl, line 2: .*({message})"):
        list(json_lines(file))
    (tmp_path / "a.json").write_bytes(line)
    with pytest.raises(ValueError, match=r"a\.json: "):
        read_json(tmp_path / "a.json")


def written(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_faults_of_parquet_are_named_with_their_file(tmp_path):
    file = written(tmp_path / "a.parquet", a=["x"], b=[1])
    assert list(read_parquet_rows(file, {"a": str, "b": int})) == [{"a": "x", "b": 1}]
    assert list(read_parquet_rows(file, {"a": str}, ["c"])) == [{"a": "x"}]
    with pytest.raises(ValueError, match=r"a\.parquet: column `c`, `d` is missing"):
        list(read_parquet_rows(file, {"a": str, "c": str, "d": int}))
    with pytest.raises(ValueError, match=r"a\.parquet: column `b` must be text"):
        list(read_parquet_rows(file, {"b": str}))
    with pytest.raises(ValueError, match=r"a\.parquet: column `a` must be whole numbers"):
        list(read_parquet_rows(file, {"a": int}))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"a\.parquet: cannot be read as Parquet: "):
        list(read_parquet_rows(file, {"a": str}))
    with pytest.raises(ValueError, match=r"b\.parquet: the file does not exist"):
        list(read_parquet_rows(tmp_path / "b.parquet", {"a": str}))


def test_a_small_file_that_unpacks_to_gigabytes_is_read_in_little_memory(tmp_path):
    count = 2_000_000
    text = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * 2_000])
    file = written(tmp_path / "bomb.parquet", a=text)
    assert file.stat().st_size < 10**6
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    rows = read_parquet_rows(file, {"a": str})
    for _ in range(3 * RECORDS_PER_BATCH):
        assert len(next(rows)["a"]) == 2_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50 * 10**6
    assert pa.total_allocated_bytes() - before < 200 * 10**6


def test_a_text_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.corpus.records.parquet.MAX_COLUMN_BYTES", 10**6)
    file = written(tmp_path / "bomb.parquet", a=["x" * 2 * 10**6])
    assert file.stat().st_size < 10**6
    with pytest.raises(ValueError, match=re.escape("unpacks to more than 1,000,000 bytes")):
        list(read_parquet_rows(file, {"a": str}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"parts": [', r"manifest\.json: it is not JSON"),
        ('{"request": {}, "files": {}}', r"manifest\.json: the key `parts` is missing"),
        ("[]", r"manifest\.json: it is not a JSON object"),
    ],
)
def test_a_damaged_manifest(tmp_path, text, message):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        Corpus.open(tmp_path)
