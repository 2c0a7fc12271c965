"""The text of turingmachinesimulator.com, for machines of any number of tapes.

``name:``, ``init:`` and ``accept:`` lines, then two lines for each transition: the state and the
symbols that it reads, and the next state, the symbols to write and the moves ``<``, ``>`` or
``-``. ``_`` is the blank, ``//`` begins a comment. A state without transitions that does not accept
rejects.
"""

from __future__ import annotations

import re

from tm.formats.errors import FormatError
from tm.formats.explicit import explicit_rules, next_name, require, safe_names
from tm.formats.machine import Machine
from tm.formats.rules import Rule, build
from tm.support.escaping import escape_name
from tm.table import ACCEPT, BLANK, REJECT, Table

SUBJECT = "turingmachinesimulator.com"

_HEADER = re.compile(r"(name|init|accept)\s*:(.*)", re.IGNORECASE)
_MOVES = {"<": -1, ">": 1, "-": 0}
_SIGNS = {move: sign for sign, move in _MOVES.items()}


def tape_names(count: int) -> tuple[str, ...]:
    """Return the names of the tapes of a format that does not name them."""
    return ("tape",) if count == 1 else tuple(f"tape{index + 1}" for index in range(count))


def rejecting_states(rules: list[Rule], outcomes: dict[str, int]) -> dict[str, int]:
    """Return the outcomes with ``REJECT`` for the states that have no rule and do not accept."""
    with_rules = {rule.state for rule in rules}
    ends = {rule.next: REJECT for rule in rules if rule.next not in with_rules}
    return ends | outcomes


def parse_multitape(text: str, name: str) -> Machine:
    """Return the machine in a text; its tapes are named ``tape``, or ``tape1``, ``tape2``, ….

    Parameters
    ----------
    name
        The name of the table, which also serves as the file name in the places of its states.

    Raises
    ------
    FormatError
        If a line is malformed, or two transitions for one situation differ.
    """
    header: dict[str, str] = {}
    rules: list[Rule] = []
    first: tuple[int, list[str]] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        content = line.partition("//")[0].strip()
        location = f"line {number}"
        if not content:
            continue
        if match := _HEADER.fullmatch(content):
            key = match[1].lower()
            if key in header:
                raise FormatError(f"a second line `{key}:`; delete one", location)
            header[key] = match[2].strip()
            continue
        cells = [cell.strip() for cell in content.split(",")]
        if "" in cells:
            raise FormatError("nothing between two commas; write `_` for the blank", location)
        if first is None:
            first = number, cells
            continue
        rules.append(_rule(*first, cells, number))
        if len(rules[-1].reads) != len(rules[0].reads):
            raise FormatError(
                f"{len(rules[-1].reads)} tapes; the first transition has {len(rules[0].reads)}",
                f"line {first[0]}",
            )
        first = None
    if first is not None:
        raise FormatError(
            "the transition lacks its second line `state,symbols,moves`", f"line {first[0]}"
        )
    for key in ("init", "accept"):
        if not header.get(key):
            raise FormatError(f"no line `{key}: STATE`", "the text")
    if not rules:
        raise FormatError("no transition", "the text")
    accepting = [state.strip() for state in header["accept"].split(",")]
    outcomes = rejecting_states(rules, dict.fromkeys(accepting, ACCEPT))
    tapes = tape_names(len(rules[0].reads))
    return Machine(build(name, tapes, header["init"], rules, outcomes))


def to_multitape(table: Table) -> str:
    """Return the text of a machine.

    Raises
    ------
    ValueError
        If the format cannot express the machine.
    """
    require(table, SUBJECT, forbidden=" _,")
    names = safe_names(table, "A-Za-z0-9_-", lambda n: n in ("accept", "reject"))
    lines = [f"name: {escape_name(table.name)}", f"init: {names[0]}", "accept: accept"]
    for rule in explicit_rules(table, SUBJECT):
        after = next_name(rule.action, names, "accept", "reject")
        lines += [
            "",
            ",".join([names[rule.state], *map(_shown, rule.reads)]),
            ",".join([after, *map(_shown, rule.writes), *(_SIGNS[m] for m in rule.moves)]),
        ]
    return "\n".join(lines) + "\n"


def _rule(first: int, reads: list[str], writes: list[str], second: int) -> Rule:
    """Return the rule in two lines, given as cells with the number of each line."""
    tapes = len(reads) - 1
    if tapes < 1:
        raise FormatError("a transition must read a symbol on each tape", f"line {first}")
    if len(writes) != 1 + 2 * tapes:
        raise FormatError(
            f"{len(writes)} cells; the transition of line {first} must go on with {1 + 2 * tapes}: "
            "a state, the symbols to write, the moves",
            f"line {second}",
        )
    for number, symbols in ((first, reads[1:]), (second, writes[1 : 1 + tapes])):
        for symbol in symbols:
            if len(symbol) != 1:
                raise FormatError(f"{symbol!r} is not one character", f"line {number}")
    for move in writes[1 + tapes :]:
        if move not in _MOVES:
            raise FormatError(f"{move!r} is not a move; write <, > or -", f"line {second}")
    return Rule(
        state=reads[0],
        reads=tuple(frozenset([_character(symbol)]) for symbol in reads[1:]),
        writes=tuple(_character(symbol) for symbol in writes[1 : 1 + tapes]),
        moves=tuple(_MOVES[move] for move in writes[1 + tapes :]),
        next=writes[0],
        line=first,
    )


def _character(cell: str) -> str:
    return BLANK if cell == "_" else cell


def _shown(character: str | None) -> str:
    return "_" if character == BLANK else str(character)
