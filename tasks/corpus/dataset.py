"""A finished corpus on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.corpus.files import sha256

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus that stands on disk.

    Attributes
    ----------
    folder
        Holds ``data/TASK/SPLIT-RANGE-NUMBER.parquet``, the manifest and the card.
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
            When there is no finished corpus in it.
        """
        path = Path(folder) / MANIFEST
        if not path.is_file():
            raise ValueError(f"{folder} holds no finished corpus: there is no {MANIFEST}")
        return cls(Path(folder), json.loads(path.read_text(encoding="utf-8")))

    def read(self, split: str, *, task: str | None = None, where: str | None = None) -> pa.Table:
        """The records of a split, or of one task or range of it, in the order of the files.

        Raises
        ------
        ValueError
            When there are none.
        """
        files = [
            file
            for part in self.manifest["parts"]
            if part["split"] == split
            and task in (None, part["task"])
            and where in (None, part["range"])
            for file in part["files"]
        ]
        if not files:
            names = " ".join(filter(None, (split, task, where)))
            raise ValueError(f"{self.folder} holds no records of {names}")
        return pa.concat_tables([pq.read_table(self.folder / file) for file in files])

    def damaged(self) -> list[str]:
        """The files that are not what they were when they were written."""
        files = self.manifest["files"].items()
        return [
            file
            for file, digest in files
            if not (self.folder / file).is_file() or sha256(self.folder / file) != digest
        ]
