"""Differences between two documents of plain data, in words for an error message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

MAX_SHOWN_DIFFERENCES = 3
"""Number of differences that are written out; more are counted."""

MAX_VALUE_LENGTH = 40
"""Characters of the longest value that is shown; a longer one is a digest or a list."""


def describe_differences(stored: object, given: object) -> str:
    """Return where two documents differ: ``seed: 0 there, 1 here``.

    Parameters
    ----------
    stored, given
        What a folder holds, and what is asked for now.
    """
    differences = list(_differences(stored, given, "")) or ["only the spelling"]
    shown = differences[:MAX_SHOWN_DIFFERENCES]
    more = len(differences) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _differences(stored: object, given: object, path: str) -> Iterator[str]:
    if isinstance(stored, Mapping) and isinstance(given, Mapping):
        for key in dict.fromkeys((*stored, *given)):
            inner = f"{path}.{key}" if path else str(key)
            if key not in stored or key not in given:
                yield f"{inner}: only {'there' if key in stored else 'here'}"
            else:
                yield from _differences(stored[key], given[key], inner)
    elif isinstance(stored, list) and isinstance(given, list) and len(stored) == len(given):
        for index, (old, new) in enumerate(zip(stored, given, strict=True)):
            name = _name(old) if _name(old) == _name(new) else ""
            yield from _differences(old, new, f"{path}[{name or index}]")
    elif _names(stored) and _names(given):
        yield f"{path}: {_names(stored)} there, {_names(given)} here"
    elif stored != given:
        yield f"{path or 'the document'}: {_show(stored, given)}"


def _name(value: object) -> str:
    """Return what people call an entry of a list, or the empty string."""
    if not isinstance(value, Mapping):
        return ""
    keys = ("name", "task", "range", "split")
    return " ".join(str(value[key]) for key in keys if isinstance(value.get(key), str))


def _names(value: object) -> str:
    """Return the names of the entries of a list, or the empty string if one has none."""
    names = [_name(entry) for entry in value] if isinstance(value, list) else []
    shown = ", ".join(names)
    return shown if all(names) and len(shown) <= MAX_VALUE_LENGTH else ""


def _show(stored: object, given: object) -> str:
    old, new = json.dumps(stored), json.dumps(given)
    if max(len(old), len(new)) > MAX_VALUE_LENGTH:
        return "different"
    return f"{old} there, {new} here"
