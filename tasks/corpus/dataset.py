"""A finished corpus on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.corpus.documents.manifests import DOCUMENTS, files_digest, read_manifest
from tasks.corpus.records.forms import Form
from tasks.corpus.records.parquet import (
    count_parquet_rows,
    read_parquet_rows,
    read_parquet_table,
)
from tasks.corpus.records.table import SCHEMA
from tm.support.files import sha256
from tm.support.html import fragment, html_table

MANIFEST = "manifest.json"

REQUIRED_COLUMNS = {field.name: str if field.type == pa.string() else int for field in SCHEMA}
"""Columns that every corpus has, and the type of their values."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A finished corpus on disk. ``build`` makes one; ``Corpus.open`` opens it again.

    Attributes
    ----------
    folder
        Folder with ``data/TASK/SPLIT-RANGE-NUMBER-REQUEST.parquet``, the manifest and the dataset
        card.
    manifest
        ``request``: what the corpus was requested to hold; ``parts``: what it holds, by task, range
        and split; ``files``: the SHA-256 of each file of records; ``documents``: that of the other
        files; ``digest``: a digest of the manifest itself.
    """

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: Path | str) -> Corpus:
        """Open the corpus in a folder.

        Raises
        ------
        ValueError
            If the folder does not contain a finished corpus, or its manifest is damaged.
        """
        path = Path(folder) / MANIFEST
        if not path.is_file():
            raise ValueError(
                f"{folder}: not a finished corpus (no {MANIFEST}); `tmtail corpus build` builds or "
                "finishes one"
            )
        return cls(Path(folder), read_manifest(path))

    def __repr__(self) -> str:
        return f"<Corpus {str(self.folder)!r}: {self._summary}>"

    def _repr_html_(self) -> str:
        header = ("task", "range", "lengths", "split", "records", "problems")
        rows = [
            (
                part["task"],
                part["range"],
                "–".join(map(str, part["lengths"])),
                part["split"],
                f"{part['records']:,}",
                f"{part['problems']:,}",
            )
            for part in self.manifest["parts"]
        ]
        return fragment(f"Corpus {self.folder}: {self._summary}", html_table(header, rows))

    @property
    def _summary(self) -> str:
        parts = self.manifest["parts"]
        records = sum(part["records"] for part in parts)
        tasks = len({part["task"] for part in parts})
        return f"{records:,} records, {tasks} tasks, digest {self.digest[:16]}"

    @property
    def request(self) -> Mapping[str, Any]:
        """The request, as ``CorpusRequest.description`` describes it."""
        request: Mapping[str, Any] = self.manifest["request"]
        return request

    @property
    def seed(self) -> int:
        """The seed of the corpus."""
        return int(self.request["seed"])

    @property
    def form(self) -> Form:
        """Form of the completions."""
        return Form.from_json(self.request["form"])

    @property
    def digest(self) -> str:
        """SHA-256 of all file digests, hexadecimal: equal for equal files."""
        return files_digest(self.manifest)

    def parts(
        self, split: str | None = None, *, task: str | None = None, range_name: str | None = None
    ) -> list[Mapping[str, Any]]:
        """Return the manifest entries of all parts, or of one split, task or range, in order."""
        return [
            part
            for part in self.manifest["parts"]
            if split in (None, part["split"])
            and task in (None, part["task"])
            and range_name in (None, part["range"])
        ]

    def files(
        self, split: str | None = None, *, task: str | None = None, range_name: str | None = None
    ) -> list[Path]:
        """Return the Parquet files of the corpus, or of one split, task or range, in order.

        Raises
        ------
        ValueError
            If the corpus has no such records.
        """
        parts = self.parts(split, task=task, range_name=range_name)
        files = [self.folder / file for part in parts for file in part["files"]]
        if not files:
            selection = " ".join(filter(None, (split, task, range_name)))
            raise ValueError(
                f"{self.folder}: the corpus has no records"
                + (f" of {selection}; manifest.json lists its parts" if selection else "")
            )
        return files

    def read(
        self, split: str, *, task: str | None = None, range_name: str | None = None
    ) -> pa.Table:
        """Read the records of a split, or of one task or range of it, into a table.

        Raises
        ------
        ValueError
            See ``files``.
        """
        files = self.files(split, task=task, range_name=range_name)
        return pa.concat_tables([read_parquet_table(file) for file in files])

    def records(
        self,
        split: str | None = None,
        *,
        task: str | None = None,
        range_name: str | None = None,
        optional_columns: Sequence[str] | None = None,
        first: int = 0,
    ) -> Iterator[dict[str, Any]]:
        """Yield records one by one, in constant memory.

        Parameters
        ----------
        split, task, range_name
            Restrict the records to a split, a task or a range; None for all.
        optional_columns
            Columns to read besides ``REQUIRED_COLUMNS``, where they exist; None for all. The column
            ``spans`` takes most of the time.
        first
            Index of the first record, among those selected.

        Raises
        ------
        ValueError
            If there are no such records, or a file is damaged or lacks a column.
        """
        for path in self.files(split, task=task, range_name=range_name):
            if first and first >= (count := count_parquet_rows(path)):
                first -= count
                continue
            yield from read_parquet_rows(path, REQUIRED_COLUMNS, optional_columns, first=first)
            first = 0

    def damaged_files(self) -> list[str]:
        """Return the files that are missing or differ from their SHA-256 in the manifest."""
        files = {**self.manifest["files"], **self.documents}
        return [file for file in files if self.is_damaged(file)]

    @property
    def documents(self) -> Mapping[str, str]:
        """The SHA-256 of each file that holds no records; corpora of earlier versions list none."""
        documents: Mapping[str, str] = self.manifest.get(DOCUMENTS, {})
        return documents

    def is_damaged(self, file: str) -> bool:
        """Return whether a file of the manifest is missing or differs from its SHA-256 there."""
        path = self.folder / file
        digest = self.manifest["files"].get(file) or self.documents.get(file)
        return not path.is_file() or sha256(path) != digest
