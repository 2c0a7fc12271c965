"""Surroundings that fail: a disk that is full, a folder nobody may write to, a clock that jumps."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

DAY = 86_400.0


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a disk of some bytes at a new folder; the test is skipped where that is forbidden."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("mounting a disk needs more rights than this process has")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def grow_disk(folder: Path, size: int) -> None:
    """Give a disk of ``small_disk`` another size, in bytes."""
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Mount a folder on itself so that even root cannot write to it; skipped where forbidden."""
    commands = (
        ["mount", "--bind", str(folder), str(folder)],
        ["mount", "-o", "remount,ro,bind", str(folder)],
    )
    for command in commands:
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting a folder needs more rights than this process has")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_clock_jump(monkeypatch: pytest.MonkeyPatch, seed: int = 0) -> None:
    """Make the clock of the wall jump by up to 400 days, back and forth, at every look at it."""
    chance = Random(seed)
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + chance.uniform(-400, 400) * DAY)
