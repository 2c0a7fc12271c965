"""The Python file and the machine of a user's own task: the parity of a word of bits."""

PARITY_TASK = '''
"""Parity of a word of bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks import Draws, Instance, LengthRange, Task, choice, ranges


@dataclass(frozen=True, kw_only=True, slots=True)
class Bits(Instance):
    bits: str


@dataclass(frozen=True, kw_only=True)
class Parity(Task[Bits]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 8))
    odd: str = "1"

    paradigm = "simulation"
    instance = Bits
    kind = choice("odd", "even")
    wordings = ("Is the number of ones in {facts} odd or even? End with `answer: `.",)

    def sample(self, draws: Draws, *lengths: int) -> Bits:
        return Bits(bits="".join(draws.choice("01") for _ in range(lengths[0])))

    def tiny(self, draws: Draws) -> Bits:
        return self.sample(draws, 2)

    def length(self, instance: Bits) -> int:
        return len(instance.bits)

    def facts(self, instance: Bits) -> dict[str, str]:
        return {f"b{i}": bit for i, bit in enumerate(instance.bits)}

    def tapes(self, instance: Bits) -> dict[str, str]:
        return {"bits": instance.bits}
'''
PARITY_MACHINE = """
tape bits: '0' | '1'
tape out: 'a'..'z'

main {
    let odd: no | yes = no
    while bits != _ {
        if bits == '1' { if odd == yes { odd = no } else { odd = yes } }
        right bits
    }
    if odd == yes {
        out := 'o'  right out  out := 'd'  right out  out := 'd'
    } else {
        out := 'e'  right out  out := 'v'  right out  out := 'e'  right out  out := 'n'
    }
    answer "{out.all}"
}
"""
