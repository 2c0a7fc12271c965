"""The transition table: the only form of a machine that the simulator knows.

Conventions of the whole project:

- A table has k two-way unbounded *tapes*. Cell 0 holds the first character of an input text and is
  where every head starts; the cells left of it have negative numbers. Cells without input are
  blank.
- One *transition* reads the cells under some heads, records its utterances, writes at most one
  symbol under each head, moves each head by at most one cell, and enters the next state.
- The transition that enters ``ACCEPT`` or ``REJECT`` counts as a transition.
- A state is a *decision tree* (``tm.trees``). A ``Branch`` reads the cell under one head and
  selects a subtree by the class of the symbol. A leaf is the index of an ``Action``, or ``~u``
  (negative) for the ``Undefined`` situation u. An undefined situation, and a symbol that is in no
  case of a branch, end the run with the outcome ``stuck``.
- A symbol of a tape is an index into ``Tape.symbols``; index 0 is the blank. On a tape with
  ``marks`` every symbol s has a marked twin, s + len(symbols).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tm.speech import CAPTURES, Print, Style, Utterance
from tm.support.escaping import escape_name
from tm.trees import Tree, as_lists, leaves, normalize, paths, with_actions

BLANK = "\0"
"""The blank symbol, which is not a printable character; it is shown as ``_``."""

ACCEPT = -1
"""Value of ``Action.next`` that ends a run with the outcome ``accept``."""

REJECT = -2
"""Value of ``Action.next`` that ends a run with the outcome ``reject``."""


OUTCOME_NAMES = ("accept", "reject", "stuck")
"""The outcomes that are no limits; ``OUTCOME_NAMES[~ACCEPT]`` and ``[~REJECT]`` are theirs."""


class Place(NamedTuple):
    """A position in a source: the file as the user named it, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """The name and the finite alphabet of a tape.

    Attributes
    ----------
    symbols
        ``BLANK``, then printable ASCII characters.
    word
        The characters that are letters of a word: a subset of ``symbols`` without the blank.
    marks
        Whether every symbol has a marked twin (``mark``/``unmark`` in a program).
    """

    name: str
    symbols: tuple[str, ...]
    word: frozenset[str]
    marks: bool = False

    @property
    def size(self) -> int:
        """Number of symbols that a cell can hold, marked twins included."""
        return len(self.symbols) * (2 if self.marks else 1)

    @property
    def has_letters(self) -> bool:
        """True if it can hold letters, so that digits in a row are no number but a text."""
        return any(symbol.isalpha() for symbol in self.symbols)

    @property
    def holds_sentences(self) -> bool:
        """True if it can hold letters and spaces."""
        return self.has_letters and " " in self.symbols

    def show(self, symbol: int) -> str:
        """Return a readable symbol: ``_`` for the blank, ``'_'`` for an underscore, ``^x`` if
        marked.
        """
        character = self.symbols[symbol % len(self.symbols)]
        shown = "_" if character == BLANK else "'_'" if character == "_" else character
        return shown if symbol < len(self.symbols) else "^" + shown

    def parse_symbol(self, shown: str) -> int:
        """Return the symbol that ``show`` writes as ``shown``.

        Raises
        ------
        ValueError
            If the tape has no such symbol.
        """
        for symbol in range(self.size):
            if self.show(symbol) == shown:
                return symbol
        raise ValueError(f"tape `{self.name}` has no symbol {shown!r}")


class Check(NamedTuple):
    """A head contract that must hold before an action takes effect.

    Only the reference engine tests contracts. A contract never ends a transition, so it is tested
    as if the action had already written and moved.

    Attributes
    ----------
    kind
        A key of ``CHECKS``.
    written
        The symbol that the action has written under the head; −1 if it wrote nothing.
    offset
        The number of cells by which the action has then moved the head: −1, 0 or 1.
    place
        The position of the contract in the source.
    """

    kind: str
    tape: int
    written: int
    offset: int
    place: Place


CHECKS = {
    "first": "the cell left of the head holds no letter of a word",
    "last": "the head is on a letter and the cell right of it holds none",
    "end": "the cell under the head holds no letter of a word",
    "blank": "the cell under the head is blank",
    "start": "the cell left of the head is blank",
    "empty": "every cell of the tape is blank",
}
"""Conditions of head contracts, by their names in a program; ``empty`` is implicit at the end of a
proc with local tapes.
"""


class Action(NamedTuple):
    """The effect of a transition: record utterances, write, move, enter a state, in that order.

    Attributes
    ----------
    next
        The next state, ``ACCEPT`` or ``REJECT``.
    writes
        Pairs (tape, symbol), sorted by tape, at most one per tape.
    moves
        Pairs (tape, −1 or +1), sorted by tape, at most one per tape.
    utterances
        Indices into ``Table.utterances``, in order; their captures read the tapes *before* the
        writes and moves.
    checks
        Head contracts, in order.
    prints
        Lines of ``print`` statements; only in a table that was made with ``prints``. Digests and
        files leave them out.
    """

    next: int
    writes: tuple[tuple[int, int], ...] = ()
    moves: tuple[tuple[int, int], ...] = ()
    utterances: tuple[int, ...] = ()
    checks: tuple[Check, ...] = ()
    prints: tuple[Print, ...] = ()


class Undefined(NamedTuple):
    """A situation without a transition, with the reason; a run that reaches it is ``stuck``."""

    place: Place
    reason: str


class State(NamedTuple):
    """A state: its name, the position in the source where it begins, and its decision tree."""

    name: str
    place: Place
    tree: Tree

    @property
    def actions(self) -> Iterator[int]:
        """Indices of the actions at the leaves, in the order of the cases; an action may repeat."""
        return (leaf for leaf in leaves(self.tree) if leaf >= 0)


class Row(NamedTuple):
    """A row of the printed table: one leaf of a state's tree that has an action.

    ``reads`` holds a pair (tape, class of symbols) for each tape that the leaf depends on, sorted
    by tape.
    """

    state: int
    reads: tuple[tuple[int, frozenset[int]], ...]
    action: int


class TableError(ValueError):
    """An inconsistent table; ``faults`` holds one sentence for each inconsistency."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """An explicit, finite, immutable multi-tape Turing machine; state 0 is the initial state.

    Two tables are equal, and have equal hashes, if they behave and speak alike: ``name``, the
    names of states and positions in the source are ignored.

    Raises
    ------
    TableError
        If a field refers to a tape, symbol, state, action, undefined situation or utterance that
        does not exist, or two cases of a branch share a symbol.
    """

    name: str
    tapes: tuple[Tape, ...]
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    undefined: tuple[Undefined, ...] = ()
    utterances: tuple[Utterance, ...] = ()
    styles: Mapping[str, Style] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise TableError(faults)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the machine's behaviour and speech, in hex; the same on every computer."""
        content = [
            [[t.name, "".join(t.symbols), sorted(t.word), t.marks] for t in self.tapes],
            [as_lists(state.tree) for state in self.states],
            [[*a[:4], [check[:4] for check in a.checks]] for a in self.actions],
            [u.reason for u in self.undefined],
            self.utterances,
            sorted((name, sorted(style.items())) for name, style in self.styles.items()),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """A name for each state by which people and files tell it from all others.

        It is the state's own name, with unprintable characters escaped; ``#2``, ``#3``, … follow
        where several states have one name. No state is called like an outcome.
        """
        return unique_names([escape_name(state.name) for state in self.states], OUTCOME_NAMES)

    def next_name(self, action: int) -> str:
        """Return the name of the state that an action enters, or ``accept`` or ``reject``."""
        after = self.actions[action].next
        return OUTCOME_NAMES[~after] if after < 0 else self.state_names[after]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        from tm.display import describe_table  # which imports this module

        return f"<Table {describe_table(self)}>"

    def _repr_html_(self) -> str:
        from tm.display import table_html

        return table_html(self)

    def tape(self, name: str) -> int:
        """Return the index of the tape called ``name``.

        Raises
        ------
        KeyError
            If the tape does not exist; the message lists the tapes.
        """
        for index, tape in enumerate(self.tapes):
            if tape.name == name:
                return index
        raise KeyError(f"no tape `{name}`; the tapes are {', '.join(t.name for t in self.tapes)}")

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the printed table, state by state."""
        for index, state in enumerate(self.states):
            for reads, action in paths(state.tree, {}):
                yield Row(index, tuple(sorted(reads.items())), action)

    def without_speech(self) -> Table:
        """Return the same machine without utterances, styles and contracts.

        Two programs that differ only in what they say have equal tables without speech.
        """
        order: dict[Action, int] = {}
        silent = (action._replace(utterances=(), checks=(), prints=()) for action in self.actions)
        indices = [order.setdefault(action, len(order)) for action in silent]
        sizes = [tape.size for tape in self.tapes]
        states = tuple(
            s._replace(tree=normalize(with_actions(s.tree, indices), sizes)) for s in self.states
        )
        return Table(
            name=self.name,
            tapes=self.tapes,
            states=states,
            actions=tuple(order),
            undefined=self.undefined,
        )


def unique_names(names: Iterable[str], reserved: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names with ``#2``, ``#3``, … after those that occurred before or are reserved."""
    names = list(names)
    taken = {*names, *reserved}
    used = set(reserved)
    counts: dict[str, int] = {}
    unique = []
    for original in names:
        name = original
        if name in used:
            count = counts.get(original, 1)
            while name in taken:
                count += 1
                name = f"{original}#{count}"
            counts[original] = count
        taken.add(name)
        used.add(name)
        unique.append(name)
    return tuple(unique)


def _faults(table: Table) -> Iterator[str]:
    """Yield a sentence for every inconsistency of a table."""
    names = [t.name for t in table.tapes]
    if not names:
        yield "a table needs at least one tape"
    if len(set(names)) < len(names):
        yield "two tapes have the same name"
    for name in names:
        if not name or not name.isprintable():
            yield f"a tape must have a printable name, not {name!r}"
    if not table.states:
        yield "a table needs at least one state"
    for tape in table.tapes:
        if tape.symbols[:1] != (BLANK,):
            yield f"tape `{tape.name}`: the first symbol must be the blank"
        for s in tape.symbols[1:]:
            if len(s) != 1 or not " " <= s <= "~":
                yield f"tape `{tape.name}`: {s!r} is not one printable ASCII character"
        if len(set(tape.symbols)) < len(tape.symbols):
            yield f"tape `{tape.name}`: a symbol occurs twice"
        if not tape.word <= set(tape.symbols[1:]):
            yield f"tape `{tape.name}`: the letters of a word must be symbols of the tape"
    sizes = [t.size for t in table.tapes]
    for index, state in enumerate(table.states):
        yield from _tree_faults(f"state {index} `{state.name}`", state.tree, table, sizes)
    for index, action in enumerate(table.actions):
        yield from _action_faults(f"action {index}", action, table, sizes)
    for index, utterance in enumerate(table.utterances):
        for piece in utterance.captures:
            if piece.tape >= len(sizes):
                yield f"utterance {index}: tape {piece.tape} does not exist"
            if piece.capture not in CAPTURES:
                yield f"utterance {index}: {piece.capture!r} is not a capture"


def _action_faults(subject: str, action: Action, table: Table, sizes: list[int]) -> Iterator[str]:
    if not REJECT <= action.next < len(table.states):
        yield f"{subject}: next state {action.next} does not exist"
    for name, pairs in (("writes", action.writes), ("moves", action.moves)):
        last = -1
        for tape, value in pairs:
            if not last < tape < len(sizes):
                tapes = [tape for tape, _ in pairs]
                yield f"{subject}: the tapes of its {name} must exist and ascend, not {tapes}"
                return
            last = tape
            if name == "writes" and not 0 <= value < sizes[tape]:
                yield f"{subject}: tape {tape} has no symbol {value} to write"
            if name == "moves" and value not in (-1, 1):
                yield f"{subject}: a head must move by −1 or +1, not {value}"
    for utterance in action.utterances:
        if not 0 <= utterance < len(table.utterances):
            yield f"{subject}: utterance {utterance} does not exist"


def _tree_faults(subject: str, tree: Tree, table: Table, sizes: list[int]) -> Iterator[str]:
    if isinstance(tree, int):
        if not -len(table.undefined) <= tree < len(table.actions):
            yield f"{subject}: leaf {tree} is neither an action nor an undefined situation"
        return
    if not 0 <= tree.tape < len(sizes):
        yield f"{subject}: tape {tree.tape} does not exist"
        return
    name = table.tapes[tree.tape].name
    size, low, high = sizes[tree.tape], -len(table.undefined), len(table.actions)
    seen: set[int] = set()
    for symbols, subtree in tree.cases:
        if not symbols or min(symbols) < 0 or max(symbols) >= size:
            yield f"{subject}: a case must hold symbols of tape `{name}`, not {sorted(symbols)}"
        if seen & symbols:
            yield f"{subject}: two cases share a symbol of tape `{name}`"
        seen |= symbols
        # Most subtrees are valid leaves: the test here saves a call for each.
        if type(subtree) is not int or not low <= subtree < high:
            yield from _tree_faults(subject, subtree, table, sizes)
