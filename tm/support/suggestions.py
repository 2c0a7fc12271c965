"""Suggestions for misspelt names and files."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean `NAME`?`` for the nearest known name, or the empty string.

    A name of the same letters in another order, or with capitals, is nearer than any other.
    """
    names = sorted(set(known))
    letters = sorted(name.lower())
    near = [each for each in names if sorted(each.lower()) == letters]
    near = near or difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def similar_file(path: Path) -> str:
    """Return ``did you mean `FILE`?`` for a file that does not exist, or the empty string.

    A file of its folder is suggested that differs in the suffix, or else one of similar name and
    the same suffix.
    """
    try:
        files = sorted(file for file in path.parent.iterdir() if file.is_file())
    except OSError:
        return ""
    if other_suffix := [file.name for file in files if file.stem == path.stem]:
        return did_you_mean(path.name, other_suffix) or f"did you mean `{other_suffix[0]}`?"
    return did_you_mean(path.name, (file.name for file in files if file.suffix == path.suffix))
