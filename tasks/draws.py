"""Random numbers by key: what item 17 draws depends on nothing that was drawn before it.

So any item can be made alone, anywhere, in any order, by any number of workers. The numbers come
from BLAKE2b in counter mode, and so are the same on every machine and under every Python and NumPy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

VERSION = 1
"""Part of every key: raise it when a sampler changes what it draws."""

_BLOCK = 512
"""Bits of one BLAKE2b digest."""
_SPARE = 64
"""Bits that a draw leaves in the pool: no value is likelier than another by more than 2**-64."""


class Draws:
    """The random numbers of one item; ``Stream.at`` makes them."""

    __slots__ = ("_bits", "_block", "_hash", "_pool")

    def __init__(self, hash: blake2b) -> None:
        self._hash = hash
        self._block = 0
        self._pool = int.from_bytes(hash.digest(), "little")
        self._bits = _BLOCK

    def below(self, n: int) -> int:
        """A number in 0 … n − 1, for n ≥ 1."""
        need = n.bit_length()
        if self._bits < need + _SPARE:
            self._refill(need + _SPARE)
        self._bits -= need
        self._pool, value = divmod(self._pool, n)
        return value

    def _refill(self, need: int) -> None:
        self._pool = self._bits = 0
        while self._bits < need:
            self._block += 1
            more = self._hash.copy()
            more.update(self._block.to_bytes(8, "little"))
            self._pool = self._pool << _BLOCK | int.from_bytes(more.digest(), "little")
            self._bits += _BLOCK

    def between(self, low: int, high: int) -> int:
        """A number in low … high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, part: int, whole: int) -> bool:
        """True in ``part`` cases of ``whole``."""
        return self.below(whole) < part

    def choice(self, items: Sequence[T]) -> T:
        """One of ``items``; ``ValueError`` when there are none."""
        if not items:
            raise ValueError("there is nothing to choose from")
        return items[self.below(len(items))]

    def distinct(self, count: int, low: int, high: int) -> tuple[int, ...]:
        """``count`` different numbers in low … high, every order equally likely.

        Raises
        ------
        ValueError
            When there are not so many numbers in low … high.
        """
        width = high - low + 1
        if count > width:
            raise ValueError(f"there are no {count} different numbers in {low} … {high}")
        drawn: dict[int, None] = {}
        several = self.below(width**count)  # so many draws in one
        for _ in range(count):
            several, value = divmod(several, width)
            drawn[low + value] = None
        while len(drawn) < count:
            drawn[low + self.below(width)] = None
        return tuple(drawn)

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """The items in random order, every order equally likely."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def digits(self, count: int) -> str:
        """``count`` decimal digits, leading zeros included."""
        return f"{self.below(10**count):0{count}d}" if count else ""


class Stream:
    """A sequence of independent items, each with its own ``Draws``.

    Parameters
    ----------
    *names
        What tells this sequence from any other: a task, a range, a split, a seed.
    """

    def __init__(self, *names: str | int) -> None:
        self._base = blake2b(json.dumps([VERSION, *names]).encode(), digest_size=_BLOCK // 8)

    def at(self, index: int) -> Draws:
        """The random numbers of item ``index`` ≥ 0."""
        hash = self._base.copy()
        hash.update(index.to_bytes(8, "little"))
        return Draws(hash)


class Permutation:
    """A random order of 0 … n − 1, any place of which can be looked up alone.

    A Feistel network over the least even number of bits that holds n, its rounds keyed BLAKE2b;
    numbers it takes out of 0 … n − 1 are walked on until they are back ("Ciphers with Arbitrary
    Finite Domains", Black and Rogaway, CT-RSA 2002).

    Parameters
    ----------
    n
        At least 1.
    *names
        What tells this order from any other, as for ``Stream``.
    """

    ROUNDS = 8

    def __init__(self, n: int, *names: str | int) -> None:
        self._n = n
        self._half = max(1, ((n - 1).bit_length() + 1) // 2)
        self._base = blake2b(json.dumps([VERSION, n, *names]).encode(), digest_size=8)

    def at(self, place: int) -> int:
        """The number that stands at a place in 0 … n − 1."""
        while True:
            place = self._network(place)
            if place < self._n:
                return place

    def _network(self, number: int) -> int:
        mask = (1 << self._half) - 1
        left, right = number >> self._half, number & mask
        for turn in range(self.ROUNDS):
            hash = self._base.copy()
            hash.update(bytes([turn]) + right.to_bytes(8, "little"))
            left, right = right, left ^ int.from_bytes(hash.digest(), "little") & mask
        return left << self._half | right
