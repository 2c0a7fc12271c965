"""Shards: the files that records stand in, each a function of the request alone.

A shard is written whole or not at all. What there is to know about it stands in its own metadata,
so that nobody needs to read its records again to describe the corpus.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.base import AnyTask
from tasks.corpus.records.table import RecordOptions, record_table
from tasks.corpus.selection import ItemIndices
from tm.support.files import atomic_file

RECORDS_PER_SHARD = 10_000
"""Records of a shard; the last one of a part holds the rest."""
MAX_RECORDS_PER_ROW_GROUP = 500
"""Records of a row group at most: so many are made at a time, which bounds a worker's memory."""
MAX_ROW_GROUP_BYTES = 2**24
"""Bytes of a row group, about, at most; writing one takes several times that."""

FIGURES_KEY = b"tmtail"
"""The key of a shard's metadata that holds its ``ShardFigures``, as JSON."""


class Shard(NamedTuple):
    """One file to write, and the items whose records go into it."""

    path: Path
    task: AnyTask
    range: str
    split: str
    seed: int
    indices: ItemIndices


class ShardFigures(NamedTuple):
    """What there is to know about some records.

    Attributes
    ----------
    refused
        Items that are too long, and so have no record.
    sums, greatest
        By column; ``completion`` is that of the completion's bytes.
    lengths
        How many records there are of each length.
    """

    records: int = 0
    refused: int = 0
    sums: dict[str, int] = {}  # noqa: RUF012 - a default that nobody changes
    greatest: dict[str, int] = {}  # noqa: RUF012
    lengths: dict[str, int] = {}  # noqa: RUF012

    def __add__(self, other: ShardFigures) -> ShardFigures:  # type: ignore[override]
        """Those of the records of both."""
        return ShardFigures(
            self.records + other.records,
            self.refused + other.refused,
            _merged(self.sums, other.sums, operator.add),
            _merged(self.greatest, other.greatest, max),
            _merged(self.lengths, other.lengths, operator.add),
        )


def _merged(
    one: dict[str, int], other: dict[str, int], merge: Callable[[int, int], int]
) -> dict[str, int]:
    return {name: merge(one.get(name, 0), other.get(name, 0)) for name in {**one, **other}}


def write_shard(shard: Shard, options: RecordOptions) -> int:
    """Write a shard, unless it is there; how many items it is of."""
    if not shard.path.exists():
        task = _last(shard.task)
        figures = ShardFigures()
        schema = options.schema
        with (
            atomic_file(shard.path) as draft,
            pq.ParquetWriter(draft, schema, compression="zstd") as file,
        ):
            for first in range(0, len(shard.indices), MAX_RECORDS_PER_ROW_GROUP):
                indices = shard.indices[first : first + MAX_RECORDS_PER_ROW_GROUP].tolist()
                table = record_table(task, shard.range, shard.split, shard.seed, indices, options)
                figures += _figures(table, len(indices), options)
                if table.num_rows:
                    rows = max(1, table.num_rows * MAX_ROW_GROUP_BYTES // table.nbytes)
                    file.write_table(table, row_group_size=rows)
            file.add_key_value_metadata({FIGURES_KEY: json.dumps(figures._asdict())})
    return len(shard.indices)


@lru_cache(maxsize=1)
def _last(task: AnyTask) -> AnyTask:
    """The task, or its equal that the last shard was of, whose machine is there already."""
    return task


def read_figures(paths: Iterable[Path]) -> ShardFigures:
    """What stands in the metadata of shards, added up."""
    total = ShardFigures()
    for path in paths:
        total += ShardFigures(**json.loads(pq.read_metadata(path).metadata[FIGURES_KEY]))
    return total


def _figures(table: pa.Table, items: int, options: RecordOptions) -> ShardFigures:
    columns = {name: table[name] for name in ("atomic_states", "transitions", "bytes")}
    columns["completion"] = pc.binary_length(table["completion"])
    if options.tokenizer is not None and options.max_tokens is None:  # so that none is null
        columns["tokens"] = table["tokens"]
    counts = pc.value_counts(table["length"].combine_chunks())
    return ShardFigures(
        records=table.num_rows,
        refused=items - table.num_rows,
        sums={name: pc.sum(column).as_py() or 0 for name, column in columns.items()},
        greatest={name: pc.max(column).as_py() or 0 for name, column in columns.items()},
        lengths={str(pair["values"]): pair["counts"] for pair in counts.to_pylist()},
    )
