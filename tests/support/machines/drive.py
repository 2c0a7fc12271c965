"""Machines around one call of a library proc, run on both engines with contracts checked."""

from __future__ import annotations

from functools import cache

import tm
from tm.engine import Contents, Run
from tm.table import Table


@cache
def driver(tapes: str, body: str, *libraries: str) -> Table:
    """Return the table of ``main { body }``; ``tapes`` is their declaration without ``tape``."""
    imports = "\n".join(f"import std.{library}" for library in libraries)
    checked = tm.check_text(f"{imports}\ntape {tapes}\nmain {{ {body} }}\n")
    assert not [w for w in checked.warnings if w.location.place.file.startswith("std/")]
    return checked.table


def drive(table: Table, **inputs: str) -> Run:
    """Run on both engines, which must agree in every cell; the reference one checks contracts."""
    run = tm.run(table, inputs, engine="reference")
    compiled = tm.run(table, inputs, engine="compiled")
    assert (run.outcome, run.transitions) == (compiled.outcome, compiled.transitions), run.reason
    for tape, compiled_tape in zip(run.tapes, compiled.tapes, strict=True):
        assert (tape.head, tape.origin) == (compiled_tape.head, compiled_tape.origin)
        assert tape.symbols.tolist() == compiled_tape.symbols.tolist()
    return run


def contents(run: Run, tape: str) -> Contents:
    """Return the contents of the tape of this name."""
    return run.tapes[run.table.tape(tape)]


def around(run: Run, tape: str) -> tuple[str, str]:
    """Return the texts left of the head and from the head on, inner blanks as ``_``."""
    cells = contents(run, tape)
    symbols = cells.tape.symbols
    text = "".join("_" if s == 0 else symbols[s] for s in cells.symbols % len(symbols))
    offset = cells.head - cells.origin
    return text[:offset].lstrip("_"), text[offset:].rstrip("_")
