"""The order of training: every record once an epoch, in batches of similar lengths."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from training.data.sampler import BATCHES_PER_POOL, LengthSampler


@given(
    st.lists(st.integers(1, 50), max_size=200),
    st.integers(1, 9),
    st.integers(0, 5),
    st.integers(0, 200),
)
def test_an_epoch_has_every_record_once(
    lengths: list[int], batch_size: int, epoch: int, short_first: int
) -> None:
    sampler = LengthSampler(lengths, batch_size, seed=3, short_first=short_first)
    sampler.set_epoch(epoch)
    order = list(sampler)
    assert sorted(order) == list(range(len(lengths)))
    assert len(sampler) == len(order)
    assert list(sampler) == order


def test_batches_have_similar_lengths_and_a_random_order() -> None:
    lengths = [1 + i % 100 for i in range(8 * BATCHES_PER_POOL * 10)]
    order = list(LengthSampler(lengths, 8, seed=0))
    batches = [[lengths[i] for i in order[b : b + 8]] for b in range(0, len(order), 8)]
    spread = sum(max(batch) - min(batch) for batch in batches) / len(batches)
    assert spread < 10  # 78 for random batches
    rises = sum(a[0] < b[0] for a, b in pairwise(batches))
    assert 0.4 < rises / len(batches) < 0.6


def test_every_epoch_and_seed_has_its_own_order() -> None:
    orders = set()
    for seed in range(3):
        for epoch in range(3):
            sampler = LengthSampler([1] * 50, 5, seed)
            sampler.set_epoch(epoch)
            orders.add(tuple(sampler))
    assert len(orders) == 9


def test_the_first_epoch_can_begin_with_the_shortest_records() -> None:
    lengths = [1 + i % 100 for i in range(8 * BATCHES_PER_POOL * 20)]
    growing = len(lengths) // 2
    sampler = LengthSampler(lengths, 8, seed=0, short_first=growing)
    order = list(sampler)
    tenths = [
        [lengths[i] for i in order[start : start + growing // 10]]
        for start in range(0, growing, growing // 10)
    ]
    means = [sum(tenth) / len(tenth) for tenth in tenths]
    assert means == sorted(means)
    assert means[0] < 15
    assert min(tenths[-1]) < 20  # short records come later, too
    rest = [lengths[i] for i in order[growing:]]
    assert 48 < sum(rest) / len(rest) < 53
    plain = LengthSampler(lengths, 8, seed=0)
    for each in (sampler, plain):
        each.set_epoch(1)
    assert list(sampler) == list(plain)
