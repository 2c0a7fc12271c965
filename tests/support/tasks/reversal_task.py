"""A user's own task: reverse a word of bits. It numbers its 2**n problems of length n."""

from pathlib import Path
from typing import Any

import tasks
from tasks.base import AnyTask

SOURCE = """
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import Draws, Instance, AnswerKind, LengthRange, Task, ranges


@dataclass(frozen=True, kw_only=True, slots=True)
class Bits(Instance):
    bits: str
    first: str = field(default="1", compare=False)


@dataclass(frozen=True, kw_only=True)
class Reverse(Task[Bits]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 6), M=(7, 8), L=(20, 22))
    numbered: bool = True

    paradigm = "simulation"
    instance = Bits
    kind = AnswerKind("bits", re.compile("[01]+"))
    wordings = (
        "Read the word {bits} backwards and end with `answer: `.",
        "What are the bits {bits} from the end? Say `answer: `.",
        "Turn round {bits}, after `answer: `.",
    )

    def sample(self, draws: Draws, *lengths: int) -> Bits:
        bits = "".join(draws.choice("01") for _ in range(lengths[0]))
        return Bits(bits=bits, first=draws.choice("123"))

    def tiny(self, draws: Draws) -> Bits:
        return self.sample(draws, 2)

    def count(self, *lengths: int) -> int | None:
        return 2 ** lengths[0] if self.numbered else None

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Bits:
        return Bits(bits=f"{index:0{lengths[0]}b}", first=draws.choice("123"))

    def length(self, instance: Bits) -> int:
        return len(instance.bits)

    def words(self, instance: Bits) -> dict[str, str]:
        return {"bits": instance.bits}

    def names(self, instance: Bits) -> tuple[str, ...]:
        return (instance.first,)

    def tapes(self, instance: Bits) -> dict[str, str]:
        places = range(int(instance.first), int(instance.first) + len(instance.bits) + 1)
        return {"bits": instance.bits, "place": " ".join(map(str, places))}
"""

MACHINE = """
import std.reading
import std.words

tape bits: '0' | '1'
tape place: '0'..'9' | ' ' word '0'..'9'
tape lead: ' '..'~' word ' '..'}'
tape out: '0' | '1'

main {
    read_first(place)
    read_spelled(bits, place, lead, "bits", "bit {place}")
    left bits
    while bits != _ {
        previous_word(place)
        step flip at "{place}" {
            fetch "bit {place}" = {bits.cell}
            out := bits
            solve "out {place}" = {out.cell}
        }
        left bits
        right out
    }
    answer "{out.all}"
}
"""


def reverse_bits(folder: Path, **options: Any) -> AnyTask:
    """Write the files of the task into a folder, and return the task."""
    path = folder / "reverse_bits.py"
    if not path.exists():
        path.write_text(SOURCE)
    if not path.with_suffix(".tm").exists():
        path.with_suffix(".tm").write_text(MACHINE)
    return tasks.from_file(path, **options)
