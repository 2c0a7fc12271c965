"""Parquet from files of unknown origin: every fault is an error that names the file.

Records are read in batches, so that a small file that unpacks to gigabytes is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

RECORDS_PER_BATCH = 1024
"""Records of a Parquet file that are unpacked at once."""
MAX_COLUMN_BYTES = 2**30
"""Bytes that a column of a row group may unpack to; our own have a sixtieth at the most."""


def read_parquet_rows(
    path: Path, needed: Mapping[str, type], more: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The records of a Parquet file.

    Parameters
    ----------
    needed
        Columns that must be there, and whether they hold text (``str``) or whole numbers (``int``).
    more
        Columns to read where they are there; all there are by default.

    Raises
    ------
    ValueError
        Naming the file: it is damaged, lacks a column, or unpacks to too much.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            if missing := [name for name in needed if name not in schema.names]:
                raise ValueError(f"{path}: it has no column {_listed(missing)}")
            for name, kind in needed.items():
                said, fits = KINDS[kind]
                if not fits(schema.field(name).type):
                    raise ValueError(f"{path}: `{name}` must be {said}")
            wanted = [n for n in schema.names if more is None or n in needed or n in more]
            for group in range(file.num_row_groups):
                _check_size(path, file.metadata.row_group(group))
                # Not across groups: batches that cross them cannot hold nested columns.
                for batch in file.iter_batches(
                    RECORDS_PER_BATCH, row_groups=[group], columns=wanted
                ):
                    yield from batch.to_pylist()
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file") from None
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None


def _check_size(path: Path, group: pq.RowGroupMetaData) -> None:
    columns = [group.column(index) for index in range(group.num_columns)]
    if any(column.total_uncompressed_size > MAX_COLUMN_BYTES for column in columns):
        raise ValueError(
            f"{path}: a column of a row group unpacks to more than {MAX_COLUMN_BYTES:,} bytes; "
            "write it with smaller row groups"
        )


def _is_text(kind: pa.DataType) -> bool:
    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(values) or pa.types.is_large_string(values))


KINDS = {str: ("text", _is_text), int: ("whole numbers", pa.types.is_integer)}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
