"""The cache of elaborated tables.

An entry is one file in the user's own cache folder: a line of JSON with the path and the hash of
every source of the machine, then the table in JSON. It is used only if these sources and the code
of ``tm`` are unchanged. If the cache cannot be read or written, the machine is elaborated instead.
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
from tm.support.files import without_links, write_text
from tm.table import Table


def folder() -> Path:
    """Return the folder of the cache: ``TMTAIL_CACHE``, or else the user's cache folder."""
    variable = os.environ.get("TMTAIL_CACHE")
    return Path(variable) if variable else user_cache_path("tmtail") / "tables"


@cache
def _code_hash() -> str:
    """Return a hash of the code of ``tm``, which decides what table a source gets."""
    digest = hashlib.sha256()
    package = Path(str(files("tm")))
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.lark")]):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _entry(path: Path) -> Path:
    key = hashlib.sha256(f"{_code_hash()}\0{path}\0{without_links(path)}".encode()).hexdigest()
    return folder() / f"{key}.json"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def get(path: Path) -> Table | None:
    """Return the table of the machine at ``path`` if all its sources are unchanged, else None."""
    try:
        sources, _, table = _entry(path).read_text(encoding="utf-8").partition("\n")
        if all(_hash(Path(source)) == digest for source, digest in json.loads(sources)):
            return from_json(table)
    except (OSError, ValueError, TypeError):
        pass
    return None


def put(path: Path, sources: Iterable[Source], table: Table) -> None:
    """Store a table atomically; do nothing if the cache cannot be written."""
    try:
        hashes = [[str(s.path), _hash(s.path)] for s in sources if s.path is not None]
        target = _entry(path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(target, f"{json.dumps(hashes)}\n{to_json(table)}")
    except OSError:
        pass
