"""The busy-beaver standard text of one-tape machines: ``1RB1LB_1LA1RZ``.

States are separated by ``_`` and called A, B, … in order; each has a triple for each symbol 0, 1,
…: the symbol to write, L or R, the next state. ``---`` is an undefined transition. A next state
that the text does not define halts, which is to accept (``Z`` by custom). Symbol 0 is the blank.
See bbchallenge.org.
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
    """Read a machine; its tape is called ``tape``, its symbols are digits.

    Parameters
    ----------
    text
        White space around it is allowed.
    name
        The table's name, and the file that the places of its states name.

    Raises
    ------
    FormatError
        Where the text is none of this kind; ``where`` is a character, counted from 1.
    """
    start = len(text) - len(text.lstrip())
    rows = text.strip().split("_")
    symbols = len(rows[0]) // 3
    if len(rows) > len(ascii_uppercase):
        raise FormatError(f"{len(rows)} states; there are letters for 26", "character 1")
    if not 1 <= symbols <= len(digits):
        raise FormatError(
            f"state A has {symbols} transitions; there must be 1 to 10", f"character {start + 1}"
        )
    actions: list[Action] = []
    states: list[State] = []
    column = start + 1
    for letter, row in zip(ascii_uppercase, rows, strict=False):
        if len(row) != 3 * symbols:
            raise FormatError(
                f"state {letter} is {len(row)} characters long, not {3 * symbols}: "
                f"three for each of {symbols} symbols",
                f"character {column}",
            )
        cases: list[tuple[frozenset[int], int]] = []
        for symbol in range(symbols):
            triple = row[3 * symbol : 3 * symbol + 3]
            if triple != UNDEFINED:
                cases.append((frozenset([symbol]), len(actions)))
                at = column + 3 * symbol
                actions.append(_action(triple, symbols, len(rows), at))
        states.append(State(letter, Place(name, 1, column), Branch(0, tuple(cases))))
        column += len(row) + 1
    alphabet = digits[1:symbols]
    tape = Tape(name="tape", symbols=(BLANK, *alphabet), word=frozenset(alphabet))
    return Table(name=name, tapes=(tape,), states=tuple(states), actions=tuple(actions))


def to_busy_beaver(table: Table) -> str:
    """Write a machine of one tape; what it says is left out.

    Raises
    ------
    ValueError
        When it has more than one tape, more than 25 states or 10 symbols, marks, a head that stays
        or a transition that rejects: the format cannot say these. The message names the first.
    """
    if len(table.tapes) != 1 or table.tapes[0].marks or table.tapes[0].size > len(digits):
        raise ValueError("busy-beaver text is for one tape of at most 10 symbols, without marks")
    if len(table.states) >= len(ascii_uppercase):
        raise ValueError(f"busy-beaver text has letters for 25 states, not {len(table.states)}")
    triples = [[UNDEFINED] * table.tapes[0].size for _ in table.states]
    for row in table.rows():
        action = table.actions[row.action]
        state = table.states[row.state].name
        if not action.moves:
            raise ValueError(f"state `{state}` has a transition that does not move the head")
        if action.next < ACCEPT:
            raise ValueError(f"state `{state}` has a transition that rejects")
        after = HALT if action.next == ACCEPT else ascii_uppercase[action.next]
        reads = dict(row.reads).get(0, range(table.tapes[0].size))
        for symbol in reads:
            written = dict(action.writes).get(0, symbol)
            triples[row.state][symbol] = f"{written}{_LETTERS[action.moves[0][1]]}{after}"
    return "_".join("".join(row) for row in triples)


def _action(triple: str, symbols: int, states: int, column: int) -> Action:
    write, move, after = triple[0], triple[1], triple[2]
    if write not in digits[:symbols]:
        raise FormatError(
            f"{write!r} is no symbol to write; they are {digits[:symbols]}", f"character {column}"
        )
    if move not in _MOVES:
        raise FormatError(f"{move!r} is no move; they are L and R", f"character {column + 1}")
    if after not in ascii_uppercase:
        raise FormatError(f"{after!r} is no state; they are A to Z", f"character {column + 2}")
    target = ascii_uppercase.index(after)
    return Action(target if target < states else ACCEPT, ((0, int(write)),), ((0, _MOVES[move]),))
