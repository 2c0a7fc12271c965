"""Batches that grow until a batch produces a fixed amount of text, which bounds memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

FIRST_BATCH_ITEMS = 4
"""Items of the first batch, written before the length of the texts is known."""
BATCH_TEXT_BYTES = 2**19
"""Approximate bytes of text of each later batch. Writing it takes about 100 times the memory."""

T = TypeVar("T")
R = TypeVar("R")


def in_batches(items: Sequence[T], write: Callable[[Sequence[T]], tuple[R, int]]) -> Iterator[R]:
    """Write all items in batches of about ``BATCH_TEXT_BYTES`` bytes of text.

    Parameters
    ----------
    write
        Writes one batch; returns its result and how many bytes of text it took.

    Yields
    ------
    R
        The result of each batch, in order.
    """
    first, size = 0, FIRST_BATCH_ITEMS
    while first < len(items):
        batch = items[first : first + size]
        result, text_bytes = write(batch)
        yield result
        first += len(batch)
        size = max(1, min(10 * size, BATCH_TEXT_BYTES * len(batch) // max(1, text_bytes)))
