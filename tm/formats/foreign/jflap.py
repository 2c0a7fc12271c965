"""JFLAP's Turing machines (``.jff``), of one to five tapes.

A transition reads a symbol, an empty one for the blank or ``~`` for any, writes a symbol or ``~``
for the same one, and moves ``L``, ``R`` or ``S``. On one tape ``!x`` reads any symbol but x, if no
other transition applies. A final state accepts; any other state without transitions rejects.

The XML is read by expat without a document type, so that there are no entities to expand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from tm.formats.errors import FormatError
from tm.formats.explicit import explicit_rules, next_name, require, safe_names
from tm.formats.foreign.multitape import rejecting_states, tape_names
from tm.formats.machine import Machine
from tm.formats.rules import PORTABLE, Rule, build
from tm.table import ACCEPT, BLANK, Table, unique_names

SUBJECT = "JFLAP"
MAX_TAPES = 5

MAX_DEPTH = 20
"""Elements that may be nested in a file."""

_ANY = "~"
_BLANKS = ("", "\u25a1")
_NOT = "!"
_MOVES = {"L": -1, "R": 1, "S": 0}
_LETTERS = {move: letter for letter, move in _MOVES.items()}
_EXCEPTION = 1
"""Rank of a transition that reads any symbol but one."""

_STATES = ("state", "block")


@dataclass
class _Element:
    """An element of an XML text."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[_Element] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[_Element]:
        return (child for child in self.children if child.tag in tags)

    def first(self, tag: str) -> _Element | None:
        return next(self.all(tag), None)

    @property
    def location(self) -> str:
        return f"line {self.line}"


def parse_jflap(text: str, name: str) -> Machine:
    """Return the machine in a file; its tapes are named ``tape``, or ``tape1``, ``tape2``, ….

    Parameters
    ----------
    name
        The name of the table, which also serves as the file name in the places of its states.

    Raises
    ------
    FormatError
        If the file is malformed, holds another kind of automaton, building blocks or variables, or
        is not deterministic. The location is a line.
    """
    root = _parse(text)
    kind = root.first("type")
    if root.tag != "structure" or kind is None or kind.text.strip() != "turing":
        document = kind.text.strip() if kind else root.tag
        raise FormatError(f"not a Turing machine of JFLAP, but {document!r}", root.location)
    tapes = _tapes(root)
    automaton = root.first("automaton") or root
    names, initial, final = _states(automaton)
    rules = [_rule(element, names, tapes) for element in automaton.all("transition")]
    outcomes = rejecting_states(rules, dict.fromkeys(final, ACCEPT))
    has_exceptions = any(rule.rank == _EXCEPTION for rule in rules)
    table = build(
        name,
        tape_names(tapes),
        initial,
        rules,
        outcomes,
        alphabet=PORTABLE if has_exceptions else frozenset(),
    )
    return Machine(table)


def to_jflap(table: Table) -> str:
    """Return the file of a machine.

    Raises
    ------
    ValueError
        If the format cannot express the machine.
    """
    require(table, SUBJECT, tapes=MAX_TAPES, forbidden="~!}")
    names = (*safe_names(table, "A-Za-z0-9_ .-", lambda n: n in ("accept", "reject")),
             "accept", "reject")  # fmt: skip
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        "<structure>",
        "  <type>turing</type>",
    ]
    many = len(table.tapes) > 1
    if many:
        lines.append(f"  <tapes>{len(table.tapes)}</tapes>")
    lines.append("  <automaton>")
    for index, state in enumerate(names):
        marks = "<initial/>" * (index == 0) + "<final/>" * (state == "accept")
        x, y = 100 + 120 * (index % 8), 100 + 120 * (index // 8)
        lines.append(
            f'    <state id="{index}" name={quoteattr(state)}><x>{x}</x><y>{y}</y>{marks}</state>'
        )
    ids = {state: index for index, state in enumerate(names)}
    for rule in explicit_rules(table, SUBJECT, enumerate_all=False):
        after = ids[next_name(rule.action, names, "accept", "reject")]
        parts = [f"<from>{rule.state}</from><to>{after}</to>"]
        for index in range(len(table.tapes)):
            tape = f' tape="{index + 1}"' if many else ""
            parts.append(
                f"<read{tape}>{_shown(rule.reads[index])}</read>"
                f"<write{tape}>{_shown(rule.writes[index])}</write>"
                f"<move{tape}>{_LETTERS[rule.moves[index]]}</move>"
            )
        lines.append(f"    <transition>{''.join(parts)}</transition>")
    return "\n".join([*lines, "  </automaton>", "</structure>"]) + "\n"


def _tapes(root: _Element) -> int:
    element = root.first("tapes")
    if element is None:
        return 1
    count = element.text.strip()
    if count not in map(str, range(1, MAX_TAPES + 1)):
        raise FormatError(
            f"the number of tapes must be 1 to {MAX_TAPES}, not {count!r}", element.location
        )
    return int(count)


def _states(automaton: _Element) -> tuple[dict[str, str], str, list[str]]:
    """Return the name of each state by its id, the initial state, and the final ones."""
    elements: dict[str, _Element] = {}
    for element in automaton.all(*_STATES):
        number = element.attributes.get("id", "")
        if number in elements:
            raise FormatError(f"the id {number!r} of a state is repeated", element.location)
        elements[number] = element
        tag = element.first("tag")
        inner = automaton.first(tag.text.strip()) if tag else None
        if inner is not None and list(inner.all(*_STATES)):
            raise FormatError(
                f"state {element.attributes.get('name', number)!r} is a building block; draw its "
                "states instead",
                element.location,
            )
    shown = [e.attributes.get("name") or f"q{number}" for number, e in elements.items()]
    names = dict(zip(elements, unique_names(shown), strict=True))
    initial = [number for number, e in elements.items() if e.first("initial") is not None]
    if len(initial) != 1:
        raise FormatError(f"{len(initial)} initial states; a machine has one", automaton.location)
    final = [names[number] for number, e in elements.items() if e.first("final") is not None]
    return names, names[initial[0]], final


def _rule(element: _Element, names: dict[str, str], tapes: int) -> Rule:
    if element.attributes.get("block") == "true":
        raise FormatError("the transition belongs to a building block", element.location)
    ends = []
    for tag in ("from", "to"):
        end = element.first(tag)
        number = end.text.strip() if end else ""
        if number not in names:
            raise FormatError(f"no state has the id {number!r} of <{tag}>", element.location)
        ends.append(names[number])
    reads: list[frozenset[str] | None] = []
    writes: list[str | None] = []
    moves: list[int] = []
    rank = 0
    for read, written, move in zip(
        _cells(element, "read", "", tapes),
        _cells(element, "write", "", tapes),
        _cells(element, "move", "R", tapes),
        strict=True,
    ):
        if "}" in read:
            raise FormatError(
                f"variables such as {read!r} are not supported; write a transition for each symbol",
                element.location,
            )
        if tapes == 1 and len(read) == 2 and read[0] == _NOT:
            rank = _EXCEPTION
            reads.append((PORTABLE | {BLANK}) - {_symbol(read[1], element)})
        else:
            reads.append(None if read == _ANY else frozenset([_symbol(read, element)]))
        writes.append(None if written == _ANY else _symbol(written, element))
        if move not in _MOVES:
            raise FormatError(f"{move!r} is not a move; write L, R or S", element.location)
        moves.append(_MOVES[move])
    return Rule(ends[0], tuple(reads), tuple(writes), tuple(moves), ends[1], element.line, rank)


def _cells(element: _Element, tag: str, default: str, tapes: int) -> list[str]:
    """Return the texts of a tag of a transition, one for each tape."""
    cells: list[str | None] = [None] * tapes
    for child in element.all(tag):
        number = child.attributes.get("tape", "1")
        if number not in map(str, range(1, tapes + 1)):
            raise FormatError(f"no tape {number!r}; the tapes are 1 to {tapes}", child.location)
        if cells[int(number) - 1] is not None:
            raise FormatError(f"a second <{tag}> for tape {number}", child.location)
        cells[int(number) - 1] = child.text.strip("\n\t\r")
    return [default if cell is None else cell for cell in cells]


def _symbol(text: str, element: _Element) -> str:
    if text in _BLANKS:
        return BLANK
    if len(text) != 1:
        raise FormatError(f"{text!r} is not one character", element.location)
    return text


def _shown(character: str | None) -> str:
    if character is None:
        return _ANY
    return "" if character == BLANK else escape(character)


def _parse(text: str) -> _Element:
    """Return the root of an XML text."""
    parser = expat.ParserCreate()
    root = _Element("", {}, 0)
    path = [root]

    def begin(tag: str, attributes: dict[str, str]) -> None:
        element = _Element(tag, attributes, parser.CurrentLineNumber)
        path[-1].children.append(element)
        path.append(element)
        if len(path) > MAX_DEPTH:
            raise FormatError("elements are nested too deeply", element.location)

    def end(tag: str) -> None:
        path.pop()

    def add_text(content: str) -> None:
        path[-1].text += content

    def refuse(*_: object) -> None:
        raise FormatError(
            "a document type is not allowed; delete it", f"line {parser.CurrentLineNumber}"
        )

    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = add_text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise FormatError(
            f"not XML: {expat.ErrorString(error.code)}", f"line {error.lineno}"
        ) from None
    return root.children[0]
