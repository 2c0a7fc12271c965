"""Read Parquet files of unknown origin; every fault is an error that names the file.

Records are read in batches, and row groups that would unpack to gigabytes are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

RECORDS_PER_BATCH = 1024
"""Records that are unpacked at once."""
RECORDS_PER_CONVERSION = 32
"""Records that become Python objects at once: spans take 4 ms a record."""
MAX_COLUMN_BYTES = 2**30
"""Bytes that a column of a row group may unpack to; 60 times the most in our own files."""


def read_parquet_rows(
    path: Path,
    required: Mapping[str, type],
    optional: Sequence[str] | None = None,
    *,
    first: int = 0,
) -> Iterator[dict[str, Any]]:
    """Yield the records of a Parquet file from ``first`` on, in constant memory.

    See ``read_parquet_batches``.
    """
    for batch in read_parquet_batches(path, required, optional):
        for start in range(first, len(batch), RECORDS_PER_CONVERSION):
            try:
                rows = batch.slice(start, RECORDS_PER_CONVERSION).to_pylist()
            except _READ_ERRORS as error:
                raise ValueError(f"{path}: cannot be read as Parquet: {error}") from None
            yield from rows
        first = max(0, first - len(batch))


def count_parquet_rows(path: Path) -> int:
    """Return the number of records of a Parquet file.

    Raises
    ------
    ValueError
        If the file is missing or damaged. The message names the file.
    """
    try:
        return int(pq.read_metadata(path).num_rows)
    except _READ_ERRORS as error:
        raise ValueError(f"{path}: cannot be read as Parquet: {error}") from None


def read_parquet_batches(
    path: Path, required: Mapping[str, type], optional: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the records of a Parquet file in batches of at most ``RECORDS_PER_BATCH``.

    Parameters
    ----------
    required
        Columns that the file must have, and their type: ``str`` for text, ``int`` for integers.
    optional
        Columns to read besides, where they exist; None for all.

    Raises
    ------
    ValueError
        If the file is missing, damaged, lacks a column or a value of one, or unpacks to too much
        memory. The message names the file.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            if missing := [name for name in required if name not in schema.names]:
                listed = ", ".join(f"`{name}`" for name in missing)
                raise ValueError(f"{path}: missing columns: {listed}")
            for name, value_type in required.items():
                type_name, has_type = _COLUMN_TYPES[value_type]
                if not has_type(schema.field(name).type):
                    raise ValueError(f"{path}: column `{name}` must be {type_name}")
            columns = [
                name
                for name in schema.names
                if optional is None or name in required or name in optional
            ]
            for group in range(file.num_row_groups):
                _check_size(path, file.metadata.row_group(group))
                # A batch must not cross row groups: it could not hold nested columns.
                for batch in file.iter_batches(
                    RECORDS_PER_BATCH, row_groups=[group], columns=columns
                ):
                    _check_nulls(path, batch, required)
                    yield batch
    except FileNotFoundError:
        raise ValueError(f"{path}: the file does not exist") from None
    except _READ_ERRORS as error:
        raise ValueError(f"{path}: cannot be read as Parquet: {error}") from None


def read_parquet_table(path: Path) -> pa.Table:
    """Return all records of a Parquet file.

    Raises
    ------
    ValueError
        If the file is missing or damaged. The message names the file.
    """
    try:
        return pq.read_table(path)
    except _READ_ERRORS as error:
        raise ValueError(f"{path}: cannot be read as Parquet: {error}") from None


_READ_ERRORS = (OSError, MemoryError, UnicodeDecodeError, OverflowError, pa.ArrowException)
"""The errors that Arrow raises for damaged files."""


def _check_size(path: Path, group: pq.RowGroupMetaData) -> None:
    columns = [group.column(index) for index in range(group.num_columns)]
    if any(column.total_uncompressed_size > MAX_COLUMN_BYTES for column in columns):
        raise ValueError(
            f"{path}: a column of a row group unpacks to more than {MAX_COLUMN_BYTES:,} bytes; "
            "write the file with smaller row groups"
        )


def _check_nulls(path: Path, batch: pa.RecordBatch, required: Mapping[str, type]) -> None:
    for name in required:
        if batch.column(name).null_count:
            raise ValueError(f"{path}: column `{name}` lacks values")


def _is_text(data_type: pa.DataType) -> bool:
    is_dictionary = pa.types.is_dictionary(data_type)
    value_type = data_type.value_type if is_dictionary else data_type
    return bool(pa.types.is_string(value_type) or pa.types.is_large_string(value_type))


_COLUMN_TYPES = {str: ("text", _is_text), int: ("whole numbers", pa.types.is_integer)}
