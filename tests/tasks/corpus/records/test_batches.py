"""Batches: every item once, in order, about as much text in each."""

from collections.abc import Sequence

import pytest

from tasks.corpus.records.batches import BATCH_TEXT_BYTES, FIRST_BATCH_ITEMS, in_batches


@pytest.mark.parametrize("item_bytes", [0, 1, 100, BATCH_TEXT_BYTES // 7, 10 * BATCH_TEXT_BYTES])
def test_items_stay_in_order_and_batches_stay_small(item_bytes: int) -> None:
    sizes = []

    def write(batch: Sequence[int]) -> tuple[Sequence[int], int]:
        sizes.append(len(batch))
        return batch, len(batch) * item_bytes

    items = range(5_000 if item_bytes < 1_000 else 50)
    assert [item for batch in in_batches(items, write) for item in batch] == list(items)
    assert sizes[0] == FIRST_BATCH_ITEMS
    assert all(size == 1 or size * item_bytes <= BATCH_TEXT_BYTES for size in sizes[1:])


def test_no_items_give_no_batches() -> None:
    def write(batch: Sequence[int]) -> tuple[None, int]:
        raise AssertionError("called")

    assert list(in_batches([], write)) == []
