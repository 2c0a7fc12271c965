"""Intervals, pass@k and pooled runs, against published values and direct counts."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.scoring.statistics import Pooled, Share, pass_at, pool_runs


@pytest.mark.parametrize(
    ("hits", "problems", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, Table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_as_published(hits: int, problems: int, low: float, high: float) -> None:
    assert Share(hits, problems).interval() == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 1000), st.data())
def test_an_interval_holds_its_share(problems: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, problems)), problems)
    low, high = share.interval()
    assert 0 <= low <= share.rate <= high <= 1


def test_the_interval_without_problems_is_everything() -> None:
    assert Share(0, 0).interval() == (0.0, 1.0)


def test_several_outputs_for_one_problem_do_not_narrow_the_interval() -> None:
    assert Share(50, 100, 25).interval() == pytest.approx(Share(12.5, 25).interval())


@pytest.mark.parametrize(("samples", "right"), [(5, 0), (5, 2), (6, 3), (4, 4)])
def test_pass_at_k_is_the_share_of_choices_with_a_right_sample(samples: int, right: int) -> None:
    for k in range(1, samples + 1):
        chosen = list(combinations([True] * right + [False] * (samples - right), k))
        assert pass_at(k, samples, right) == pytest.approx(sum(map(any, chosen)) / len(chosen))


def test_pass_at_k_requires_k_samples() -> None:
    with pytest.raises(ValueError, match="pass@5 requires 1 <= k <= samples, but samples is 4"):
        pass_at(5, 4, 1)


def test_pooled_runs_of_the_same_instances() -> None:
    runs = [{"a": 1.0, "b": 0.0, "c": 1.0}, {"a": 1.0, "b": 1.0, "c": 0.0}]
    pooled = pool_runs(runs)
    assert pooled.rate == pytest.approx(4 / 6)
    assert 0 <= pooled.low < pooled.rate < pooled.high <= 1
    assert pool_runs(runs) == pooled


def test_a_pooled_interval_grows_with_the_difference_between_runs() -> None:
    names = [str(i) for i in range(400)]
    alike = [{name: float((i + run) % 2) for i, name in enumerate(names)} for run in range(4)]
    apart = [dict.fromkeys(names, float(run % 2)) for run in range(4)]
    widths = [pooled.high - pooled.low for pooled in map(pool_runs, (alike, apart))]
    assert widths[0] < 0.12
    assert widths[1] > 0.8


def test_the_interval_of_one_run_is_for_other_instances_only() -> None:
    random = np.random.default_rng(3)
    run = {str(i): float(random.random() < 0.3) for i in range(500)}
    pooled = pool_runs([run])
    low, high = Share(sum(run.values()), 500).interval()
    assert (pooled.low, pooled.high) == pytest.approx((low, high), abs=0.01)


def test_many_instances_are_resampled_by_their_scores() -> None:
    pooled = pool_runs([{str(index): float(index % 2) for index in range(100_000)}])
    assert pooled.interval() == pytest.approx((0.5 - 0.0031, 0.5 + 0.0031), abs=0.0001)


def test_runs_may_have_different_instances() -> None:
    pooled = pool_runs([{"a": 1.0}, {"b": 0.0, "c": 0.0, "d": 0.0}])
    assert pooled.rate == pytest.approx(1 / 4)
    with pytest.raises(ValueError, match="pooling requires at least one run"):
        pool_runs([{"a": 1.0}, {}])


def test_shares_in_percent() -> None:
    assert Share(9, 12).percent == "75.0 [47–91]"
    assert Pooled(0.5, 0.25, 1.0).percent == "50.0 [25.0–100.0]"
