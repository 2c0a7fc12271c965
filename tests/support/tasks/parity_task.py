"""The Python file and the machine of a user's own task: the parity of a word of bits."""

PARITY_TASK = '''
"""Parity of a word of bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

from tasks import Draws, Instance, LengthRange, Task, choice, ranges


@dataclass(frozen=True, kw_only=True, slots=True)
class Bits(Instance):
    bits: str
    first: str = field(default="a", compare=False)


@dataclass(frozen=True, kw_only=True)
class Parity(Task[Bits]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 8))
    odd: str = "1"

    paradigm = "simulation"
    instance = Bits
    kind = choice("odd", "even")
    wordings = ("Is the number of ones in {bits} odd or even? End with `answer: `.",)

    def sample(self, draws: Draws, *lengths: int) -> Bits:
        bits = "".join(draws.choice("01") for _ in range(lengths[0]))
        return Bits(bits=bits, first=draws.choice("abc"))

    def tiny(self, draws: Draws) -> Bits:
        return self.sample(draws, 2)

    def length(self, instance: Bits) -> int:
        return len(instance.bits)

    def words(self, instance: Bits) -> dict[str, str]:
        return {"bits": instance.bits}

    def names(self, instance: Bits) -> tuple[str, ...]:
        return (instance.first,)

    def tapes(self, instance: Bits) -> dict[str, str]:
        first = ascii_lowercase.index(instance.first)
        places = ascii_lowercase[first : first + len(instance.bits) + 2]
        return {"bits": instance.bits, "place": " ".join(places)}
'''
PARITY_MACHINE = """
import std.reading
import std.words

tape bits: '0' | '1'
tape place: 'a'..'z' | ' ' word 'a'..'z'
tape lead: ' '..'~' word ' '..'}'
tape out: 'a'..'z'

main {
    read_first(place)
    read_spelled(bits, place, lead, "bits", "bit {place}")
    rewind(bits, place)
    let odd: no | yes = no
    step begin {
        fetch "first" = {place}
        solve "odd {place}" = {odd}
    }
    loop {
        step place at "{place}" {
            fetch "bit {place}" = {bits.cell|end}, "odd {place}" = {odd}
            if bits == _ { break }
            if bits == '1' { if odd == yes { odd = no } else { odd = yes } }
            solve "odd {place.next_word}" = {odd}
        }
        right bits
        next_word(place)
    }
    if odd == yes {
        out := 'o'  right out  out := 'd'  right out  out := 'd'
    } else {
        out := 'e'  right out  out := 'v'  right out  out := 'e'  right out  out := 'n'
    }
    answer "{out.all}"
}
"""
