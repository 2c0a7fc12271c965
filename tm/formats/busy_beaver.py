"""The busy-beaver standard text of one-tape machines, such as ``1RB1LB_1LA1RZ``.

States are separated by ``_`` and named A, B, … in order. A state has one triple for each symbol 0,
1, …: the symbol to write, L or R, the next state. ``---`` is an undefined transition. A next state
that the text does not define (``Z`` by convention) means that the machine accepts. Symbol 0 is the
blank. See bbchallenge.org.
"""

from __future__ import annotations

from string import ascii_uppercase, digits

from tm.formats.errors import FormatError
from tm.table import ACCEPT, BLANK, Action, Place, State, Table, Tape
from tm.trees import Branch

UNDEFINED = "---"
HALT = "Z"

_MOVES = {"L": -1, "R": 1}
_LETTERS = {move: letter for letter, move in _MOVES.items()}


def parse_busy_beaver(text: str, name: str = "busy beaver") -> Table:
    """Return the table of a machine; its tape is named ``tape``, its symbols are digits.

    Parameters
    ----------
    text
        The standard text; white space around it is ignored.
    name
        The name of the table, which also serves as the file name in the places of its states.

    Raises
    ------
    FormatError
        If the text is malformed; its location is a character, counted from 1.
    """
    start = len(text) - len(text.lstrip())
    rows = text.strip().split("_")
    symbols = len(rows[0]) // 3
    if len(rows) > len(ascii_uppercase):
        raise FormatError(f"{len(rows)} states; at most 26 can be named", "character 1")
    if not 1 <= symbols <= len(digits):
        raise FormatError(
            f"state A has {symbols} transitions; a state must have 1 to 10",
            f"character {start + 1}",
        )
    actions: list[Action] = []
    states: list[State] = []
    column = start + 1
    for letter, row in zip(ascii_uppercase, rows, strict=False):
        if len(row) != 3 * symbols:
            raise FormatError(
                f"state {letter} has {len(row)} characters; it must have {3 * symbols}, "
                f"three for each of {symbols} symbols",
                f"character {column}",
            )
        cases: list[tuple[frozenset[int], int]] = []
        for symbol in range(symbols):
            triple = row[3 * symbol : 3 * symbol + 3]
            if triple != UNDEFINED:
                cases.append((frozenset([symbol]), len(actions)))
                actions.append(_action(triple, symbols, len(rows), column + 3 * symbol))
        states.append(State(letter, Place(name, 1, column), Branch(0, tuple(cases))))
        column += len(row) + 1
    alphabet = digits[1:symbols]
    tape = Tape(name="tape", symbols=(BLANK, *alphabet), word=frozenset(alphabet))
    return Table(name=name, tapes=(tape,), states=tuple(states), actions=tuple(actions))


def to_busy_beaver(table: Table) -> str:
    """Return the standard text of a machine; its utterances are left out.

    Raises
    ------
    ValueError
        If the format cannot express the machine: it has more than one tape, 25 states or 10
        symbols, or it has marks, a transition that does not move the head or one that rejects.
    """
    if len(table.tapes) != 1 or table.tapes[0].marks or table.tapes[0].size > len(digits):
        raise ValueError(
            "busy-beaver text: the machine must have one tape of at most 10 symbols without marks"
        )
    if len(table.states) >= len(ascii_uppercase):
        raise ValueError(
            f"busy-beaver text: the machine must have at most 25 states, not {len(table.states)}"
        )
    triples = [[UNDEFINED] * table.tapes[0].size for _ in table.states]
    for row in table.rows():
        action = table.actions[row.action]
        state = table.states[row.state].name
        if not action.moves:
            raise ValueError(
                f"busy-beaver text: state `{state}` has a transition that does not move the head"
            )
        if action.next < ACCEPT:
            raise ValueError(f"busy-beaver text: state `{state}` has a transition that rejects")
        after = HALT if action.next == ACCEPT else ascii_uppercase[action.next]
        reads = dict(row.reads).get(0, range(table.tapes[0].size))
        for symbol in reads:
            written = dict(action.writes).get(0, symbol)
            triples[row.state][symbol] = f"{written}{_LETTERS[action.moves[0][1]]}{after}"
    return "_".join("".join(row) for row in triples)


def _action(triple: str, symbols: int, states: int, column: int) -> Action:
    """Return the action of a triple that begins at a column of the text."""
    write, move, after = triple[0], triple[1], triple[2]
    if write not in digits[:symbols]:
        raise FormatError(
            f"{write!r} is not a symbol; write one of {digits[:symbols]}", f"character {column}"
        )
    if move not in _MOVES:
        raise FormatError(f"{move!r} is not a move; write L or R", f"character {column + 1}")
    if after not in ascii_uppercase:
        raise FormatError(f"{after!r} is not a state; write A to Z", f"character {column + 2}")
    target = ascii_uppercase.index(after)
    return Action(target if target < states else ACCEPT, ((0, int(write)),), ((0, _MOVES[move]),))
