"""Loading of ``.tm`` files, from the cache where possible.

A cached table loads in milliseconds; the language is imported only for a machine that is not
cached.
"""

from __future__ import annotations

from pathlib import Path

from tm import cache
from tm.table import Table


def loads(source: str, name: str = "machine.tm") -> Table:
    """Return the table of the machine in a text, which can import the standard library only.

    Parameters
    ----------
    source
        The text of a ``.tm`` file.
    name
        The name of the source in messages.

    Raises
    ------
    SourceError
        With every error in the text, each with its place and, where known, what to do.
    """
    from tm.pipeline import check_text

    return check_text(source, name).table


def load(path: str | Path, *, cached: bool = True) -> Table:
    """Return the table of the machine in a ``.tm`` file.

    Parameters
    ----------
    cached
        If False, the cache is neither read nor written.

    Raises
    ------
    SourceError
        With every error in the file, each with its place and, where known, what to do.
    """
    path = Path(path)
    if cached and (table := cache.get(path)) is not None:
        return table
    from tm.pipeline import check

    machine = check(path)
    if cached:
        cache.put(path, machine.sources, machine.table)
    return machine.table
