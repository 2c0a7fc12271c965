"""Random numbers by key: the draws of item 17 do not depend on the draws of any other item.

Any item can therefore be built alone, on any machine, in any order, by any number of workers. The
numbers come from BLAKE2b in counter mode and do not depend on the version of Python or NumPy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

VERSION = 1
"""Version of all samplers, a part of every key; increase it when a sampler changes its draws."""

_BLOCK_BITS = 512
"""Bits of one BLAKE2b digest."""
_SPARE_BITS = 64
"""Bits that a draw leaves in the pool, which keep its bias below 2**-64."""


class Draws:
    """The random numbers of one item; ``Stream.at`` creates them."""

    __slots__ = ("_bits", "_block", "_hash", "_pool")

    def __init__(self, hash: blake2b) -> None:
        self._hash = hash
        self._block = 0
        self._pool = int.from_bytes(hash.digest(), "little")
        self._bits = _BLOCK_BITS

    def below(self, n: int) -> int:
        """Return a random number in 0 … n − 1; n must be at least 1."""
        need = n.bit_length()
        if self._bits < need + _SPARE_BITS:
            self._refill(need + _SPARE_BITS)
        self._bits -= need
        self._pool, value = divmod(self._pool, n)
        return value

    def _refill(self, need: int) -> None:
        self._pool = self._bits = 0
        while self._bits < need:
            self._block += 1
            hash = self._hash.copy()
            hash.update(self._block.to_bytes(8, "little"))
            self._pool = self._pool << _BLOCK_BITS | int.from_bytes(hash.digest(), "little")
            self._bits += _BLOCK_BITS

    def between(self, low: int, high: int) -> int:
        """Return a random number in low … high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, numerator: int, denominator: int) -> bool:
        """Return True with probability ``numerator / denominator``."""
        return self.below(denominator) < numerator

    def choice(self, items: Sequence[T]) -> T:
        """Return a random one of ``items``; raise ``ValueError`` if it is empty."""
        if not items:
            raise ValueError("there is nothing to choose from")
        return items[self.below(len(items))]

    def distinct(self, count: int, low: int, high: int) -> tuple[int, ...]:
        """Return ``count`` different numbers in low … high, every order equally likely.

        Raises
        ------
        ValueError
            If low … high has fewer numbers.
        """
        width = high - low + 1
        if count > width:
            raise ValueError(f"{low} … {high} has {max(width, 0)} different numbers, not {count}")
        drawn: dict[int, None] = {}
        combined = self.below(width**count)  # one call for `count` draws is faster
        for _ in range(count):
            combined, value = divmod(combined, width)
            drawn[low + value] = None
        while len(drawn) < count:
            drawn[low + self.below(width)] = None
        return tuple(drawn)

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """Return the items in random order, every order equally likely."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def digits(self, count: int) -> str:
        """Return ``count`` random decimal digits, leading zeros included."""
        return f"{self.below(10**count):0{count}d}" if count else ""


class Stream:
    """A sequence of independent items, each with its own ``Draws``.

    Parameters
    ----------
    *names
        The key of the sequence, such as a task, a range, a split and a seed.
    """

    def __init__(self, *names: str | int) -> None:
        self._base = blake2b(json.dumps([VERSION, *names]).encode(), digest_size=_BLOCK_BITS // 8)

    def at(self, index: int) -> Draws:
        """Return the random numbers of item ``index``, which must be at least 0."""
        hash = self._base.copy()
        hash.update(index.to_bytes(8, "little"))
        return Draws(hash)


class Permutation:
    """A random order of 0 … n − 1 in which each place can be computed alone.

    It is a Feistel network over the least even number of bits that can hold n − 1, with keyed
    BLAKE2b as its rounds. A result outside 0 … n − 1 is passed through the network again ("Ciphers
    with Arbitrary Finite Domains", Black and Rogaway, CT-RSA 2002).

    Parameters
    ----------
    n
        The number of elements, at least 1.
    *names
        The key of the order, as for ``Stream``.
    """

    ROUNDS = 8

    def __init__(self, n: int, *names: str | int) -> None:
        self._n = n
        self._half = max(1, ((n - 1).bit_length() + 1) // 2)
        self._base = blake2b(json.dumps([VERSION, n, *names]).encode(), digest_size=8)

    def at(self, place: int) -> int:
        """Return the number at ``place``, which must be in 0 … n − 1."""
        while True:
            place = self._network(place)
            if place < self._n:
                return place

    def _network(self, number: int) -> int:
        mask = (1 << self._half) - 1
        left, right = number >> self._half, number & mask
        for round in range(self.ROUNDS):
            hash = self._base.copy()
            hash.update(bytes([round]) + right.to_bytes(8, "little"))
            left, right = right, left ^ int.from_bytes(hash.digest(), "little") & mask
        return left << self._half | right
