"""The task new_task: add up the bits of a word modulo 2. Replace this problem by your own."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from tmtail import Draws, Instance, LengthRange, Task, choice, ranges

LETTERS = string.ascii_lowercase


@dataclass(frozen=True, kw_only=True)
class Bits(Instance):
    """A word of bits; ``first`` is the name of its first bit in the text."""

    bits: str
    first: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        if not self.bits or set(self.bits) - {"0", "1"}:
            raise ValueError(f"new_task: {self.bits!r} is not a word of bits; use 0 and 1")
        if self.first not in LETTERS or len(self.letters) <= len(self.bits) + 1:
            raise ValueError(
                f"new_task: {len(self.bits)} bits need {len(self.bits) + 2} letters from "
                f"{self.first!r} on; begin with an earlier one"
            )

    @property
    def letters(self) -> str:
        """The names of the bits and of their end, and one more."""
        first = LETTERS.index(self.first)
        return LETTERS[first : first + len(self.bits) + 2]


@dataclass(frozen=True, kw_only=True)
class NewTask(Task[Bits]):
    """Words of bits of random lengths, posed in the wordings of ``new_task.prompts.txt``."""

    ranges: Mapping[str, LengthRange] = ranges(S=(2, 8), M=(9, 14), L=(15, 22))

    paradigm = "iteration"
    instance = Bits
    kind = choice("0", "1")
    far = frozenset({"place"})  # it fetches a bit that was read many lines before

    def sample(self, draws: Draws, *lengths: int) -> Bits:
        bits = "".join(draws.choice("01") for _ in range(lengths[0]))
        return Bits(bits=bits, first=draws.choice(LETTERS[: len(LETTERS) - lengths[0] - 1]))

    def tiny(self, draws: Draws) -> Bits:
        bits = "".join(draws.choice("01") for _ in range(draws.between(1, 3)))
        return Bits(bits=bits, first=draws.choice("abc"))

    def length(self, instance: Bits) -> int:
        return len(instance.bits)

    def count(self, *lengths: int) -> int:
        return 1 << lengths[0]

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Bits:
        first = draws.choice(LETTERS[: len(LETTERS) - lengths[0] - 1])
        return Bits(bits=f"{index:0{lengths[0]}b}", first=first)

    def words(self, instance: Bits) -> dict[str, str]:
        return {"bits": instance.bits}

    def names(self, instance: Bits) -> tuple[str, ...]:
        return (instance.first,)

    def tapes(self, instance: Bits) -> dict[str, str]:
        return {"bits": instance.bits, "place": " ".join(instance.letters)}
