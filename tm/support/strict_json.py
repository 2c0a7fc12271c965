"""Strict reading of JSON from untrusted files; every error names the file and the fault.

Duplicate keys, NaN, infinities and lone surrogates are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any


def json_object(text: bytes) -> dict[str, Any]:
    """Return the JSON object in a text.

    Raises
    ------
    ValueError
        If the text is not UTF-8, not strict JSON or not an object; the message says which.
    """
    try:
        content = json.loads(text.decode(), object_pairs_hook=_object, parse_constant=_refuse)
        if b"\\u" in text:  # UTF-8 itself cannot encode a lone surrogate
            json.dumps(content, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("it contains a lone surrogate") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises
    ------
    ValueError
        If ``json_object`` refuses the content; the message begins with the path.
    """
    try:
        return json_object(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def content_digest(content: object) -> str:
    """Return a hexadecimal digest of plain data, which shows whether a file was damaged."""
    return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=12).hexdigest()


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line number, counted from 1, and the object of each line of a JSON Lines file.

    Raises
    ------
    ValueError
        If a line is blank or ``json_object`` refuses it; the message begins with path and line.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):  # bytes are split at line feeds only
            try:
                if not line.strip():
                    raise ValueError("it is blank")
                content = json_object(line)
            except ValueError as error:
                hint = "" if line.endswith(b"\n") else " (the file is truncated here)"
                raise ValueError(f"{path}, line {number}: {error}{hint}") from None
            yield number, content


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        duplicate = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it has the key `{duplicate}` twice")
    return content


def _refuse(constant: str) -> None:
    raise ValueError(f"it contains {constant}, which is not JSON")
