"""The helpers that inject faults do so: kills kill, damage differs, disks are full."""

import time
from pathlib import Path
from random import Random

import pytest

from tests.support.faults.damage import REFUSED, SAME, damaged_folders, judge, judge_all
from tests.support.faults.killing import kill_repeatedly
from tests.support.faults.surroundings import make_clock_jump, read_only, small_disk


def count_to_ten(out: Path) -> None:
    """Write ten files, a few moments apart; those that exist are kept."""
    out.mkdir(exist_ok=True)
    for number in range(10):
        if not (out / str(number)).exists():
            time.sleep(0.02)
            (out / str(number)).touch()


def test_a_job_is_killed_until_it_gets_through(tmp_path: Path) -> None:
    seen: list[int] = []

    def count(out: Path) -> None:
        seen.append(len(list(out.glob("*"))))

    report = kill_repeatedly(
        count_to_ten, tmp_path, kills=5, seconds=0.15, chance=Random(1),
        after_kill=count, after_end=count,
    )  # fmt: skip
    assert report.kills == 5
    assert report.rounds >= 1
    assert len(seen) == report.kills + report.rounds
    assert seen[-1] == 10
    assert min(seen) < 10


def test_damage_is_judged(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "number").write_text("1234")

    def read(folder: Path) -> int:
        return int((folder / "number").read_text())

    def read_bits(folder: Path) -> str:
        return "read"

    with pytest.raises(AssertionError, match="accepted silently"):
        judge_all(damaged_folders(tmp_path / "a", "number", tmp_path / "b"), read, 1234)
    counts = judge_all(damaged_folders(tmp_path / "a", "number", tmp_path / "b"), read_bits, "read")
    assert counts == {SAME: 60}
    assert judge(lambda: int("x"), 1) == REFUSED


def test_surroundings_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        small_disk(tmp_path / "disk", 2**16) as disk,
        pytest.raises(OSError, match="No space left"),
    ):
        (disk / "file").write_bytes(bytes(2**20))
    with read_only(tmp_path), pytest.raises(OSError, match="Read-only"):
        (tmp_path / "file").touch()
    make_clock_jump(monkeypatch)
    assert abs(time.time() - time.time()) > 60
