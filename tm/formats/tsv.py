"""Tables as tab-separated values, for people and spreadsheets: complete but for speech.

The first line names the columns; that of ``read`` also holds the alphabet of its tape. Every other
line is a row of the table. Together they are the machine: ``from_tsv`` makes the table again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tm.formats.errors import FormatError
from tm.formats.rules import SymbolRule, assemble
from tm.support.escaping import escape_name
from tm.table import ACCEPT, BLANK, OUTCOME_NAMES, REJECT, Action, Table, Tape

_MOVES = {-1: "L", 1: "R"}
_OFFSETS = {"L": -1, "R": 1}
_STUCK = OUTCOME_NAMES[2]

_SYMBOL = r"'(?:\\['\\]|[^'\\])'"
_ITEM = re.compile(rf"(\^?)(?:_|({_SYMBOL})(?:\.\.({_SYMBOL}))?)")


def to_tsv(table: Table) -> str:
    """Return one line a row: state, reads, writes, moves, next state, source.

    Classes are written as in the language, ``'0'..'9' | _``, with ``^`` before a marked symbol. An
    empty cell means any symbol, no write or no move. Every state has a name of its own. A state
    without transitions has one line, whose next state is ``stuck``. What the machine says is not
    part of the text.
    """
    titles = [f"read {t.name}: {show_class(t, range(t.size))}" for t in table.tapes]
    titles += [f"{part} {t.name}" for part in ("write", "move") for t in table.tapes]
    lines = [["state", *titles, "next", "source"]]
    rows: dict[int, list[list[str]]] = {state: [] for state in range(len(table.states))}
    for row in table.rows():
        action = table.actions[row.action]
        reads, writes, moves = dict(row.reads), dict(action.writes), dict(action.moves)
        cells = [show_class(tape, reads.get(i, ())) for i, tape in enumerate(table.tapes)]
        cells += [
            show_class(tape, [writes[i]] if i in writes else ())
            for i, tape in enumerate(table.tapes)
        ]
        cells += [_MOVES[moves[i]] if i in moves else "" for i in range(len(table.tapes))]
        rows[row.state].append([*cells, table.next_name(row.action)])
    for index, cells_of_state in rows.items():
        for line in cells_of_state or [[""] * 3 * len(table.tapes) + [_STUCK]]:
            source = escape_name(str(table.states[index].place))
            lines.append([table.state_names[index], *line, source])
    return "".join("\t".join(line) + "\n" for line in lines)


def from_tsv(text: str, name: str = "table") -> Table:
    """Return the table that ``to_tsv`` wrote, without its speech.

    Parameters
    ----------
    name
        The name of the table, which also serves as the file name in the places of its states.

    Raises
    ------
    FormatError
        If the text is anything else; its location is a line.
    """
    lines = text.removesuffix("\n").split("\n")
    header = lines[0].split("\t")
    count = (len(header) - 3) // 3
    if count < 1 or [header[0], *header[-2:]] != ["state", "next", "source"]:
        raise FormatError("must name the columns, as `tmtail table` writes them", "line 1")
    tapes = [
        _tape(title.removeprefix("write "), header[1 + index])
        for index, title in enumerate(header[1 + count : 1 + 2 * count])
    ]
    rules: list[SymbolRule] = []
    states: dict[str, None] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(header):
            raise FormatError(
                f"must have {len(header)} cells, as the first line, not {len(cells)}",
                f"line {number}",
            )
        states[cells[0]] = None
        try:
            if cells[-2] != _STUCK:
                rules.append(_rule(tapes, cells, number))
        except ValueError as error:
            raise FormatError(str(error), f"line {number}") from None
    if not states:
        raise FormatError("must have a line for each state", "line 2")
    for rule in rules:
        if rule.next not in states and rule.next not in OUTCOME_NAMES:
            raise FormatError(f"state `{rule.next}` has no line", f"line {rule.line}")
    outcomes = {OUTCOME_NAMES[~outcome]: outcome for outcome in (ACCEPT, REJECT)}
    return assemble(name, tapes, next(iter(states)), rules, outcomes, states)


def _tape(name: str, title: str) -> Tape:
    """Return the tape of a column from its name and the title that holds its alphabet."""
    location = "line 1"
    prefix = f"read {name}: "
    if not title.startswith(prefix):
        raise FormatError(f"the column {title!r} must be `{prefix}`, then the alphabet", location)
    try:
        items = parse_items(title.removeprefix(prefix))
    except ValueError as error:
        raise FormatError(str(error), location) from None
    letters = sorted({character for _, character in items} - {BLANK})
    return Tape(
        name=name,
        symbols=(BLANK, *letters),
        word=frozenset(letters),
        marks=any(marked for marked, _ in items),
    )


def _rule(tapes: list[Tape], cells: list[str], line: int) -> SymbolRule:
    count = len(tapes)
    parts = [cells[1 + part * count : 1 + (part + 1) * count] for part in range(3)]
    reads = tuple(
        _symbols(tape, cell) if cell else None for tape, cell in zip(tapes, parts[0], strict=True)
    )
    writes = []
    for index, cell in enumerate(parts[1]):
        if cell:
            symbols = sorted(_symbols(tapes[index], cell))
            if len(symbols) != 1:
                raise ValueError(f"{cell!r} must be one symbol to write")
            writes.append((index, symbols[0]))
    moves = []
    for index, cell in enumerate(parts[2]):
        if cell:
            if cell not in _OFFSETS:
                raise ValueError(f"{cell!r} is not a move; write L or R, or nothing")
            moves.append((index, _OFFSETS[cell]))
    return SymbolRule(cells[0], reads, Action(0, tuple(writes), tuple(moves)), cells[-2], line)


def _symbols(tape: Tape, text: str) -> frozenset[int]:
    """Return the symbols of a class."""
    symbols = []
    for marked, character in parse_items(text):
        if character not in tape.symbols or (marked and not tape.marks):
            raise ValueError(f"tape `{tape.name}` cannot hold all of {text!r}")
        symbols.append(tape.symbols.index(character) + marked * len(tape.symbols))
    return frozenset(symbols)


def parse_items(text: str) -> list[tuple[bool, str]]:
    """Return each symbol of a class that ``show_class`` wrote: whether marked, and the character.

    Raises
    ------
    ValueError
        If the text is not such a class.
    """
    items: list[tuple[bool, str]] = []
    position = 0
    while match := _ITEM.match(text, position):
        mark, first, last = match.groups()
        if first is None:
            items.append((bool(mark), BLANK))
        else:
            codes = range(ord(first[-2]), ord((last or first)[-2]) + 1)
            items += [(bool(mark), chr(code)) for code in codes]
        position = match.end()
        if position == len(text):
            return items
        if not text.startswith(" | ", position):
            break
        position += 3
    raise ValueError(f"{text!r} is not a class such as `'0'..'9' | _`")


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
