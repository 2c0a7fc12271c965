"""Position ids in training: increasing, below their reach, with gaps after line ends only."""

from itertools import pairwise
from typing import Any

import torch

from training.config import Positions
from training.data.positions import spread

LINES = torch.tensor([c == "\n" for c in "ab\ncd\nef\ngh"])


def spreads(kind: Any, reach: int, count: int = 2000) -> list[list[int]]:
    generator = torch.Generator().manual_seed(0)
    positions = Positions(kind=kind, reach=reach)
    return [spread(LINES, positions, generator).tolist() for _ in range(count)]


def test_plain_positions() -> None:
    assert spreads("plain", 99, 1) == [list(range(len(LINES)))]


def test_a_document_as_long_as_the_reach_is_plain() -> None:
    for kind in ("gaps", "random"):
        assert spreads(kind, len(LINES), 1) == [list(range(len(LINES)))]


def test_gaps_follow_line_ends_and_have_every_total() -> None:
    rows = spreads("gaps", 50)
    skipped = []
    for positions in rows:
        assert positions[0] == 0
        assert positions[-1] < 50
        for i, (first, second) in enumerate(pairwise(positions)):
            assert second == first + 1 or (LINES[i] and second > first)
        skipped.append(positions[-1] + 1 - len(LINES))
    counts = torch.bincount(torch.tensor(skipped), minlength=40)
    assert (counts > 0).all()  # every total occurs, including 0
    assert counts.max() < 2.5 * counts.float().mean()


def test_random_positions_are_increasing_and_uniform() -> None:
    rows = torch.tensor(spreads("random", 50))
    assert (rows.diff(dim=1) > 0).all()
    assert set(rows.unique().tolist()) == set(range(50))
    assert abs(rows.float().mean() - 24.5) < 0.5


def test_positions_depend_on_the_generator_only() -> None:
    assert spreads("gaps", 50, 5) == spreads("gaps", 50, 5)
