"""Wilson's interval and the chance level, against values worked out by hand."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.scoring.statistics import Share, chance, pass_at, pooled


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


def test_several_outputs_for_one_problem_are_no_more_evidence() -> None:
    assert Share(50, 100, 25).interval() == pytest.approx(Share(12.5, 25).interval())


@pytest.mark.parametrize(("samples", "right"), [(5, 0), (5, 2), (6, 3), (4, 4)])
def test_pass_at_k_is_the_share_of_choices_with_a_right_one(samples: int, right: int) -> None:
    for k in range(1, samples + 1):
        chosen = list(combinations([True] * right + [False] * (samples - right), k))
        assert pass_at(k, samples, right) == pytest.approx(sum(map(any, chosen)) / len(chosen))


def test_more_samples_than_there_are_cannot_be_passed() -> None:
    with pytest.raises(ValueError, match="pass@5 needs at least 5 samples"):
        pass_at(5, 4, 1)


def test_pooled_runs_of_the_same_instances() -> None:
    runs = [{"a": 1.0, "b": 0.0, "c": 1.0}, {"a": 1.0, "b": 1.0, "c": 0.0}]
    found = pooled(runs)
    assert found.rate == pytest.approx(4 / 6)
    assert 0 <= found.low < found.rate < found.high <= 1
    assert pooled(runs) == found


def test_a_pooled_interval_grows_with_what_lies_between_runs() -> None:
    items = [str(i) for i in range(400)]
    alike = [{name: float((i + run) % 2) for i, name in enumerate(items)} for run in range(4)]
    apart = [dict.fromkeys(items, float(run % 2)) for run in range(4)]
    widths = [found.high - found.low for found in map(pooled, (alike, apart))]
    assert widths[0] < 0.12
    assert widths[1] > 0.8


def test_one_run_is_resampled_by_its_instances_alone() -> None:
    random = np.random.default_rng(3)
    run = {str(i): float(random.random() < 0.3) for i in range(500)}
    found = pooled([run])
    low, high = Share(sum(run.values()), 500).interval()
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)


def test_runs_may_have_instances_of_their_own() -> None:
    found = pooled([{"a": 1.0}, {"b": 0.0, "c": 0.0, "d": 0.0}])
    assert found.rate == pytest.approx(1 / 4)
    with pytest.raises(ValueError, match="nothing can be pooled"):
        pooled([{"a": 1.0}, {}])
