"""Position ids in training: increasing, below their reach, with gaps after line ends only."""

from itertools import pairwise
from typing import Any

import torch

from training.config import Positions
from training.data.positions import spread

LINES = torch.tensor([c == "\n" for c in "ab\ncd\nef\ngh"])


def spreads(kind: Any, reach: int, count: int = 2000, share: float = 1.0) -> list[list[int]]:
    generator = torch.Generator().manual_seed(0)
    positions = Positions(kind=kind, reach=reach, share=share)
    return [spread(LINES, positions, generator).tolist() for _ in range(count)]


def test_plain_positions() -> None:
    assert spreads("plain", 99, 1) == [list(range(len(LINES)))]


def test_a_document_as_long_as_the_reach_is_plain() -> None:
    for kind in ("gaps", "skip", "random"):
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


def test_one_skip_follows_any_line_end_and_has_every_size() -> None:
    rows = [torch.tensor(positions).diff() - 1 for positions in spreads("skip", 50)]
    places, sizes = [], []
    for skipped in rows:
        (places_of_row,) = skipped.nonzero(as_tuple=True)
        assert len(places_of_row) <= 1
        places += places_of_row.tolist()
        sizes.append(int(skipped.sum()))
    (ends,) = LINES[:-1].nonzero(as_tuple=True)
    assert set(places) == set(ends.tolist())
    assert set(sizes) == set(range(50 - len(LINES) + 1))


def test_a_text_of_one_line_has_no_skip() -> None:
    generator = torch.Generator().manual_seed(0)
    line = torch.zeros(5, dtype=torch.bool)
    assert spread(line, Positions(kind="skip", reach=50), generator).tolist() == [0, 1, 2, 3, 4]


def test_a_share_of_the_records_has_plain_positions() -> None:
    plain = list(range(len(LINES)))
    for kind in ("gaps", "skip", "random"):
        count = sum(row == plain for row in spreads(kind, 5000, share=0.5))
        assert 900 < count < 1100


def test_random_positions_are_increasing_and_uniform() -> None:
    rows = torch.tensor(spreads("random", 50))
    assert (rows.diff(dim=1) > 0).all()
    assert set(rows.unique().tolist()) == set(range(50))
    assert abs(rows.float().mean() - 24.5) < 0.5


def test_positions_depend_on_the_generator_only() -> None:
    assert spreads("gaps", 50, 5) == spreads("gaps", 50, 5)
