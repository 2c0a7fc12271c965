"""Shards: the Parquet files of a corpus, each a function of the request alone.

A shard is written completely or not at all. Its metadata holds all figures that the manifest and
the card need, so its records need not be read again. Until the corpus is finished, a hidden file
beside it holds its SHA-256, so that a resumed build notices a shard that was damaged meanwhile.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.base import AnyTask
from tasks.corpus.records.table import RecordOptions, record_table
from tasks.corpus.selection import ItemIndices
from tm.support.files import atomic_file, sha256, write_text

RECORDS_PER_SHARD = 10_000
"""Items of each shard but the last of a part, which holds the rest."""
MAX_RECORDS_PER_ROW_GROUP = 500
"""Items whose records are written at a time, which bounds a worker's memory."""
MAX_ROW_GROUP_BYTES = 2**24
"""Approximate bytes of a row group; writing it takes several times the memory."""

FIGURES_KEY = b"tmtail"
"""Key of the Parquet metadata that holds a shard's ``ShardFigures`` as JSON."""


class Shard(NamedTuple):
    """A Parquet file of a corpus, and the items whose records it holds.

    Attributes
    ----------
    indices
        int64[n]: indices of the items, ascending.
    """

    path: Path
    task: AnyTask
    range: str
    split: str
    seed: int
    indices: ItemIndices

    @property
    def request_key(self) -> str:
        """``CorpusRequest.key`` of the corpus, with which the name of the file ends."""
        return self.path.stem.rpartition("-")[2]


class ShardFigures(NamedTuple):
    """Figures of the records of a shard. Field names are keys of the Parquet metadata.

    Attributes
    ----------
    records
        Number of records.
    refused
        Number of items without a record, because their texts were too long.
    sums, greatest
        Sum and maximum of each numeric column; ``completion`` counts bytes of the completion.
    lengths
        Number of records of each length.
    """

    records: int = 0
    refused: int = 0
    sums: dict[str, int] = {}  # noqa: RUF012 - never mutated
    greatest: dict[str, int] = {}  # noqa: RUF012
    lengths: dict[str, int] = {}  # noqa: RUF012

    @property
    def description(self) -> dict[str, Any]:
        """The figures as a manifest stores them."""
        return {
            "records": self.records,
            "refused": self.refused,
            "mean": {
                name: round(value / self.records, 1) if self.records else 0
                for name, value in self.sums.items()
            },
            "longest": self.greatest,
            "by_length": dict(sorted(self.lengths.items(), key=lambda pair: int(pair[0]))),
        }

    def __add__(self, other: ShardFigures) -> ShardFigures:  # type: ignore[override]
        """Return the figures of both sets of records together."""
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
    """Write a shard unless it exists; return the number of its items."""
    if not shard.path.exists():
        task = _cached(shard.task, shard.request_key)
        figures = ShardFigures()
        schema = options.schema
        with (
            atomic_file(shard.path) as draft,
            pq.ParquetWriter(draft, schema, compression="zstd") as file,
        ):
            for first in range(0, len(shard.indices), MAX_RECORDS_PER_ROW_GROUP):
                indices = shard.indices[first : first + MAX_RECORDS_PER_ROW_GROUP].tolist()
                table = record_table(task, shard.range, shard.split, shard.seed, indices, options)
                figures += table_figures(table, len(indices), options)
                if table.num_rows:
                    rows = max(1, table.num_rows * MAX_ROW_GROUP_BYTES // table.nbytes)
                    file.write_table(table, row_group_size=rows)
            file.add_key_value_metadata({FIGURES_KEY: json.dumps(figures._asdict())})
            file.close()
            write_text(digest_file(shard.path), sha256(draft))
    return len(shard.indices)


def digest_file(shard: Path) -> Path:
    """Return the hidden file beside a shard that has its SHA-256 until the corpus is finished."""
    return shard.with_name(f".{shard.name}.sha256")


def stored_digest(shard: Path) -> str | None:
    """Return the SHA-256 that was stored when a shard was written, or None."""
    file = digest_file(shard)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None


@lru_cache(maxsize=1)
def _cached(task: AnyTask, request_key: str) -> AnyTask:
    """Return the task, or that of the request's last shard, whose machine is loaded already."""
    return task


def read_figures(paths: Iterable[Path]) -> ShardFigures:
    """Return the sum of the figures in the metadata of all shards."""
    total = ShardFigures()
    for path in paths:
        total += ShardFigures(**json.loads(pq.read_metadata(path).metadata[FIGURES_KEY]))
    return total


def table_figures(table: pa.Table, items: int, options: RecordOptions) -> ShardFigures:
    """Return the figures of the records of some items."""
    columns = {name: table[name] for name in ("atomic_states", "transitions", "bytes")}
    columns["completion"] = pc.binary_length(table["completion"])
    if options.tokenizer is not None and options.max_tokens is None:  # no count is null
        columns["tokens"] = table["tokens"]
    counts = pc.value_counts(table["length"].combine_chunks())
    return ShardFigures(
        records=table.num_rows,
        refused=items - table.num_rows,
        sums={name: pc.sum(column).as_py() or 0 for name, column in columns.items()},
        greatest={name: pc.max(column).as_py() or 0 for name, column in columns.items()},
        lengths={str(pair["values"]): pair["counts"] for pair in counts.to_pylist()},
    )
