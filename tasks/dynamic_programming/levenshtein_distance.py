"""Compute the Levenshtein distance of two strings (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks import INTEGER, LengthRange, format_facts, ranges
from tasks.strings import Strings, StringTask


@dataclass(frozen=True, kw_only=True)
class LevenshteinDistance(StringTask):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 7), L=(8, 9))

    kind = INTEGER

    def words(self, instance: Strings) -> dict[str, str]:
        return {**super().words(instance), "counts": format_facts(_counts(instance))}

    def facts(self, instance: Strings) -> dict[str, str]:
        return super().facts(instance) | _counts(instance)

    def tapes(self, instance: Strings) -> dict[str, str]:
        return super().tapes(instance) | {"count": " ".join(_counts(instance).values())}


def _counts(instance: Strings) -> dict[str, str]:
    """Return the name of each number of the table, by the key of the text."""
    return {f"count {name}": str(number) for number, name in enumerate(instance.numbers)}
