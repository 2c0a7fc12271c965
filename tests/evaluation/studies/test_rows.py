"""Rows of a study survive a Parquet file, and other files are refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.studies.rows import StudyItem, StudyRow, read_entries, write_entries
from tests.support.models.study_rows import ITEM, ROW


def test_rows_and_items_are_read_as_written(tmp_path: Path) -> None:
    rows = [ROW, replace(ROW, exact=None, trained_length=None, depth=2)]
    write_entries(tmp_path / "rows.parquet", StudyRow, rows)
    write_entries(tmp_path / "items.parquet", StudyItem, [ITEM])
    assert read_entries(tmp_path / "rows.parquet", StudyRow) == rows
    assert read_entries(tmp_path / "items.parquet", StudyItem) == [ITEM]


def test_shares_count_distinct_problems_that_fit() -> None:
    row = replace(ROW, fitting=50, distinct=10, right=40, exact=None)
    assert (row.accuracy.rate, row.accuracy.distinct, row.exactness) == (0.8, 10, None)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    write_entries(path, StudyItem, [ITEM])
    with pytest.raises(ValueError, match="does not have the columns of StudyRow"):
        read_entries(path, StudyRow)
    path.write_bytes(b"PAR1")
    with pytest.raises(ValueError, match="cannot be read"):
        read_entries(path, StudyRow)
