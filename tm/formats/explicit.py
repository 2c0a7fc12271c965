"""Tables as rules for single characters, and what formats cannot express: the way to other texts.

A writer first calls ``require``, so that whatever its format cannot hold is an error and never
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count, product
from typing import NamedTuple

from tm.formats.rules import MAX_RULES
from tm.table import ACCEPT, Action, Table


class ExplicitRule(NamedTuple):
    """A transition for one combination of characters; ``reads`` has None for any character.

    Attributes
    ----------
    state
        The index of the state.
    writes
        For each tape the character that the cell holds afterwards; None to keep one that was not
        read.
    moves
        For each tape −1, 0 or +1.
    """

    state: int
    reads: tuple[str | None, ...]
    writes: tuple[str | None, ...]
    moves: tuple[int, ...]
    action: Action


def explicit_rules(
    table: Table, subject: str, *, enumerate_all: bool = True
) -> Iterator[ExplicitRule]:
    """Yield a rule for each combination of characters that a row of a table reads.

    Parameters
    ----------
    subject
        The format, for messages.
    enumerate_all
        Whether tapes that a row does not read are enumerated too.

    Raises
    ------
    ValueError
        If there are more than ``MAX_RULES`` of them.
    """
    rules = 0
    for row in table.rows():
        known, action = dict(row.reads), table.actions[row.action]
        written, moved = dict(action.writes), dict(action.moves)
        choices: list[list[str | None]] = []
        for index, tape in enumerate(table.tapes):
            if index in known or enumerate_all:
                symbols = sorted(known.get(index, range(tape.size)))
                choices.append([tape.symbols[s] for s in symbols])
            else:
                choices.append([None])
        moves = tuple(moved.get(index, 0) for index in range(len(table.tapes)))
        for reads in product(*choices):
            rules += 1
            if rules > MAX_RULES:
                raise ValueError(
                    f"{subject}: the machine has more than {MAX_RULES:,} rules for single "
                    "symbols; keep it as json"
                )
            writes = tuple(
                table.tapes[index].symbols[written[index]] if index in written else character
                for index, character in enumerate(reads)
            )
            yield ExplicitRule(row.state, reads, writes, moves, action)


def require(
    table: Table,
    subject: str,
    *,
    tapes: int | None = None,
    forbidden: str = "",
    alphabet: bool = False,
    dead_states: bool = False,
    stay: bool = True,
) -> None:
    """Check that a format can express a table.

    Parameters
    ----------
    subject
        The format, for messages.
    tapes
        The largest number of tapes; None for any.
    forbidden
        Characters that cannot be symbols.
    alphabet
        Whether the format declares alphabets, so that it can hold symbols that no rule names.
    dead_states
        Whether a state may have no transition.
    stay
        Whether a transition may leave the head where it is.

    Raises
    ------
    ValueError
        If the machine speaks or has contracts, or has marks, tapes, symbols, states or moves that
        the format lacks.
    """
    if table.utterances or any(action.checks for action in table.actions):
        raise ValueError(
            f"{subject}: the format cannot hold what the machine says, nor contracts; leave them "
            "out with --silent, or keep the machine as json"
        )
    if tapes is not None and len(table.tapes) > tapes:
        raise ValueError(
            f"{subject}: the machine must have at most {tapes} tape{'s' * (tapes > 1)}, not "
            f"{len(table.tapes)}"
        )
    for tape in table.tapes:
        if tape.marks:
            raise ValueError(f"{subject}: the format cannot hold the marks of tape `{tape.name}`")
        for character in tape.symbols[1:]:
            if character in forbidden:
                raise ValueError(
                    f"{subject}: the format cannot hold the symbol {character!r} of tape "
                    f"`{tape.name}`"
                )
    rows = list(table.rows())
    if not dead_states:
        live = {row.state for row in rows}
        for index, name in enumerate(table.state_names):
            if index not in live:
                raise ValueError(
                    f"{subject}: state `{name}` has no transition, which the format takes for a "
                    "halt"
                )
    if not stay:
        for row in rows:
            if not table.actions[row.action].moves:
                raise ValueError(
                    f"{subject}: state `{table.state_names[row.state]}` has a transition that "
                    "does not move the head"
                )
    if not alphabet:
        _require_named(table, subject)


def _require_named(table: Table, subject: str) -> None:
    """Check that some row reads or writes every symbol."""
    named: list[set[int]] = [set() for _ in table.tapes]
    for row in table.rows():
        reads = dict(row.reads)
        for index, tape in enumerate(table.tapes):
            named[index] |= reads.get(index, frozenset(range(tape.size)))
        for index, symbol in table.actions[row.action].writes:
            named[index].add(symbol)
    for tape, symbols in zip(table.tapes, named, strict=True):
        for symbol in range(1, tape.size):
            if symbol not in symbols:
                raise ValueError(
                    f"{subject}: the format declares no alphabet, and no rule names the symbol "
                    f"{tape.symbols[symbol]!r} of tape `{tape.name}`; remove it from the tape"
                )


def safe_names(
    table: Table,
    allowed: str,
    is_reserved: Callable[[str], bool],
    *,
    letter_first: bool = False,
) -> tuple[str, ...]:
    """Return names of the states that a format accepts; see ``safe_words``."""
    return safe_words(table.state_names, allowed, is_reserved, letter_first=letter_first)


def safe_words(
    words: Iterable[str],
    allowed: str,
    is_reserved: Callable[[str], bool],
    *,
    letter_first: bool = False,
) -> tuple[str, ...]:
    """Return distinct words that a format accepts; others are changed.

    Parameters
    ----------
    allowed
        The characters of a word, as in a class of a regular expression.
    is_reserved
        Whether no word may be this one.
    letter_first
        Whether a word must begin with a letter.
    """
    taken: set[str] = set()
    safe = []
    for word in words:
        changed = re.sub(f"[^{allowed}]", "_", word)
        if letter_first and not changed[:1].isalpha():
            changed = f"s_{changed}"
        numbered = (f"s_{changed}_{number}" for number in count(2))
        candidate = next(
            name
            for name in chain([changed, f"{changed}_", f"s_{changed}"], numbered)
            if name and name not in taken and not is_reserved(name)
        )
        taken.add(candidate)
        safe.append(candidate)
    return tuple(safe)


def next_name(action: Action, names: tuple[str, ...], accept: str, reject: str) -> str:
    """Return the name of the state that an action enters, or that of a halting state."""
    if action.next >= 0:
        return names[action.next]
    return accept if action.next == ACCEPT else reject
