"""A disk that is full or that nobody may write to: a plain error, nothing half-written, and on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks import get
from tasks.corpus import Corpus, CorpusRequest, build

SMALL = 100_000
"""Bytes that a file may have on the full disk of these tests."""

BUILD = ("corpus", "build", "--tasks", "bubble_sort", "--train", 9000, "--workers", 1,
         "--eval", 9, "--probe", 0, "--out")  # fmt: skip
SCORE = ("eval", "--backend", "reference", "--tasks", "bubble_sort", "--ranges", "S",
         "--n", 120, "--out")  # fmt: skip


def command(*arguments: object, full: bool = False) -> subprocess.CompletedProcess[str]:
    """Call the command in a process of its own, where files may not grow beyond ``SMALL``."""
    limit = (SMALL, SMALL) if full else (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    return subprocess.run(
        [sys.executable, "-m", "tmtail", *map(str, arguments)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def refused(done: subprocess.CompletedProcess[str], name: str) -> bool:
    """Return whether a command ended with an error of the system that names a file."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return name in done.stderr and ("too large" in done.stderr or "errno 27" in done.stderr)


def test_a_build_on_a_full_disk_goes_on_when_there_is_room(tmp_path: Path) -> None:
    # First without a limit, so that the compiled simulator is in its cache.
    assert command(*BUILD, tmp_path / "b").returncode == 0
    assert refused(command(*BUILD, tmp_path / "a", full=True), ".parquet")
    assert not (tmp_path / "a" / "manifest.json").exists()
    for file in (tmp_path / "a").rglob("[!.]*.parquet"):
        assert pq.read_metadata(file).num_rows
    assert command(*BUILD, tmp_path / "a").returncode == 0
    assert Corpus.open(tmp_path / "a").digest == Corpus.open(tmp_path / "b").digest
    assert not Corpus.open(tmp_path / "a").damaged_files()


def test_an_evaluation_on_a_full_disk_goes_on_when_there_is_room(tmp_path: Path) -> None:
    assert command(*SCORE, tmp_path / "b").returncode == 0
    assert refused(command(*SCORE, tmp_path / "a", full=True), "outputs.jsonl")
    assert not (tmp_path / "a" / "results.json").exists()
    assert command(*SCORE, tmp_path / "a").returncode == 0
    for name in ("results.json", "items.jsonl", "items.parquet", "report.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_no_picture_is_half_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = CorpusRequest(tasks=[get("bubble_sort")], train=20, eval=5, probe=5)
    corpus = build(request, out=tmp_path / "corpus", workers=1).folder
    monkeypatch.setattr(sys.modules[__name__], "SMALL", 5_000)
    assert refused(command("corpus", "plot", corpus, "--out", tmp_path / "p.png", full=True), "p.p")
    assert not list(tmp_path.glob("*p.png*"))


@pytest.mark.parametrize("arguments", [BUILD, SCORE], ids=["build", "eval"])
def test_a_folder_that_nobody_may_write_to(arguments: tuple[object, ...]) -> None:
    done = command(*arguments, "/proc/tmtail")  # not even root may
    assert done.returncode == 1
    assert done.stderr.startswith("tmtail: error: /proc/tmtail: ")
