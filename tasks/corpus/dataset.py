"""A finished corpus on disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256 as hashed
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.corpus.parquet import read_parquet_rows
from tasks.corpus.records.table import SCHEMA
from tm.support.files import sha256
from tm.support.strict_json import read_json

MANIFEST = "manifest.json"

REQUIRED_COLUMNS = {field.name: str if field.type == pa.string() else int for field in SCHEMA}
"""The columns that no corpus lacks, by what they hold."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus that stands on disk.

    Attributes
    ----------
    folder
        Holds ``data/TASK/SPLIT-RANGE-NUMBER-REQUEST.parquet``, the manifest and the card.
    manifest
        ``request``, what was asked; ``parts``, what there is by task, range and split; ``files``,
        the SHA-256 of each.
    """

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: Path | str) -> Corpus:
        """The corpus in a folder.

        Raises
        ------
        ValueError
            When there is no finished corpus in it, or its manifest is damaged.
        """
        path = Path(folder) / MANIFEST
        if not path.is_file():
            raise ValueError(f"{folder} holds no finished corpus: there is no {MANIFEST}")
        manifest = read_json(path)
        if missing := [key for key in ("request", "parts", "files") if key not in manifest]:
            raise ValueError(f"{path}: it has no `{missing[0]}`")
        return cls(Path(folder), manifest)

    @property
    def digest(self) -> str:
        """What stands for all records, in hexadecimal digits: equal for equal files."""
        return hashed(json.dumps(self.manifest["files"], sort_keys=True).encode()).hexdigest()

    def files(
        self, split: str | None = None, *, task: str | None = None, range_name: str | None = None
    ) -> list[Path]:
        """The files of the corpus, or of one split, task or range of it, in their order.

        Raises
        ------
        ValueError
            When there are none.
        """
        files = [
            self.folder / file
            for part in self.manifest["parts"]
            if split in (None, part["split"])
            and task in (None, part["task"])
            and range_name in (None, part["range"])
            for file in part["files"]
        ]
        if not files:
            names = " ".join(filter(None, (split, task, range_name)))
            raise ValueError(f"{self.folder} holds no records" + (f" of {names}" if names else ""))
        return files

    def read(
        self, split: str, *, task: str | None = None, range_name: str | None = None
    ) -> pa.Table:
        """The records of a split, or of one task or range of it; ``files`` tells of its errors."""
        return pa.concat_tables(
            [pq.read_table(file) for file in self.files(split, task=task, range_name=range_name)]
        )

    def records(
        self,
        split: str | None = None,
        *,
        task: str | None = None,
        range_name: str | None = None,
        more: Sequence[str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The same, one by one, whatever their number.

        Parameters
        ----------
        more
            Columns to read besides ``REQUIRED_COLUMNS``; all there are by default.
            ``spans`` take most time.

        Raises
        ------
        ValueError
            As ``files``, and when a file is damaged or lacks a column.
        """
        for path in self.files(split, task=task, range_name=range_name):
            yield from read_parquet_rows(path, REQUIRED_COLUMNS, more)

    def damaged(self) -> list[str]:
        """The files that are not what they were when they were written."""
        files = self.manifest["files"].items()
        return [
            file
            for file, digest in files
            if not (self.folder / file).is_file() or sha256(self.folder / file) != digest
        ]
