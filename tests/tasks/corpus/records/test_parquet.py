"""Parquet files of unknown origin: every fault names the file, and memory is bounded."""

import re
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.corpus.records.parquet import RECORDS_PER_BATCH, read_parquet_rows


def write_columns(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_optional_columns_are_read_if_they_exist(tmp_path: Path) -> None:
    file = write_columns(tmp_path / "a.parquet", a=["x"], b=[1])
    assert list(read_parquet_rows(file, {"a": str})) == [{"a": "x", "b": 1}]
    assert list(read_parquet_rows(file, {"a": str}, ["c"])) == [{"a": "x"}]


@pytest.mark.parametrize("first", [0, 1, 1_023, 1_024, 1_500, 2_048, 2_499, 2_500, 3_000])
def test_reading_begins_at_any_record(tmp_path: Path, first: int) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": range(2_500)}), file, row_group_size=1_500)
    rows = read_parquet_rows(file, {"a": int}, first=first)
    assert [row["a"] for row in rows] == list(range(first, 2_500))


@pytest.mark.parametrize(
    ("required", "message"),
    [
        ({"a": str, "c": str, "d": int}, "missing columns: `c`, `d`"),
        ({"b": str}, "column `b` must be text"),
        ({"a": int}, "column `a` must be whole numbers"),
    ],
)
def test_missing_columns_and_other_types_are_named(
    tmp_path: Path, required: dict[str, type], message: str
) -> None:
    file = write_columns(tmp_path / "a.parquet", a=["x"], b=[1])
    with pytest.raises(ValueError, match=rf"a\.parquet: {message}"):
        list(read_parquet_rows(file, required))


@pytest.mark.parametrize(
    ("kept_bytes", "message"),
    [(slice(0, -20), "cannot be read as Parquet: "), (None, "the file does not exist")],
    ids=["truncated", "missing"],
)
def test_damaged_files_are_named(tmp_path: Path, kept_bytes: slice | None, message: str) -> None:
    file = write_columns(tmp_path / "a.parquet", a=["x"], b=[1])
    data = file.read_bytes()
    file.unlink()
    if kept_bytes:
        file.write_bytes(data[kept_bytes])
    with pytest.raises(ValueError, match=rf"a\.parquet: {message}"):
        list(read_parquet_rows(file, {"a": str}))


def test_a_small_file_that_unpacks_to_gigabytes_is_read_in_little_memory(tmp_path: Path) -> None:
    count = 2_000_000
    text = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * 2_000])
    file = write_columns(tmp_path / "bomb.parquet", a=text)
    assert file.stat().st_size < 10**6
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    rows = read_parquet_rows(file, {"a": str})
    for _ in range(3 * RECORDS_PER_BATCH):
        assert len(next(rows)["a"]) == 2_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 * 10**6
    assert pa.total_allocated_bytes() - before < 200 * 10**6


def test_a_text_that_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.corpus.records.parquet.MAX_COLUMN_BYTES", 10**6)
    texts: Sequence[str] = ["x" * 2 * 10**6]
    file = write_columns(tmp_path / "bomb.parquet", a=texts)
    assert file.stat().st_size < 10**6
    with pytest.raises(ValueError, match=re.escape("unpacks to more than 1,000,000 bytes")):
        list(read_parquet_rows(file, {"a": str}))
