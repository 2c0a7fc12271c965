"""Strict JSON from files of unknown origin: every fault is an error that names its place.

Only what the standard allows is accepted: no duplicate keys, no NaN, no lone surrogates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any


def json_object(text: bytes) -> dict[str, Any]:
    """The JSON object that a text is.

    Raises
    ------
    ValueError
        Saying what is wrong with it.
    """
    try:
        found = json.loads(text.decode(), object_pairs_hook=_object, parse_constant=_refuse)
        if b"\\u" in text:  # the only way to half a surrogate pair, since the text is UTF-8
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object that a file holds.

    Raises
    ------
    ValueError
        Naming the file and what is wrong with it.
    """
    try:
        return json_object(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file of JSON lines, with their numbers, from 1.

    Raises
    ------
    ValueError
        Naming the line and what is wrong with it.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):  # bytes are split at line feeds alone
            try:
                if not line.strip():
                    raise ValueError("it is blank")
                found = json_object(line)
            except ValueError as error:
                cut = "" if line.endswith(b"\n") else " (the file is cut here)"
                raise ValueError(f"{path}, line {number}: {error}{cut}") from None
            yield number, found


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{twice}` stands in it twice")
    return made


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
