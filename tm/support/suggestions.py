"""Suggestions for misspelt names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean `NAME`?`` for the nearest known name, or the empty string.

    A name of the same letters in another order, or with capitals, is nearer than any other.
    """
    names = sorted(set(known))
    letters = sorted(name.lower())
    near = [each for each in names if sorted(each.lower()) == letters]
    near = near or difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""
