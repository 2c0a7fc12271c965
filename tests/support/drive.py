"""Drivers: a machine around one call of a library proc, run on both engines, contracts on."""

from __future__ import annotations

from functools import cache

import tm
from tm.engine import Contents, Run
from tm.table import Table


@cache
def driver(tapes: str, body: str, *libraries: str) -> Table:
    """The table of ``main { body }`` over ``tapes`` (as declared, without the word ``tape``)."""
    imports = "\n".join(f"import std.{library}" for library in libraries)
    checked = tm.check_text(f"{imports}\ntape {tapes}\nmain {{ {body} }}\n")
    assert not [w for w in checked.warnings if w.span.place.file.startswith("std/")]
    return checked.table


def drive(table: Table, **inputs: str) -> Run:
    """Run on both engines, the reference one with contracts on; they must agree to the cell."""
    run = tm.run(table, inputs, engine="reference")
    other = tm.run(table, inputs, engine="compiled")
    assert (run.outcome, run.transitions) == (other.outcome, other.transitions), run.reason
    for one, two in zip(run.tapes, other.tapes, strict=True):
        assert (one.head, one.origin) == (two.head, two.origin)
        assert one.symbols.tolist() == two.symbols.tolist()
    return run


def contents(run: Run, tape: str) -> Contents:
    """What stands on a tape, by its name."""
    return run.tapes[run.table.tape(tape)]


def around(run: Run, tape: str) -> tuple[str, str]:
    """The texts left of the head and from the head on, blanks as ``_`` but for the outer ones."""
    found = contents(run, tape)
    symbols = found.tape.symbols
    shown = ["_" if s == 0 else symbols[s] for s in found.symbols % len(symbols)]
    at = found.head - found.origin
    return "".join(shown[:at]).lstrip("_"), "".join(shown[at:]).rstrip("_")
