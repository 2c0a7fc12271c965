"""Tables, tapes and runs for people: one line for ``repr``, HTML for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING

from tm.formats.tsv import show_class
from tm.support.html import Markup, fragment, html_table, joined, styled
from tm.table import Row, Table

if TYPE_CHECKING:
    from tm.engine.result import Contents

MAX_ROWS = 40
"""Rows of a table that a notebook shows."""

MAX_CELLS = 60
"""Cells of a tape that a notebook or a ``repr`` shows."""

MAX_READS_WIDTH = 40
"""Columns that the symbols read by a rule are aligned to; longer ones push the rest."""

_HEAD = "outline:2px solid #d97706;outline-offset:-1px"
_MOVES = {-1: "L", 1: "R"}


def describe_table(table: Table) -> str:
    """Return the name and the sizes of a table in one line."""
    rows = sum(1 for _ in table.rows())
    return f"{table.name}: {len(table.tapes)} tapes, {len(table.states):,} states, {rows:,} rows"


def table_html(table: Table) -> Markup:
    """Return the first rows of a table: the state, what a row reads, writes and moves, the next."""
    rows = list(islice(table.rows(), MAX_ROWS + 1))
    note = "… more rows: tmtail.to_tsv(table) returns all of them" if len(rows) > MAX_ROWS else ""
    header = ("state", "reads", "writes", "moves", "next state")
    return fragment(
        f"Table {describe_table(table)}",
        html_table(header, [tuple(_cells(table, row)) for row in rows[:MAX_ROWS]]),
        note=note,
    )


def rules_text(table: Table) -> str:
    """Return the rules of a table, grouped by state; only the tapes that a rule uses are shown."""
    lines = []
    for state, group in groupby(table.rows(), key=attrgetter("state")):
        rules = [_rule(table, row) for row in group]
        width = min(MAX_READS_WIDTH, max(len(reads) for reads, _ in rules))
        lines.append(table.state_names[state])
        lines += [f"  {reads:{width}}  {result}" for reads, result in rules]
    return "\n".join(lines) + "\n"


def _rule(table: Table, row: Row) -> tuple[str, str]:
    """Return what a rule reads, and what it does."""
    reads, effect = rule_texts(table, row)
    return reads, f"{effect} -> {table.next_name(row.action)}".strip()


def rule_texts(table: Table, row: Row) -> tuple[str, str]:
    """Return what a rule reads, and what it writes and moves; empty if it does neither."""
    action = table.actions[row.action]
    reads = _list(f"{table.tapes[t].name} = {show_class(table.tapes[t], s)}" for t, s in row.reads)
    done = [f"{table.tapes[t].name} := {show_class(table.tapes[t], [s])}" for t, s in action.writes]
    for move, word in ((-1, "left"), (1, "right")):
        if tapes := _list(table.tapes[t].name for t, moved in action.moves if moved == move):
            done.append(f"{word} {tapes}")
    return reads or "any symbols", "  ".join(done)


def _cells(table: Table, row: Row) -> Iterator[str]:
    action = table.actions[row.action]
    yield table.state_names[row.state]
    yield _list(f"{table.tapes[t].name}: {show_class(table.tapes[t], s)}" for t, s in row.reads)
    yield _list(f"{table.tapes[t].name}: {table.tapes[t].show(s)}" for t, s in action.writes)
    yield _list(f"{table.tapes[t].name} {_MOVES[move]}" for t, move in action.moves)
    yield table.next_name(row.action)


def _list(items: Iterable[str]) -> str:
    return ", ".join(items)


def cut(text: str, length: int = MAX_CELLS) -> str:
    """Return a text, or its beginning and its length if it has more than ``length`` characters."""
    return text if len(text) <= length else f"{text[:length]}… ({len(text):,})"


def configuration_html(title: str, tapes: Iterable[Contents], note: str = "") -> Markup:
    """Return tapes with the cell under each head outlined."""
    header = ("tape", "cells", "first cell", "head")
    return fragment(title, html_table(header, map(_tape_cells, tapes)), note=note)


def _tape_cells(contents: Contents) -> tuple[str, ...]:
    end = contents.origin + len(contents.symbols)
    first = max(contents.origin, min(contents.head - MAX_CELLS // 2, end - MAX_CELLS))
    last = min(end, first + MAX_CELLS)
    symbols = ((cell, contents.tape.show(contents[cell])) for cell in range(first, last))
    shown = joined(styled(s, _HEAD) if cell == contents.head else s for cell, s in symbols)
    before, after = ("… " if first > contents.origin else ""), (" …" if last < end else "")
    return (
        contents.tape.name,
        joined([before, shown, after]),
        str(first),
        str(contents.head),
    )
