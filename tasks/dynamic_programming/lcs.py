"""Find a longest common subsequence of two strings (arXiv 2507.13332, Table C1).

Letters name rows, columns and numbers, and suffice for strings of at most 42 characters. Strings of
at most 19 characters show fewer letters than longer ones, so a training range up to 19 lacks some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from tasks import LETTERS, LengthRange, or_none, ranges
from tasks.strings import Strings, StringTask


@dataclass(frozen=True, kw_only=True)
class LongestCommonSubsequence(StringTask):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 6), M=(7, 9), L=(10, 12))

    kind = or_none(LETTERS)

    def right(self, instance: Strings, answer: str, gold: str) -> bool:
        """Return whether ``answer`` is a common subsequence as long as the machine's answer."""
        if answer == gold or "none" in (answer, gold):
            return answer == gold
        letters = answer.split()
        return len(answer) == len(gold) and all(
            _is_subsequence(letters, string) for string in (instance.x, instance.y)
        )

    def shortcuts(self, instance: Strings) -> dict[str, str]:
        x, y = instance.x, instance.y
        pairs = zip(x, y, strict=False)
        prefix = [a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
        greedy, rest = [], y
        for letter in x:
            if letter in rest:
                greedy.append(letter)
                rest = rest.partition(letter)[2]
        return {
            "the common beginning": " ".join(prefix) or "none",
            "each letter of x as early as possible in y": " ".join(greedy) or "none",
        }


def _is_subsequence(letters: list[str], string: str) -> bool:
    unread = iter(string)
    return all(letter in unread for letter in letters)
