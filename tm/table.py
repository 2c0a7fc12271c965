"""The transition table: what every machine becomes, and all that the simulator knows.

Conventions, spelled out once for the whole project:

- A table has k two-way unbounded *tapes*. Cell 0 is where an input text begins and where every
  head starts; cells left of it are negative. Every cell that holds no input is blank.
- One *transition* reads the cells under some heads, says its utterances, writes at most one
  symbol under each head, then moves each head by at most one cell, and enters the next state.
- The transition that enters ``ACCEPT`` or ``REJECT`` counts as a transition.
- A state is a *decision tree*: a ``Branch`` reads the cell under one head and chooses a subtree by
  the class the symbol lies in; a leaf is the index of an ``Action``, or ``~h`` (negative) for
  the ``Undefined`` h. A symbol that is in no case of a branch, and an undefined
  situation, end the run as ``stuck``.
- A symbol of a tape is an index into ``Tape.symbols``; index 0 is the blank. On a tape with
  ``marks`` every symbol s has a marked twin, s + len(symbols).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from tm.speech import CAPTURES, Style, Utterance

BLANK = "\0"
"""The blank symbol: no printable character. It is shown as ``_``."""

ACCEPT = -1
REJECT = -2


class Place(NamedTuple):
    """Where something stands in a source: the file as the user named it, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A tape's name and finite alphabet.

    Attributes
    ----------
    symbols
        One printable ASCII character each, but for ``symbols[0]``, which is ``BLANK``.
    word
        The characters that are letters of a word, a subset of ``symbols`` without the blank.
    marks
        Whether every symbol has a marked twin (``mark``/``unmark`` in a program).
    """

    name: str
    symbols: tuple[str, ...]
    word: frozenset[str]
    marks: bool = False

    @property
    def size(self) -> int:
        """How many symbols a cell can hold, marked twins included."""
        return len(self.symbols) * (2 if self.marks else 1)

    def show(self, symbol: int) -> str:
        """A symbol for people: ``_`` the blank, ``'_'`` an underscore, ``^`` before a mark."""
        character = self.symbols[symbol % len(self.symbols)]
        shown = "_" if character == BLANK else "'_'" if character == "_" else character
        return shown if symbol < len(self.symbols) else "^" + shown


class Branch(NamedTuple):
    """Read the cell under the head of ``tape`` and go on by class; classes are disjoint."""

    tape: int
    cases: tuple[tuple[frozenset[int], Tree], ...]


Tree = Branch | int


class Check(NamedTuple):
    """A contract to test before an action takes effect; only the reference engine tests it.

    ``kind`` is one of ``CHECKS``. The cell is looked at as if this action had already
    written the symbol ``written`` (−1: nothing) and then moved the head by ``offset``: a contract
    never ends a transition.
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


class Action(NamedTuple):
    """What a transition does: say, write, move, go on, in that order.

    Attributes
    ----------
    next
        The next state, ``ACCEPT`` or ``REJECT``.
    writes
        Pairs (tape, symbol), by tape, at most one a tape.
    moves
        Pairs (tape, −1 or +1), by tape, at most one a tape.
    utterances
        Indices into ``Table.utterances``, in order; captures read the tapes as they stand *before*
        the writes and moves.
    checks
        Contracts, in order; see ``Check``.
    """

    next: int
    writes: tuple[tuple[int, int], ...] = ()
    moves: tuple[tuple[int, int], ...] = ()
    utterances: tuple[int, ...] = ()
    checks: tuple[Check, ...] = ()


class Undefined(NamedTuple):
    """A leaf that cannot be executed, and why: to reach it ends the run as ``stuck``."""

    place: Place
    reason: str


class State(NamedTuple):
    """A state: its name, where in the source it begins, and its decision tree."""

    name: str
    place: Place
    tree: Tree


class Row(NamedTuple):
    """A row of the printed table: one leaf of a state's tree.

    ``reads`` holds a pair (tape, class of symbols) for each tape the leaf depends on, by tape.
    """

    state: int
    reads: tuple[tuple[int, frozenset[int]], ...]
    action: int


class TableError(ValueError):
    """A table that breaks its own rules; ``faults`` holds every one found, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """An explicit, finite, immutable multi-tape Turing machine; state 0 is the first.

    Two tables are equal, and hash alike, when they do and say the same: names of states, places in
    the source and ``name`` do not count.

    Raises
    ------
    TableError
        When a field refers to a tape, symbol, state, action, hole or utterance that is not there,
        or two cases of a branch share a symbol.
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
        """SHA-256 of all that the machine does and says, in hex: the same on every computer."""
        content = [
            [[t.name, "".join(t.symbols), sorted(t.word), t.marks] for t in self.tapes],
            [_plain(state.tree) for state in self.states],
            [[*a[:4], [check[:4] for check in a.checks]] for a in self.actions],
            [u.reason for u in self.undefined],
            self.utterances,
            sorted((name, sorted(style.items())) for name, style in self.styles.items()),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def tape(self, name: str) -> int:
        """The index of the tape called ``name``; ``KeyError`` names the tapes there are."""
        for index, tape in enumerate(self.tapes):
            if tape.name == name:
                return index
        raise KeyError(f"no tape `{name}`; the tapes are {', '.join(t.name for t in self.tapes)}")

    def rows(self) -> Iterator[Row]:
        """The printed table: one row a leaf that has an action, state by state."""
        for index, state in enumerate(self.states):
            for reads, action in _leaves(state.tree, {}):
                yield Row(index, tuple(sorted(reads.items())), action)

    def without_speech(self) -> Table:
        """The same machine, mute: equal for two programs that differ in what they say only."""
        order: dict[Action, int] = {}
        mute = [
            order.setdefault(a._replace(utterances=(), checks=()), len(order)) for a in self.actions
        ]
        states = tuple(
            s._replace(tree=merged(_map_actions(s.tree, mute), self.tapes)) for s in self.states
        )
        return Table(
            name=self.name,
            tapes=self.tapes,
            states=states,
            actions=tuple(order),
            undefined=self.undefined,
        )


def _plain(tree: Tree) -> Any:
    """A tree as lists, the symbols of each case in order."""
    if isinstance(tree, int):
        return tree
    return [tree.tape, [[sorted(symbols), _plain(t)] for symbols, t in tree.cases]]


def _leaves(
    tree: Tree, reads: dict[int, frozenset[int]]
) -> Iterator[tuple[dict[int, frozenset[int]], int]]:
    if isinstance(tree, int):
        if tree >= 0:
            yield reads, tree
        return
    for symbols, subtree in tree.cases:
        known = reads.get(tree.tape)
        yield from _leaves(
            subtree, {**reads, tree.tape: symbols if known is None else known & symbols}
        )


def merged(tree: Tree, tapes: Sequence[Tape]) -> Tree:
    """The same tree in one form: each tape read once at the most on every path, first come first.

    Symbols that end alike are one case, cases stand in the order of their least symbol, and a
    branch whose symbols all end alike is none.
    """
    followed = _followed(tree, tapes, {})
    return Branch(0, ()) if followed is None else followed


def _followed(tree: Tree, tapes: Sequence[Tape], read: dict[int, int]) -> Tree | None:
    """None where what was read leads to no case."""
    while not isinstance(tree, int) and tree.tape in read:
        at = read[tree.tape]
        found = next((subtree for symbols, subtree in tree.cases if at in symbols), None)
        if found is None:
            return None
        tree = found
    if isinstance(tree, int):
        return tree
    cases: dict[Tree, set[int]] = {}
    branch = {symbol: subtree for symbols, subtree in tree.cases for symbol in symbols}
    alike: dict[int, Tree | None] = {}  # one walk serves all symbols that nothing below asks for
    for symbol in sorted(branch):
        below = branch[symbol]
        if id(below) in alike:
            subtree = alike[id(below)]
        else:
            subtree = _followed(below, tapes, {**read, tree.tape: symbol})
            if not _asks(below, tree.tape):
                alike[id(below)] = subtree
        if subtree is not None:
            cases.setdefault(subtree, set()).add(symbol)
    if len(cases) == 1 and len(next(iter(cases.values()))) == tapes[tree.tape].size:
        return next(iter(cases))
    return Branch(tree.tape, tuple((frozenset(c), t) for t, c in cases.items()))


def _asks(tree: Tree, tape: int) -> bool:
    """Whether some path reads the tape."""
    if isinstance(tree, int):
        return False
    return tree.tape == tape or any(_asks(subtree, tape) for _, subtree in tree.cases)


def _map_actions(tree: Tree, to: list[int]) -> Tree:
    if isinstance(tree, int):
        return to[tree] if tree >= 0 else tree
    return Branch(tree.tape, tuple((c, _map_actions(t, to)) for c, t in tree.cases))


def _faults(table: Table) -> Iterator[str]:
    """Every way in which the table breaks its own rules."""
    names = [t.name for t in table.tapes]
    if len(set(names)) < len(names):
        yield "two tapes share a name"
    if not table.states:
        yield "there is no state"
    for tape in table.tapes:
        if tape.symbols[:1] != (BLANK,):
            yield f"tape `{tape.name}` does not begin with the blank"
        for s in tape.symbols[1:]:
            if len(s) != 1 or not " " <= s <= "~":
                yield f"tape `{tape.name}`: {s!r} is not one printable ASCII character"
        if len(set(tape.symbols)) < len(tape.symbols):
            yield f"tape `{tape.name}` lists a symbol twice"
        if not tape.word <= set(tape.symbols[1:]):
            yield f"tape `{tape.name}` has word letters that are no symbols of it"
    sizes = [t.size for t in table.tapes]
    for index, state in enumerate(table.states):
        yield from _tree_faults(f"state {index} `{state.name}`", state.tree, table, sizes)
    for index, action in enumerate(table.actions):
        yield from _action_faults(f"action {index}", action, table, sizes)
    for index, utterance in enumerate(table.utterances):
        for piece in utterance.captures:
            if piece.tape >= len(sizes) or piece.capture not in CAPTURES:
                yield f"utterance {index} captures {piece.capture!r} of tape {piece.tape}"


def _action_faults(who: str, action: Action, table: Table, sizes: list[int]) -> Iterator[str]:
    if not REJECT <= action.next < len(table.states):
        yield f"{who} goes to state {action.next}, which is not there"
    for what, pairs in (("writes", action.writes), ("moves", action.moves)):
        last = -1
        for tape, value in pairs:
            if not last < tape < len(sizes):
                on = [tape for tape, _ in pairs]
                yield f"{who} {what} on tapes {on}: each at most once, in order, and existing"
                return
            last = tape
            if what == "writes" and not 0 <= value < sizes[tape]:
                yield f"{who} writes a symbol that its tape cannot hold"
            if what == "moves" and value not in (-1, 1):
                yield f"{who} moves a head by something other than one cell"
    for says in action.utterances:
        if not 0 <= says < len(table.utterances):
            yield f"{who} says an utterance that is not there"


def _tree_faults(who: str, tree: Tree, table: Table, sizes: list[int]) -> Iterator[str]:
    if isinstance(tree, int):
        if not -len(table.undefined) <= tree < len(table.actions):
            yield f"{who} has a leaf {tree}, which is no action and no hole"
        return
    if not 0 <= tree.tape < len(sizes):
        yield f"{who} reads tape {tree.tape}, which is not there"
        return
    size, low, high = sizes[tree.tape], -len(table.undefined), len(table.actions)
    seen: set[int] = set()
    for symbols, subtree in tree.cases:
        if not symbols or min(symbols) < 0 or max(symbols) >= size:
            yield f"{who} has a case with no symbol of tape `{table.tapes[tree.tape].name}`"
        if seen & symbols:
            yield f"{who} has two cases for one symbol of tape `{table.tapes[tree.tape].name}`"
        seen |= symbols
        if type(subtree) is not int or not low <= subtree < high:  # most are leaves, and fine
            yield from _tree_faults(who, subtree, table, sizes)
