"""The text of Anthony Morphett's simulator (morphett.info/turing).

A line is ``state symbol new-symbol direction new-state``; ``;`` begins a comment. ``_`` is the
blank, ``*`` any state or symbol on the left and the same one on the right, and the direction that
stays. A rule for a state has priority over one for any state, and among these one for a symbol
over one for any symbol. States whose names begin with ``halt`` end the run. The first state is
``0``, or else that of the first rule. A comment ``$INITIAL_TAPE: …`` gives the input.
"""

from __future__ import annotations

import re

from tm.formats.errors import FormatError
from tm.formats.explicit import explicit_rules, next_name, require, safe_names
from tm.formats.machine import Machine
from tm.formats.rules import MAX_RULES, Rule, build
from tm.table import ACCEPT, BLANK, REJECT, Table

SUBJECT = "Morphett's text"
TAPE = "tape"

_START = "0"
_ANY = "*"
_MOVES = {"l": -1, "r": 1, "*": 0}
_LETTERS = {move: letter for letter, move in _MOVES.items()}
_INITIAL_TAPE = re.compile(r";.*\$INITIAL_TAPE:? *(.*)$", re.MULTILINE)
_FIELDS = ("state", "symbol", "new symbol", "direction", "new state")


def parse_morphett(text: str, name: str) -> Machine:
    """Return the machine in a text; its tape is named ``tape``.

    Parameters
    ----------
    name
        The name of the table, which also serves as the file name in the places of its states.

    Raises
    ------
    FormatError
        If a line is malformed, or two rules of one priority apply to one situation and differ.
    """
    lines = [_fields(line, number) for number, line in enumerate(text.split("\n"), 1)]
    quintuples = [(number, fields) for number, fields in enumerate(lines, 1) if fields]
    if not quintuples:
        raise FormatError("no rule; a rule is `state symbol new-symbol l|r|* new-state`", "line 1")
    names = dict.fromkeys(
        state for _, fields in quintuples for state in (fields[0], fields[4]) if state != _ANY
    )
    outcomes = {
        state: REJECT if "reject" in state.lower() else ACCEPT
        for state in names
        if state.lower().startswith("halt")
    }
    states = [state for state in names if state not in outcomes]
    rules: list[Rule] = []
    for number, (state, read, written, direction, after) in quintuples:
        own = states if state == _ANY else [state]
        if len(rules) + len(own) > MAX_RULES:
            raise FormatError(f"more than {MAX_RULES:,} rules", f"line {number}")
        rules += [
            Rule(
                state=each,
                reads=(None if read == _ANY else frozenset([_character(read)]),),
                writes=(None if written == _ANY else _character(written),),
                moves=(_MOVES[direction],),
                next=each if after == _ANY else after,
                line=number,
                rank=2 * (state == _ANY) + (read == _ANY),
            )
            for each in own
        ]
    with_rules = dict.fromkeys(rule.state for rule in rules)
    start = _START if _START in with_rules else next(iter(with_rules), _START)
    inputs = _inputs(text)
    table = build(name, (TAPE,), start, rules, outcomes, inputs=inputs)
    return Machine(table, inputs)


def to_morphett(table: Table) -> str:
    """Return the text of a machine; its first state is renamed ``0``.

    Raises
    ------
    ValueError
        If the format cannot express the machine.
    """
    require(table, SUBJECT, tapes=1, forbidden=" _*;", dead_states=True)
    if not any(row.state == 0 for row in table.rows()):
        raise ValueError(f"{SUBJECT}: the first state must have a transition")
    names = safe_names(
        table, "A-Za-z0-9_.'+-", lambda n: n == _START or n.lower().startswith("halt")
    )
    names = (_START, *names[1:])
    lines = []
    for rule in explicit_rules(table, SUBJECT):
        (read,), (written,), (move,) = rule.reads, rule.writes, rule.moves
        after = next_name(rule.action, names, "halt-accept", "halt-reject")
        fields = (names[rule.state], _shown(read), _shown(written), _LETTERS[move], after)
        lines.append(" ".join(fields))
    return "\n".join(lines) + "\n"


def _fields(line: str, number: int) -> list[str]:
    """Return the five fields of a line, or an empty list for a line without a rule."""
    fields = line.partition(";")[0].split()
    if not fields:
        return []
    if len(fields) == 6 and fields[5] == "!":  # a breakpoint, which does not change the machine
        fields.pop()
    location = f"line {number}"
    if len(fields) != 5:
        raise FormatError(f"{len(fields)} fields; a rule has five: {', '.join(_FIELDS)}", location)
    for index in (1, 2):
        if len(fields[index]) != 1:
            raise FormatError(
                f"the {_FIELDS[index]} must be one character, not {fields[index]!r}", location
            )
    fields[3] = fields[3].lower()
    if fields[3] not in _MOVES:
        raise FormatError(f"the direction must be l, r or *, not {fields[3]!r}", location)
    return fields


def _inputs(text: str) -> dict[str, str]:
    """Return the input that a comment gives; a blank tape needs none."""
    match = _INITIAL_TAPE.search(text)
    cells = match[1].strip() if match else ""
    if "*" in cells[1:]:
        raise FormatError(
            "$INITIAL_TAPE: the head must begin at the first character; remove `*`, or what is "
            "before it",
            f"line {text.count(chr(10), 0, match.start() if match else 0) + 1}",
        )
    cells = cells.removeprefix("*").replace(" ", BLANK).replace("_", BLANK)
    return {TAPE: cells} if cells else {}


def _character(field: str) -> str:
    return BLANK if field == "_" else field


def _shown(character: str | None) -> str:
    return "_" if character == BLANK else str(character)
