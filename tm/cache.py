"""Tables of machines that were elaborated before.

An entry is one JSON file in the user's own cache folder. It names every source it stands on with
its hash and is used only if all of them, and the elaborator itself, are still the same. A cache
that cannot be read or written is no cache: the machine is elaborated, nothing else changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from platformdirs import user_cache_path

from tm.source import Source
from tm.table import Table, TableError


def folder() -> Path:
    """Where entries are kept: ``TMTAIL_CACHE``, else the user's cache folder."""
    named = os.environ.get("TMTAIL_CACHE")
    return Path(named) if named else user_cache_path("tmtail") / "tables"


@cache
def _version() -> str:
    """A hash of the elaborator's own code: another elaborator, another table."""
    digest = hashlib.sha256()
    package = Path(str(files("tm")))
    for path in sorted(
        [*package.glob("*.py"), *package.glob("formats/*.py"), *package.glob("*.lark")]
    ):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _entry(path: Path) -> Path:
    key = hashlib.sha256(f"{_version()}\0{path}\0{path.resolve()}".encode()).hexdigest()
    return folder() / f"{key}.json"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def get(path: Path) -> Table | None:
    """The table of the machine at ``path`` if every source is as it was, else None."""
    try:
        from tm.formats import from_json

        entry = json.loads(_entry(path).read_text(encoding="utf-8"))
        if all(_hash(Path(source)) == digest for source, digest in entry["sources"]):
            return from_json(entry["table"])
    except (ImportError, OSError, ValueError, KeyError, TypeError, TableError):
        pass
    return None


def put(path: Path, sources: Iterable[Source], table: Table) -> None:
    """Keep a table for the next time; whole or not at all."""
    try:
        from tm.formats import to_json

        entry = {
            "sources": [[str(s.path), _hash(s.path)] for s in sources if s.path is not None],
            "table": to_json(table),
        }
        target = _entry(path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(
            "w", dir=target.parent, suffix=".tmp", delete=False, encoding="utf-8"
        ) as file:
            json.dump(entry, file)
        os.replace(file.name, target)
    except (ImportError, OSError):
        pass
