"""Damaged files: single bits flipped, ends cut off."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

Result = TypeVar("Result")

SAME, REFUSED = "same", "refused"


def flipped(data: bytes, count: int, chance: Random) -> Iterator[bytes]:
    """Yield copies of some bytes, each with one random bit flipped."""
    for _ in range(count):
        bit = chance.randrange(8 * len(data))
        copy = bytearray(data)
        copy[bit // 8] ^= 1 << bit % 8
        yield bytes(copy)


def truncated(data: bytes, count: int, chance: Random) -> Iterator[bytes]:
    """Yield copies of some bytes, each cut off at a random place; the first one is empty."""
    yield b""
    for _ in range(count - 1):
        yield data[: chance.randrange(len(data))]


def damaged_folders(
    folder: Path, name: str, into: Path, *, flips: int = 50, cuts: int = 10, seed: int = 0
) -> Iterator[Path]:
    """Yield a copy of a folder again and again, each time with one file of it damaged otherwise.

    Parameters
    ----------
    name
        Path of the file, relative to the folder.
    into
        Where the copy is made; each one replaces the last.
    """
    chance = Random(seed)
    data = (folder / name).read_bytes()
    for damaged in (*flipped(data, flips, chance), *truncated(data, cuts, chance)):
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(folder, into, symlinks=True)
        (into / name).write_bytes(damaged)
        yield into


def judge(attempt: Callable[[], Result], expected: Result) -> str:
    """Return ``SAME`` or ``REFUSED``; any other result or exception is a fault.

    Raises
    ------
    AssertionError
        If the attempt succeeds with another result: the damage was accepted silently.
    """
    try:
        result = attempt()
    except ValueError:
        return REFUSED
    assert result == expected, "the damage was accepted silently"
    return SAME


def judge_all(
    folders: Iterator[Path], attempt: Callable[[Path], Result], expected: Result
) -> Counter[str]:
    """Return how often an attempt on a damaged folder had the same result, and was refused."""
    return Counter(judge(partial(attempt, folder), expected) for folder in folders)
