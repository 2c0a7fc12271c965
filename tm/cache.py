"""Tables of machines that were elaborated before.

An entry is one file in the user's own cache folder: a line of JSON with every source it stands on
and its hash, then the table in JSON. It is used only if all of them, and the elaborator itself, are
still the same. A cache that cannot be read or written is no cache: the machine is elaborated,
nothing else changes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from platformdirs import user_cache_path

from tm.formats import from_json, to_json
from tm.language.source import Source
from tm.support.files import write_text
from tm.table import Table


def folder() -> Path:
    """Where entries are kept: ``TMTAIL_CACHE``, else the user's cache folder."""
    named = os.environ.get("TMTAIL_CACHE")
    return Path(named) if named else user_cache_path("tmtail") / "tables"


@cache
def _version() -> str:
    """A hash of the elaborator's own code: another elaborator, another table."""
    digest = hashlib.sha256()
    package = Path(str(files("tm")))
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.lark")]):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _entry(path: Path) -> Path:
    key = hashlib.sha256(f"{_version()}\0{path}\0{path.resolve()}".encode()).hexdigest()
    return folder() / f"{key}.json"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def get(path: Path) -> Table | None:
    """The table of the machine at ``path`` if every source is as it was, else None."""
    try:
        sources, _, table = _entry(path).read_text(encoding="utf-8").partition("\n")
        if all(_hash(Path(source)) == digest for source, digest in json.loads(sources)):
            return from_json(table)
    except (OSError, ValueError, TypeError):
        pass
    return None


def put(path: Path, sources: Iterable[Source], table: Table) -> None:
    """Keep a table for the next time; whole or not at all."""
    try:
        known = [[str(s.path), _hash(s.path)] for s in sources if s.path is not None]
        target = _entry(path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(target, f"{json.dumps(known)}\n{to_json(table)}")
    except OSError:
        pass
