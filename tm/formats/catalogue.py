"""The formats in which machines are read and written, by name and by the suffix of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tm.formats.busy_beaver import parse_busy_beavers, to_busy_beaver
from tm.formats.errors import FormatError
from tm.formats.foreign.jflap import parse_jflap, to_jflap
from tm.formats.foreign.morphett import parse_morphett, to_morphett
from tm.formats.foreign.multitape import parse_multitape, to_multitape
from tm.formats.foreign.turingmachine_io import parse_turingmachine_io, to_turingmachine_io
from tm.formats.json_text import from_json, to_json
from tm.formats.machine import Machine
from tm.formats.tsv import from_tsv, to_tsv
from tm.support.files import read_bytes
from tm.table import Table

MAX_FILE_BYTES = 64 * 2**20
"""Size of the largest file that is read."""


class Format(NamedTuple):
    """A format of machines.

    Attributes
    ----------
    title
        What messages and documents call it.
    suffixes
        Suffixes of the files that are read as this format unless another one is named.
    read
        Returns the machines in a text, given the name of the file.
    write
        Returns the text of a table; raises ``ValueError`` for what it cannot express.
    max_bytes
        Size of the largest file that is read.
    """

    title: str
    suffixes: tuple[str, ...]
    read: Callable[[str, str], tuple[Machine, ...]]
    write: Callable[[Table], str]
    max_bytes: int = MAX_FILE_BYTES


def _one(read: Callable[[str, str], Machine]) -> Callable[[str, str], tuple[Machine, ...]]:
    return lambda text, name: (read(text, name),)


FORMATS = {
    "tsv": Format(
        "tab-separated rows", (".tsv",), _one(lambda t, name: Machine(from_tsv(t, name))), to_tsv
    ),
    "json": Format("JSON", (".json",), _one(lambda t, _: Machine(from_json(t))), to_json),
    "bb": Format(
        "busy-beaver text",
        (".bb",),
        lambda text, name: tuple(map(Machine, parse_busy_beavers(text, name))),
        to_busy_beaver,
    ),
    "jff": Format("JFLAP", (".jff",), _one(parse_jflap), to_jflap, 16 * 2**20),
    "morphett": Format("Morphett's text", (), _one(parse_morphett), to_morphett),
    "multitape": Format("turingmachinesimulator.com", (), _one(parse_multitape), to_multitape),
    "yaml": Format(
        "turingmachine.io",
        (".yaml", ".yml"),
        _one(parse_turingmachine_io),
        to_turingmachine_io,
        4 * 2**20,
    ),
}
"""Every format by its name."""

FORMAT_OF_SUFFIX = {suffix: name for name, f in FORMATS.items() for suffix in f.suffixes}


def read_machines(path: Path, format: str) -> tuple[Machine, ...]:
    """Return the machines in a file of a format.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If ``parse_machines`` refuses its content.
    """
    return parse_machines(read_bytes(path, FORMATS[format].max_bytes), format, str(path))


def parse_machines(data: bytes, format: str, name: str) -> tuple[Machine, ...]:
    """Return the machines in the content of a file of a format.

    A byte order mark and line ends of Windows are accepted.

    Parameters
    ----------
    name
        The name of the file, for messages and the places of states.

    Raises
    ------
    ValueError
        If the content is too large, not UTF-8 or malformed; the message begins with ``name``.
    """
    limit = FORMATS[format].max_bytes
    if len(data) > limit:
        raise ValueError(f"{name}: more than {limit:,} bytes; a machine must be smaller")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{name}: not UTF-8 text: byte {data[error.start]:#04x} in line {line}; save the file "
            "as UTF-8"
        ) from None
    try:
        return FORMATS[format].read(text, name)
    except FormatError as error:
        raise ValueError(f"{name}: {error}") from None
