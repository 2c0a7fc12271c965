"""Tables as tab-separated values, for people and spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable

from tm.table import ACCEPT, REJECT, Table, Tape

_MOVES = {-1: "L", 1: "R"}
_HALTS = {ACCEPT: "accept", REJECT: "reject"}


def to_tsv(table: Table) -> str:
    """Return one line a row: state, reads, writes, moves, next state, source.

    Classes are written as in the language, ``'0'..'9' | _``, with ``^`` before a marked symbol. An
    empty cell means any symbol, no write or no move.
    """
    columns = [f"{part} {tape.name}" for part in ("read", "write", "move") for tape in table.tapes]
    lines = [["state", *columns, "next", "source"]]
    for row in table.rows():
        state, action = table.states[row.state], table.actions[row.action]
        reads, writes, moves = dict(row.reads), dict(action.writes), dict(action.moves)
        line = [state.name]
        line += [show_class(tape, reads.get(i, ())) for i, tape in enumerate(table.tapes)]
        line += [
            show_class(tape, [writes[i]] if i in writes else ())
            for i, tape in enumerate(table.tapes)
        ]
        line += [_MOVES[moves[i]] if i in moves else "" for i in range(len(table.tapes))]
        after = _HALTS.get(action.next) or table.states[action.next].name
        lines.append([*line, after, str(state.place)])
    return "".join("\t".join(line) + "\n" for line in lines)


def show_class(tape: Tape, symbols: Iterable[int]) -> str:
    """Return a set of symbols as the language writes it, consecutive ones as a range."""
    parts = []
    count = len(tape.symbols)
    for mark, shift in (("", 0), ("^", count)):
        indices = {s - shift for s in symbols if shift <= s < shift + count}
        codes = sorted(ord(tape.symbols[s]) for s in indices if s)
        starts = [c for c in codes if c - 1 not in codes]
        ends = [c for c in codes if c + 1 not in codes]
        for first, last in zip(starts, ends, strict=True):
            parts.append(mark + _quoted(first) + (f"..{_quoted(last)}" if last > first else ""))
        if 0 in indices:
            parts.append(mark + "_")
    return " | ".join(parts)


def _quoted(code: int) -> str:
    character = chr(code)
    return f"'\\{character}'" if character in "'\\" else f"'{character}'"
