"""Machines as ``.tm`` sources of rules: what ``tmtail import`` writes."""

from __future__ import annotations

from collections.abc import Iterable

from tm.formats.explicit import require, safe_names, safe_words
from tm.formats.machine import Machine
from tm.formats.tsv import show_class
from tm.language.formatter import format_text
from tm.language.parsing.keywords import KEYWORDS, SOFT_KEYWORDS
from tm.language.reading import MAX_SOURCE_BYTES
from tm.support.escaping import escape_name
from tm.table import BLANK, Table, Tape

SUBJECT = "source"
_RESERVED = frozenset([*KEYWORDS, *SOFT_KEYWORDS, "accept", "reject"])
_MOVES = {-1: "L", 0: "S", 1: "R"}
_NO_SYMBOL = "_ - _"
_NAME = "A-Za-z0-9_"


def to_source(machine: Machine, origin: str = "") -> str:
    """Return the source of a machine as rules, which makes the same transitions.

    Names that the language does not allow are changed, and a comment says what they were. The
    input that a file gave is a comment too.

    Parameters
    ----------
    origin
        Where the machine comes from, for the first line.

    Raises
    ------
    ValueError
        If rules cannot express the machine: it speaks or has marks, or the text is longer than a
        source may be.
    """
    table = machine.table
    require(table, SUBJECT, alphabet=True, dead_states=True)
    states = safe_names(table, _NAME, _is_reserved, letter_first=True)
    tapes = safe_words([t.name for t in table.tapes], _NAME, _is_reserved, letter_first=True)
    lines = [f"# Imported from {escape_name(origin)}."] if origin else []
    for tape, name in zip(table.tapes, tapes, strict=True):
        if text := machine.inputs.get(tape.name):
            shown = escape_name("".join("_" if c == BLANK else c for c in text))
            lines.append(f"# Its input is --tape {name}={shown}")
    lines += [""] if lines else []
    lines += [f"tape {name}: {_alphabet(t)}" for name, t in zip(tapes, table.tapes, strict=True)]
    lines += ["", f"start {states[0]}"]
    rules: list[list[str]] = [[] for _ in states]
    for row in table.rows():
        rules[row.state].append(_rule(table, states, dict(row.reads), row.action, row.state))
    for index, own in enumerate(rules):
        shown = table.state_names[index]
        lines.append("" if shown == states[index] else f"\n# {shown}")
        reads = ", ".join([_NO_SYMBOL, *["*"] * (len(tapes) - 1)])
        lines += own or [f"rule {states[index]} [{reads}] -> reject  # no transition"]
    text = format_text("\n".join(lines) + "\n", "machine.tm")
    if len(text.encode()) > MAX_SOURCE_BYTES:
        raise ValueError(
            f"{SUBJECT}: the rules have more than {MAX_SOURCE_BYTES:,} bytes, the size of the "
            "largest source; keep the machine as json"
        )
    return text


def _is_reserved(name: str) -> bool:
    return name in _RESERVED


def _alphabet(tape: Tape) -> str:
    return show_class(tape, range(1, tape.size)) or "_"


def _rule(
    table: Table, states: tuple[str, ...], reads: dict[int, frozenset[int]], number: int, state: int
) -> str:
    action = table.actions[number]
    writes, moves = dict(action.writes), dict(action.moves)
    count = range(len(table.tapes))
    patterns = [show_class(table.tapes[i], reads[i]) if i in reads else "*" for i in count]
    after = table.next_name(number) if action.next < 0 else states[action.next]
    effect = ""
    if writes or moves:
        written = [show_class(table.tapes[i], [writes[i]]) if i in writes else "*" for i in count]
        effect = f"{_cells(written)} {_cells(_MOVES[moves.get(i, 0)] for i in count)} "
    return f"rule {states[state]} {_cells(patterns)} -> {effect}{after}"


def _cells(cells: Iterable[str]) -> str:
    return f"[{', '.join(cells)}]"
