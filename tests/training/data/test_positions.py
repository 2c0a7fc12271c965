"""Positions in training: increasing, within their reach, and none skipped but where it is meant."""

from itertools import pairwise

import torch

from training.config import Positions
from training.data.positions import spread

LINES = torch.tensor([c == "\n" for c in "ab\ncd\nef\ngh"])


def spreads(kind: str, reach: int, count: int = 2000) -> list[list[int]]:
    generator = torch.Generator().manual_seed(0)
    positions = Positions(kind=kind, reach=reach)
    return [spread(LINES, positions, generator).tolist() for _ in range(count)]


def test_plain() -> None:
    assert spreads("plain", 99, 1) == [list(range(len(LINES)))]


def test_a_document_as_long_as_the_reach_is_plain() -> None:
    for kind in ("gaps", "random"):
        assert spreads(kind, len(LINES), 1) == [list(range(len(LINES)))]


def test_gaps_follow_lines_alone_and_reach_all_the_way() -> None:
    found = spreads("gaps", 50)
    skipped = []
    for positions in found:
        assert positions[0] == 0
        assert positions[-1] < 50
        for i, (here, after) in enumerate(pairwise(positions)):
            assert after == here + 1 or (LINES[i] and after > here)
        skipped.append(positions[-1] + 1 - len(LINES))
    counts = torch.bincount(torch.tensor(skipped), minlength=40)
    assert (counts > 0).all()  # every total, 0 included
    assert counts.max() < 2.5 * counts.float().mean()


def test_random_positions_are_any_of_them_in_order() -> None:
    found = torch.tensor(spreads("random", 50))
    assert (found.diff(dim=1) > 0).all()
    assert set(found.unique().tolist()) == set(range(50))
    assert abs(found.float().mean() - 24.5) < 0.5


def test_the_generator_decides() -> None:
    assert spreads("gaps", 50, 5) == spreads("gaps", 50, 5)
