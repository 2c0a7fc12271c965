"""Wilson's interval and the chance level, against values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.statistics import Share, chance


@pytest.mark.parametrize(
    ("hits", "items", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, Table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_as_published(hits: int, items: int, low: float, high: float) -> None:
    assert Share(hits, items).interval() == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 1000), st.data())
def test_an_interval_holds_its_share(items: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, items)), items)
    low, high = share.interval()
    assert 0 <= low <= share.rate <= high <= 1


def test_nothing_measured_is_nothing_known() -> None:
    assert Share(0, 0).interval() == (0.0, 1.0)


def test_chance_is_the_commonest_answer() -> None:
    assert chance(["<", ">", ">", "="]) == 0.5
    assert chance([]) == 0
