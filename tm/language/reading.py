"""Reading of source files: bounded in size, UTF-8 only, every fault a diagnostic."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tm.language.diagnostics import Diagnostic, SourceError
from tm.language.source import Source
from tm.support.files import read_bytes
from tm.support.suggestions import similar_file

MAX_SOURCE_BYTES = 1_000_000
"""Size of the largest source file that is read: a thousand times the longest shipped machine."""


def read_source(path: Path, name: str, link: Path | None = None) -> Source:
    """Read a source file; diagnostics show it under ``name``, ``link`` is as in ``Source``.

    Raises
    ------
    SourceError
        If the file cannot be read, is larger than ``MAX_SOURCE_BYTES`` or is not UTF-8.
    """
    try:
        data = read_bytes(path, MAX_SOURCE_BYTES)
    except OSError as error:
        message = f"cannot read this file: {error.strerror}"
        raise _refusal(name, "TM001", message, similar_file(path)) from None
    if len(data) > MAX_SOURCE_BYTES:
        raise _refusal(
            name,
            "TM002",
            f"a source file may have at most {MAX_SOURCE_BYTES:,} bytes; this one has more",
            "write a long table as a program instead of rule by rule",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"{data[error.start]:#04x}"
        raise _refusal(name, "TM001", f"not UTF-8 text: byte {byte} in line {line}") from None
    return Source(name, text, path, link=link, digest=sha256(data).hexdigest())


def _refusal(name: str, code: str, message: str, help: str = "") -> SourceError:
    """Return an error about a file as a whole: its excerpt is empty."""
    return SourceError([Diagnostic(code, message, Source(name, "").location(0, 0), help)])
