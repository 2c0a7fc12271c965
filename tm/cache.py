"""The cache of elaborated tables.

An entry is one file in the user's own cache folder: a checksum of the other lines; a line of JSON
with every source of the machine, that is, the path by which it was found, the file that this led to
and the hash of what was read; the table in JSON. It is used only if its checksum is right and these
sources and the code of ``tm`` are unchanged. If the cache cannot be read or written, the machine is
elaborated instead. A process parses an entry once: tables with the same content are one object.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from platformdirs import user_cache_path

from tm.formats import from_json, to_json
from tm.language.source import Source
from tm.support.files import without_links, write_text
from tm.table import Table

MAX_PARSED_TABLES = 32
"""Number of tables that a process keeps after they are parsed, which takes most of a load."""

_parse = lru_cache(maxsize=MAX_PARSED_TABLES)(from_json)


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
    names = (_code_hash().encode(), os.fsencode(path), os.fsencode(without_links(path)))
    key = hashlib.sha256(b"\0".join(names)).hexdigest()
    return folder() / f"{key}.json"


def _is_unchanged(link: str, path: str, digest: str) -> bool:
    """Return whether a path still leads to the same file with the same content."""
    is_same = without_links(Path(link)) == without_links(Path(path))
    return is_same and hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest


def get(path: Path) -> Table | None:
    """Return the table of the machine at ``path`` if all its sources are unchanged, else None."""
    try:
        checksum, _, content = _entry(path).read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != checksum:
            return None
        sources, _, table = content.decode("utf-8").partition("\n")
        if all(_is_unchanged(*source) for source in json.loads(sources)):
            return _parse(table)
    except (OSError, ValueError, TypeError):
        pass
    return None


def has_word(path: Path, word: bytes) -> bool:
    """Return whether a source of the cached machine at ``path`` contains a word; True if unknown.

    Comments count as well.
    """
    try:
        notes = _entry(path).read_bytes().split(b"\n", 2)[1]
        texts = [Path(file).read_bytes() for _, file, _ in json.loads(notes)]
    except (OSError, ValueError, IndexError):
        return True
    return any(re.search(rb"\b" + word + rb"\b", text) for text in texts)


def put(path: Path, sources: Iterable[Source], table: Table) -> None:
    """Store a table atomically; do nothing if the cache cannot be written."""
    try:
        # The digests are those of the bytes that were read: a file may have changed since.
        notes = [[str(s.link), str(s.path), s.digest] for s in sources if s.path is not None]
        content = f"{json.dumps(notes)}\n{to_json(table)}"
        target = _entry(path)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(target, f"{hashlib.sha256(content.encode()).hexdigest()}\n{content}")
    except OSError:
        pass
