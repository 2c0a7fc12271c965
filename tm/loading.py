"""The table of a ``.tm`` file, from the cache where it is known.

The language itself is imported only for a machine that is not: a known one takes milliseconds.
"""

from __future__ import annotations

from pathlib import Path

from tm import cache
from tm.table import Table


def load(path: str | Path, *, cached: bool = True) -> Table:
    """The table of the machine in a ``.tm`` file.

    Raises
    ------
    SourceError
        With every error found, each with its place and a way out.
    """
    path = Path(path)
    if cached and (table := cache.get(path)) is not None:
        return table
    from tm.pipeline import check

    checked = check(path)
    if cached:
        cache.put(path, checked.sources, checked.table)
    return checked.table
