"""JSON and Parquet that somebody else may have made: every fault is an error that names its place.

JSON is what the standard says and no more: no key twice, no NaN, no half of a surrogate pair.
Parquet is read a few records at a time, so that a small file that unpacks to gigabytes does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 1024
"""Records of a Parquet file that are unpacked at once."""
GREATEST = 2**30
"""Bytes that a column of a row group may unpack to; our own have a sixtieth at the most."""


def json_object(text: bytes) -> dict[str, Any]:
    """The JSON object that a text is.

    Raises
    ------
    ValueError
        Saying what is wrong with it.
    """
    try:
        found = json.loads(text.decode(), object_pairs_hook=_object, parse_constant=_refuse)
        if b"\\u" in text:  # the only way to half a surrogate pair, since the text is UTF-8
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object that a file holds.

    Raises
    ------
    ValueError
        Naming the file and what is wrong with it.
    """
    try:
        return json_object(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file of JSON lines, with their numbers, from 1.

    Raises
    ------
    ValueError
        Naming the line and what is wrong with it.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):  # bytes are split at line feeds alone
            try:
                if not line.strip():
                    raise ValueError("it is blank")
                found = json_object(line)
            except ValueError as error:
                cut = "" if line.endswith(b"\n") else " (the file is cut here)"
                raise ValueError(f"{path}, line {number}: {error}{cut}") from None
            yield number, found


def parquet_rows(
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
                for batch in file.iter_batches(BATCH, row_groups=[group], columns=wanted):
                    yield from batch.to_pylist()
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file") from None
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None


def _check_size(path: Path, group: pq.RowGroupMetaData) -> None:
    columns = [group.column(index) for index in range(group.num_columns)]
    if any(column.total_uncompressed_size > GREATEST for column in columns):
        raise ValueError(
            f"{path}: a column of a row group unpacks to more than {GREATEST:,} bytes; write it "
            "with smaller row groups"
        )


def _is_text(kind: pa.DataType) -> bool:
    values = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(values) or pa.types.is_large_string(values))


KINDS = {str: ("text", _is_text), int: ("whole numbers", pa.types.is_integer)}


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{twice}` stands in it twice")
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
