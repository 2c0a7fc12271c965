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


def load(path: str | Path, *, cached: bool = True, prints: bool = False) -> Table:
    """Return the table of the machine in a ``.tm`` file.

    Parameters
    ----------
    cached
        If False, the cache is neither read nor written.
    prints
        Whether actions have the lines of ``print`` statements (``Stepper.printed``). Otherwise the
        table is that of the machine without these statements.

    Raises
    ------
    SourceError
        With every error in the file, each with its place and, where known, what to do.
    ValueError
        If it is a Python file.
    """
    path = Path(path)
    if path.suffix == ".py":
        raise ValueError(f"{path}: Python, not a machine; give the machine's .tm file")
    may_print = prints and cache.has_word(path, b"print")
    if cached and not may_print and (table := cache.get(path)) is not None:
        return table
    from tm.pipeline import check

    machine = check(path, prints=prints)
    if cached and not any(action.prints for action in machine.table.actions):
        cache.put(path, machine.sources, machine.table)
    return machine.table
