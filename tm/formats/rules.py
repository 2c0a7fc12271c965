"""Rules made into a table: the way from the texts of other simulators.

A reader states each transition as a ``Rule``: characters read and written, moves, names of states.
``build`` determines the alphabets and turns the rules of each state into a decision tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tm.formats.errors import FormatError
from tm.table import BLANK, Action, Place, State, Table, Tape
from tm.trees import Branch, Tree

MAX_RULES = 200_000
"""Rules of the largest machine that is read from, or written to, another format."""

MAX_LEAVES = 1_000_000
"""Rows of the largest table that rules may turn into."""

MAX_TAPES = 64
"""Tapes of the largest machine that is read from another format."""

PRINTABLE = frozenset(map(chr, range(ord(" "), ord("~") + 1)))
"""The characters that a tape can hold besides the blank."""

PORTABLE = PRINTABLE - frozenset(" _*;,~!}")
"""The characters that are symbols in every format; a rule for any character means these."""


class Rule(NamedTuple):
    """A transition as a text states it.

    Attributes
    ----------
    reads
        For each tape the characters under the head, ``BLANK`` for the blank; None for any.
    writes
        For each tape the character to write; None to keep the cell.
    moves
        For each tape −1, 0 or +1.
    line
        The line of the text, counted from 1.
    rank
        If several rules apply, the one of the lowest rank is taken.
    """

    state: str
    reads: tuple[frozenset[str] | None, ...]
    writes: tuple[str | None, ...]
    moves: tuple[int, ...]
    next: str
    line: int
    rank: int = 0


class SymbolRule(NamedTuple):
    """A rule with symbols as indices; ``reads`` has None for any symbol."""

    state: str
    reads: tuple[frozenset[int] | None, ...]
    action: Action
    next: str
    line: int
    rank: int = 0


def build(
    name: str,
    tapes: Sequence[str],
    start: str,
    rules: Sequence[Rule],
    outcomes: Mapping[str, int],
    *,
    inputs: Mapping[str, str] | None = None,
    alphabet: frozenset[str] = frozenset(),
) -> Table:
    """Return the table of a machine.

    Parameters
    ----------
    name
        The name of the table, which also serves as the file name in the places of its states.
    tapes
        The names of the tapes. Their alphabets are what the rules and the inputs name, and
        ``PORTABLE`` where a rule reads any character.
    start
        The first state.
    outcomes
        ``ACCEPT`` or ``REJECT`` for each state that ends a run.
    inputs
        Texts by tape, in which ``BLANK`` is the blank.
    alphabet
        Added to the alphabet of every tape.

    Raises
    ------
    FormatError
        If a character is not printable ASCII, or ``assemble`` refuses the rules.
    """
    if len(rules) > MAX_RULES:
        raise FormatError(
            f"more than {MAX_RULES:,} rules; write the machine as a program instead",
            f"line {rules[MAX_RULES].line}",
        )
    alphabets = []
    for tape, tape_name in enumerate(tapes):
        characters = _checked((inputs or {}).get(tape_name, ""), "the input") | alphabet
        for rule in rules:
            read, written = rule.reads[tape], rule.writes[tape]
            named = "".join(read or ()) + (written or "")
            characters |= _checked(named, f"line {rule.line}")
            if read is None:
                characters |= PORTABLE
        letters = sorted(characters - {BLANK})
        alphabets.append(Tape(name=tape_name, symbols=(BLANK, *letters), word=frozenset(letters)))
    indices = [{c: index for index, c in enumerate(tape.symbols)} for tape in alphabets]
    resolved = [
        SymbolRule(
            rule.state,
            tuple(
                None if cell is None else frozenset([indices[tape][c] for c in cell])
                for tape, cell in enumerate(rule.reads)
            ),
            Action(
                0,
                tuple((t, indices[t][c]) for t, c in enumerate(rule.writes) if c is not None),
                tuple((t, move) for t, move in enumerate(rule.moves) if move),
            ),
            rule.next,
            rule.line,
            rule.rank,
        )
        for rule in rules
    ]
    return assemble(name, alphabets, start, resolved, outcomes)


def _checked(characters: str, location: str) -> set[str]:
    """Return the set of some characters, all of which a tape must be able to hold."""
    named = set(characters)
    for character in sorted(named - PRINTABLE - {BLANK}):
        raise FormatError(
            f"the symbol {character!r} is not a printable ASCII character; use another one",
            location,
        )
    return named


def assemble(
    name: str,
    tapes: Sequence[Tape],
    start: str,
    rules: Iterable[SymbolRule],
    outcomes: Mapping[str, int],
    states: Iterable[str] = (),
) -> Table:
    """Return the table of rules over given tapes.

    A state without rules that ends no run has no transition. ``states`` may name such states that
    no rule leads to.

    Raises
    ------
    FormatError
        If two rules of one rank apply to one situation and differ, if the start ends the run, or
        if the table would have more than ``MAX_LEAVES`` rows.
    """
    rules = tuple(rules)
    if len(tapes) > MAX_TAPES:
        raise FormatError(f"{len(tapes)} tapes; at most {MAX_TAPES} are read", "the text")
    if start in outcomes:
        raise FormatError(
            f"the first state `{start}` ends the run at once; a machine must make a transition",
            "the text",
        )
    names = dict.fromkeys([start, *states, *(r.state for r in rules), *(r.next for r in rules)])
    order = [n for n in names if n not in outcomes]
    targets = {n: index for index, n in enumerate(order)} | dict(outcomes)
    actions: dict[Action, int] = {}
    by_state: dict[str, list[_Case]] = {n: [] for n in order}
    lines: dict[str, int] = {}
    for rule in rules:
        lines.setdefault(rule.state, rule.line)
        if rule.state in by_state:  # rules of a state that ends the run never apply
            action = rule.action._replace(next=targets[rule.next])
            number = actions.setdefault(action, len(actions))
            by_state[rule.state].append(_Case(rule.reads, number, rule.rank, rule.line))
    builder = _TreeBuilder([tape.size for tape in tapes])
    return Table(
        name=name,
        tapes=tuple(tapes),
        states=tuple(
            State(n, Place(name, lines.get(n, 1), 1), builder.tree(n, by_state[n])) for n in order
        ),
        actions=tuple(actions),
    )


class _Case(NamedTuple):
    """The reads and the action of a rule of one state."""

    reads: tuple[frozenset[int] | None, ...]
    action: int
    rank: int
    line: int


class _TreeBuilder:
    """Makes decision trees of rules, within ``MAX_LEAVES`` for all states together."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self.leaves = 0

    def tree(self, state: str, rules: list[_Case]) -> Tree:
        tree = self._tree(state, rules, 0)
        return Branch(0, ()) if tree is None else tree

    def _tree(self, state: str, rules: list[_Case], tape: int) -> Tree | None:
        """Return the tree over ``tape`` and those after it, for the rules that apply so far."""
        if not rules:
            return None
        if tape == len(self.sizes):
            return self._select(state, rules)
        size = self.sizes[tape]
        matching: list[list[int]] = [[] for _ in range(size)]
        for index, rule in enumerate(rules):
            reads = rule.reads[tape]
            for symbol in range(size) if reads is None else reads:
                matching[symbol].append(index)
        groups: dict[tuple[int, ...], list[int]] = {}
        for symbol, indices in enumerate(matching):
            groups.setdefault(tuple(indices), []).append(symbol)
        cases: dict[Tree, list[int]] = {}
        for group, symbols in groups.items():
            subtree = self._tree(state, [rules[i] for i in group], tape + 1)
            if subtree is not None:
                cases.setdefault(subtree, []).extend(symbols)
        if len(cases) == 1 and len(next(iter(cases.values()))) == size:
            return next(iter(cases))
        return Branch(tape, tuple((frozenset(symbols), t) for t, symbols in cases.items()))

    def _select(self, state: str, rules: list[_Case]) -> int:
        """Return the action of the rules of the lowest rank, which must agree."""
        self.leaves += 1
        if self.leaves > MAX_LEAVES:
            raise FormatError(
                f"the rules make more than {MAX_LEAVES:,} rows; use fewer patterns that overlap",
                f"line {rules[0].line}",
            )
        best = min(rules, key=lambda rule: rule.rank)
        for other in rules:
            if other.rank == best.rank and other.action != best.action:
                raise FormatError(
                    f"this rule and that of line {best.line} differ, and both apply to one "
                    f"situation of state `{state}`; a machine is deterministic, so delete one",
                    f"line {other.line}",
                )
        return best.action
