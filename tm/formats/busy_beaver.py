"""Busy-beaver texts: lists of one-tape machines such as ``1RB1LB_1LA1RZ``, one a line.

States are separated by ``_`` and named A, B, …, Z, AA, AB, … in order. A state has one transition
for each symbol 0, 1, …: the symbol to write, L or R, the next state; ``---`` is an undefined one. A
next state that the text does not define (``Z`` by convention) means that the machine accepts.
Symbol 0 is the blank. See bbchallenge.org.

Older lists separate transitions by a space and states by two spaces or a semicolon:
``1RB 1LB  1LA 1RZ``. ``#`` begins a comment.
"""

from __future__ import annotations

import re
from string import digits

from tm.formats.errors import FormatError
from tm.formats.explicit import explicit_rules, require
from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Table, Tape
from tm.trees import Branch

UNDEFINED = "---"
HALT = "Z"
SUBJECT = "busy-beaver text"

MAX_MACHINES = 10_000
"""Machines of the longest list that is read."""

MAX_STATES = 100_000
"""States of the largest machine that is read."""

BUSY_BEAVER_TEXT = re.compile(r"(?:(?:---|[0-9][LR][A-Z]+)_?)+")
"""The form of a text that may be given in place of a file."""

_TRANSITION = re.compile(r"---|([0-9])([LR])([A-Z]+)")
_OLD_SEPARATOR = re.compile(r"\s*;\s*|\s{2,}|\t")
_MOVES = {"L": -1, "R": 1}
_LETTERS = {move: letter for letter, move in _MOVES.items()}


def parse_busy_beavers(text: str, name: str = "busy beaver") -> tuple[Table, ...]:
    """Return the tables of the machines in a list; their tape is named ``tape``.

    Parameters
    ----------
    text
        One machine a line; empty lines and comments are ignored.
    name
        The name of the tables, which also serves as the file name in the places of their states.

    Raises
    ------
    FormatError
        If a line is malformed, or there is no machine. The location is a character, counted from
        1, after the line if there are several.
    """
    lines = text.removesuffix("\n").split("\n")
    tables: list[Table] = []
    for number, line in enumerate(lines, 1):
        machine = line.partition("#")[0].rstrip()
        if machine.strip():
            if len(tables) == MAX_MACHINES:
                raise FormatError(
                    f"more than {MAX_MACHINES:,} machines; split the list", f"line {number}"
                )
            prefix = f"line {number}, " if len(lines) > 1 else ""
            tables.append(_Line(machine, name, number, prefix).table())
    if not tables:
        raise FormatError("no machine; write one such as 1RB1LB_1LA1RZ", "character 1")
    return tuple(tables)


def parse_busy_beaver(text: str, name: str = "busy beaver") -> Table:
    """Return the table of the only machine in a text; see ``parse_busy_beavers``."""
    tables = parse_busy_beavers(text, name)
    if len(tables) > 1:
        raise FormatError(
            f"{len(tables)} machines; give the text of one, or read them with parse_busy_beavers",
            "the text",
        )
    return tables[0]


def to_busy_beaver(table: Table) -> str:
    """Return the standard text of a machine.

    Raises
    ------
    ValueError
        If the format cannot express the machine: it speaks, it has more than one tape or 10
        symbols, symbols that are not the digits 1, 2, … in order, marks, a transition that does
        not move the head or one that rejects.
    """
    require(table, SUBJECT, tapes=1, alphabet=True, dead_states=True, stay=False)
    (tape,) = table.tapes
    if tape.symbols[1:] != tuple(digits[1 : tape.size]):
        raise ValueError(
            f"{SUBJECT}: the symbols must be at most 9 and the digits 1, 2, … in order, not "
            f"{''.join(tape.symbols[1:])}"
        )
    halt = HALT if len(table.states) < 26 else state_name(len(table.states))
    rows = [[UNDEFINED] * tape.size for _ in table.states]
    for rule in explicit_rules(table, SUBJECT):
        (read,), (written,), (move,) = rule.reads, rule.writes, rule.moves
        if rule.action.next == REJECT:
            name = table.state_names[rule.state]
            raise ValueError(f"{SUBJECT}: state `{name}` has a transition that rejects")
        after = halt if rule.action.next == ACCEPT else state_name(rule.action.next)
        symbol = tape.symbols.index(str(read))
        rows[rule.state][symbol] = f"{tape.symbols.index(str(written))}{_LETTERS[move]}{after}"
    return "_".join("".join(row) for row in rows)


def state_name(index: int) -> str:
    """Return the name of a state by its index: A, B, …, Z, AA, AB, …."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


class _Line:
    """Reads the machine in a line.

    Attributes
    ----------
    prefix
        What messages say before a character's number.
    """

    def __init__(self, text: str, file: str, number: int, prefix: str) -> None:
        self.text = text
        self.file = file
        self.number = number
        self.prefix = prefix

    def table(self) -> Table:
        rows = self._rows()
        if len(rows) > MAX_STATES:
            raise FormatError(
                f"{len(rows):,} states; at most {MAX_STATES:,} are read", self._location(0)
            )
        targets = {state_name(index): index for index in range(len(rows))}
        actions: list[Action] = []
        states: list[State] = []
        symbols = 0
        for index, (start, end) in enumerate(rows):
            name = state_name(index)
            transitions = self._transitions(start, end)
            symbols = symbols or len(transitions)
            if not 1 <= symbols <= len(digits):
                raise FormatError(
                    f"state A has {symbols} transitions; a state must have 1 to 10",
                    self._location(start),
                )
            if len(transitions) != symbols:
                raise FormatError(
                    f"state {name} has {len(transitions)} transitions; it must have {symbols}, as "
                    "state A",
                    self._location(start),
                )
            cases: list[tuple[frozenset[int], int]] = []
            for symbol, match in enumerate(transitions):
                written, move, after = match.groups()
                if written is None:
                    continue
                if int(written) >= symbols:
                    raise FormatError(
                        f"{written!r} is not a symbol; write one of {digits[:symbols]}",
                        self._location(match.start()),
                    )
                cases.append((frozenset([symbol]), len(actions)))
                target = targets.get(after, ACCEPT)
                actions.append(Action(target, ((0, int(written)),), ((0, _MOVES[move]),)))
            place = Place(self.file, self.number, start + 1)
            states.append(State(name, place, Branch(0, tuple(cases))))
        alphabet = digits[1:symbols]
        tape = Tape(name="tape", symbols=(BLANK, *alphabet), word=frozenset(alphabet))
        return Table(name=self.file, tapes=(tape,), states=tuple(states), actions=tuple(actions))

    def _rows(self) -> list[tuple[int, int]]:
        """Return where the text of each state begins and ends."""
        begin = len(self.text) - len(self.text.lstrip())
        body = self.text[begin:]
        if "_" in body or not re.search(r"[\s;]", body):
            separator = re.compile("_")
        else:
            separator = _OLD_SEPARATOR
            if not separator.search(body):
                raise FormatError("the states must be separated by `_`", self._location(begin))
        rows = []
        for match in separator.finditer(self.text, begin):
            rows.append((begin, match.start()))
            begin = match.end()
        return [*rows, (begin, len(self.text))]

    def _transitions(self, start: int, end: int) -> list[re.Match[str]]:
        """Return the transitions of a state, of which some may be separated by a space."""
        matches = []
        while start < end:
            match = _TRANSITION.match(self.text, start, end)
            if match is None:
                raise self._malformed(start)
            matches.append(match)
            start = match.end()
            if start < end and self.text[start] == " ":
                start += 1
        return matches

    def _malformed(self, start: int) -> FormatError:
        """Return the error for the transition that begins at a character."""
        valid = re.compile("(?:[0-9][LR]?)?").match(self.text, start)
        offset = valid.end() if valid else start
        noun = (
            "a symbol; write a digit", "a move; write L or R", "a state; write A to Z"
        )[offset - start]  # fmt: skip
        character = self.text[offset : offset + 1]
        shown = repr(character) if character else "the end of the text"
        return FormatError(f"{shown} is not {noun}", self._location(offset))

    def _location(self, offset: int) -> str:
        return f"{self.prefix}character {offset + 1}"
