"""Training under faults: the same losses and weights as without them, or a clear refusal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.faults.damage import REFUSED, SAME, damaged_folders, judge_all
from tests.support.faults.jobs import train_tiny, train_tiny_in_two
from tests.support.faults.killing import KillReport, kill_repeatedly, preload, timed
from tests.support.faults.surroundings import make_clock_jump, read_only, small_disk
from tests.support.models.training_runs import losses, weights, write_corpus
from training.checkpoints import newest_checkpoint

pytestmark = pytest.mark.slow
KILLS = 50


def result_of(run: Path) -> tuple[list[float], dict[str, bytes]]:
    """Return losses and weights of a finished run, which compare equal only to the bit."""
    tensors = weights(run / "model")
    return losses(run / "model"), {name: t.numpy().tobytes() for name, t in tensors.items()}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def undisturbed(corpus: Path) -> Path:
    """A finished run; no test changes it."""
    out = corpus.parent / "undisturbed"
    train_tiny(out, corpus)
    return out


@pytest.fixture
def interrupted(undisturbed: Path, tmp_path: Path) -> Path:
    """The run as a kill after step 18 leaves it."""
    folder = shutil.copytree(undisturbed, tmp_path / "interrupted")
    shutil.rmtree(folder / "model")
    shutil.rmtree(folder / "checkpoints" / "checkpoint-20")
    return folder


def kill_runs(
    job: Callable[..., None],
    folder: Path,
    arguments: tuple[Any, ...],
    expected: Any,
    **options: Any,
) -> KillReport:
    """Kill runs of a job at random moments; each has the expected result, or no model yet."""

    def check_kill(out: Path) -> None:
        assert not (out / "model").exists() or result_of(out) == expected

    def check_end(out: Path) -> None:
        assert result_of(out) == expected

    return kill_repeatedly(
        job, folder, arguments, after_kill=check_kill, after_end=check_end, **options
    )


def test_runs_that_are_killed(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    preload("training.train", "tests.support.models.training_runs")
    timed(train_tiny, tmp_path / "warm", corpus)
    seconds = timed(train_tiny, tmp_path / "clock", corpus)
    report = kill_runs(
        train_tiny, tmp_path, (corpus,), result_of(undisturbed),
        kills=KILLS, seconds=seconds, chance=Random(0),
    )  # fmt: skip
    print(f"train: {report}, one run takes {seconds:.1f} s")


@pytest.mark.parametrize("rank", [0, 1])
def test_runs_in_two_processes_of_which_one_is_killed(
    corpus: Path, tmp_path: Path, rank: int
) -> None:
    preload("training.train", "tests.support.models.training_runs")
    timed(train_tiny_in_two, tmp_path / "warm", corpus)
    seconds = timed(train_tiny_in_two, tmp_path / "clock", corpus)
    expected = result_of(tmp_path / "clock")
    assert expected == result_of(tmp_path / "warm")
    report = kill_runs(
        train_tiny_in_two, tmp_path, (corpus, rank), expected,
        kills=KILLS // 2, seconds=seconds, chance=Random(rank), is_launched=True,
    )  # fmt: skip
    print(f"train in two processes, {rank} killed: {report}, one run takes {seconds:.1f} s")


@pytest.mark.parametrize(
    "name",
    [
        "run.json", "checkpoint/model.safetensors", "checkpoint/optimizer.pt",
        "checkpoint/scheduler.pt", "checkpoint/rng_state.pth", "checkpoint/trainer_state.json",
        "checkpoint/config.json", "checkpoint/whole",
    ],
)  # fmt: skip
def test_damage_to_an_unfinished_run(
    corpus: Path, undisturbed: Path, interrupted: Path, tmp_path: Path, name: str
) -> None:
    checkpoint = newest_checkpoint(interrupted)
    assert checkpoint is not None
    path = name.replace("checkpoint", str(checkpoint.relative_to(interrupted)), 1)
    if not (interrupted / path).stat().st_size:
        pytest.skip("the file is empty")

    def resume(out: Path) -> tuple[list[float], dict[str, bytes]]:
        train_tiny(out, corpus)
        return result_of(out)

    counts = judge_all(
        damaged_folders(interrupted, path, tmp_path / "d", cuts=5), resume, result_of(undisturbed)
    )
    print(f"train, {name}: {dict(counts)}")
    assert counts[SAME] + counts[REFUSED] == 55


def test_a_full_disk(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    for kilobytes in (40, 160, 400):
        with small_disk(tmp_path / f"disk-{kilobytes}", kilobytes * 1024) as disk:
            with pytest.raises(Exception, match=r"(?i)no space|cannot be written"):
                train_tiny(disk / "run", corpus)
            assert not (disk / "run" / "model").exists()


def test_a_folder_that_is_read_only(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with read_only(tmp_path / "run"), pytest.raises(OSError, match="Read-only"):
        train_tiny(tmp_path / "run", corpus)


def test_a_clock_that_jumps(
    corpus: Path, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clock_jump(monkeypatch)
    train_tiny(tmp_path / "run", corpus)
    assert result_of(tmp_path / "run") == result_of(undisturbed)
