"""Conversions between characters and symbols, shared by both engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tm.engine.outcome import InputError
from tm.support.escaping import escape_name
from tm.table import BLANK, Table, Tape

_INVALID = 255


class EncodedInputs(NamedTuple):
    """The input texts of many runs as symbols, column by column.

    Attributes
    ----------
    tapes
        int64[m]: the tape of each column; tapes without a column are blank in all runs.
    symbols
        uint8[...]: all texts, one after the other, a column at a time.
    ends
        int64[m, n + 1]: the text of run i in column c is ``symbols[ends[c, i]:ends[c, i + 1]]``.
    """

    tapes: NDArray[np.int64]
    symbols: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @property
    def longest(self) -> int:
        """The length of the longest text."""
        return int(np.diff(self.ends).max(initial=0))


def encode(table: Table, inputs: Sequence[Mapping[str, str]]) -> EncodedInputs:
    """Encode input texts as symbols of their tapes.

    ``tm.table.BLANK`` encodes the blank, and so does ``_`` on a tape without the symbol ``_``.

    Raises
    ------
    InputError
        If a tape does not exist or cannot hold a character.
    ValueError
        If ``table`` is not a table, or an input is not a text.
    """
    _check_types(table, inputs)
    names = sorted(set().union(*inputs))
    tapes = np.array([_tape(table, name, inputs) for name in names], dtype=np.int64)
    ends = np.zeros((len(names), len(inputs) + 1), dtype=np.int64)
    columns = []
    start = 0
    for column, name in enumerate(names):
        texts = [item.get(name, "") for item in inputs]
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=ends[column, 1:])
        text = "".join(texts)
        codes = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)
        tape = table.tapes[tapes[column]]
        symbols = _symbol_of(tape)[codes]
        if not text.isascii() or (symbols == _INVALID).any():
            raise _invalid_character(table, tape, texts)
        columns.append(symbols)
        ends[column] += start
        start += len(symbols)
    return EncodedInputs(tapes, np.concatenate(columns or [np.zeros(0, np.uint8)]), ends)


def _check_types(table: Any, inputs: Sequence[Any]) -> None:
    """Check that the table is one, and that each input is a mapping of texts by tape name."""
    if not isinstance(table, Table):
        raise ValueError(f"`table` must be a machine's table, as `load` returns, not {table!r}")
    for item in inputs:
        if not isinstance(item, Mapping):
            raise ValueError(
                f'the input must be a dict of texts by tape name, such as {{"t": "101"}}, not '
                f"{item!r}"
            )
        for name, text in item.items():
            if not isinstance(text, str):
                raise ValueError(
                    f"tape `{name}`: its input must be a text, not {text!r}; write str(…) around it"
                )


def letters_of(tape: Tape) -> NDArray[np.uint8]:
    """Return uint8[256]: the ASCII letter of each symbol, without marks; ``_`` for the blank."""
    letters = np.zeros(256, dtype=np.uint8)
    codes = [ord("_" if s == BLANK else s) for s in tape.symbols]
    letters[: tape.size] = codes * (2 if tape.marks else 1)
    return letters


def _symbol_of(tape: Tape) -> NDArray[np.uint8]:
    """Return uint8[256]: the symbol of each character code, or ``_INVALID``."""
    symbols = np.full(256, _INVALID, dtype=np.uint8)
    symbols[ord("_")] = 0
    for index, character in enumerate(tape.symbols):
        symbols[ord(character)] = index
    return symbols


def _tape(table: Table, name: str, inputs: Sequence[Mapping[str, str]]) -> int:
    try:
        return table.tape(name)
    except KeyError as error:
        item = next(i for i, texts in enumerate(inputs) if name in texts)
        message = f"{escape_name(table.name)}: {error.args[0]}"
        raise InputError(message, tape=name, position=-1, character="", item=item) from None


def _invalid_character(table: Table, tape: Tape, texts: Sequence[str]) -> InputError:
    valid = {chr(code) for code in np.flatnonzero(_symbol_of(tape) != _INVALID)}
    item, position, character = next(
        (item, position, character)
        for item, text in enumerate(texts)
        for position, character in enumerate(text)
        if character not in valid
    )
    alphabet = "".join(sorted(s for s in tape.symbols if s != BLANK))
    return InputError(
        f"{escape_name(table.name)}: tape `{tape.name}` cannot hold {character!r} (character "
        f"{position + 1} of the input); its symbols are {alphabet}",
        tape=tape.name,
        position=position,
        character=character,
        item=item,
    )
