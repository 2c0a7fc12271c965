"""Builds of a corpus under faults: the same digest as without them, or a clear refusal."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from tasks.corpus import Corpus, FolderInUseError, build
from tests.support.faults.damage import REFUSED, SAME, damaged_folders, judge_all
from tests.support.faults.jobs import build_small, reopen, small_request, unfinish
from tests.support.faults.killing import kill_repeatedly, timed
from tests.support.faults.surroundings import grow_disk, make_clock_jump, read_only, small_disk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The corpus, built without faults; no test changes it."""
    folder = tmp_path_factory.mktemp("undisturbed") / "c"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.corpus.building.RECORDS_PER_SHARD", 25)
        return build(small_request(), out=folder, workers=1)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.corpus.building.RECORDS_PER_SHARD", 25)


def check_files(folder: Path) -> None:
    """Check that no file with a final name is half-written."""
    for file in folder.rglob("[!.]*"):
        if file.suffix == ".parquet":
            assert pq.read_table(file).num_rows
        elif file.is_file():
            assert file.read_bytes().endswith(b"\n")
    if (folder / "manifest.json").exists():
        reopen(folder)


@pytest.mark.parametrize(("workers", "kills"), [(1, 150), (2, 50)])
def test_builds_that_are_killed(
    undisturbed: Corpus, tmp_path: Path, workers: int, kills: int
) -> None:
    def check_end(folder: Path) -> None:
        assert reopen(folder) == undisturbed.digest
        assert not list(folder.rglob(".*.part"))
        assert not list(folder.rglob(".*.sha256"))

    timed(build_small, tmp_path / "warm", workers)
    seconds = timed(build_small, tmp_path / "clock", workers)
    report = kill_repeatedly(
        build_small, tmp_path, (workers,), kills=kills, seconds=seconds, chance=Random(workers),
        after_kill=check_files, after_end=check_end,
    )  # fmt: skip
    print(f"{workers} workers: {report}, one build takes {seconds:.1f} s")


DOCUMENTS = ("README.md", "croissant.json", "machines/bubble_sort.json",
             "machines/bubble_sort.prompts.txt")  # fmt: skip
KINDS = ("shard", "request.json", "manifest.json", *DOCUMENTS)


def file_of(corpus: Corpus, kind: str) -> str:
    return next(iter(corpus.manifest["files"])) if kind == "shard" else kind


@pytest.mark.parametrize("kind", KINDS)
def test_damage_to_a_finished_corpus(undisturbed: Corpus, tmp_path: Path, kind: str) -> None:
    """Building again repairs or refuses; the digest is the same."""

    def build_again(folder: Path) -> str:
        return reopen(build(small_request(), out=folder, workers=1).folder)

    folders = damaged_folders(
        undisturbed.folder, file_of(undisturbed, kind), tmp_path / "d", cuts=5
    )
    counts = judge_all(folders, build_again, undisturbed.digest)
    print(f"finished, {kind}: {dict(counts)}")
    assert counts == ({REFUSED: 55} if kind == "request.json" else {SAME: 55})


@pytest.mark.parametrize("kind", ["shard", "manifest.json", *DOCUMENTS])
def test_damage_is_noticed_when_a_corpus_is_read(
    undisturbed: Corpus, tmp_path: Path, kind: str
) -> None:
    folders = damaged_folders(
        undisturbed.folder, file_of(undisturbed, kind), tmp_path / "d", cuts=5
    )
    counts = judge_all(folders, reopen, undisturbed.digest)
    print(f"read, {kind}: {dict(counts)}")
    assert counts[REFUSED] == 55


@pytest.mark.parametrize("kind", ["shard", "digest", "request.json"])
def test_damage_to_an_unfinished_corpus(undisturbed: Corpus, tmp_path: Path, kind: str) -> None:
    unfinished = unfinish(undisturbed.folder, tmp_path / "u")
    shard = unfinished / file_of(undisturbed, "shard")
    names = {"shard": shard, "digest": shard.with_name(f".{shard.name}.sha256")}
    name = str(names.get(kind, unfinished / kind).relative_to(unfinished))

    def resume(folder: Path) -> str:
        return reopen(build(small_request(), out=folder, workers=1).folder)

    counts = judge_all(
        damaged_folders(unfinished, name, tmp_path / "d", cuts=5), resume, undisturbed.digest
    )
    print(f"unfinished, {kind}: {dict(counts)}")
    assert counts == ({REFUSED: 55} if kind == "request.json" else {SAME: 55})


def test_a_full_disk(undisturbed: Corpus, tmp_path: Path) -> None:
    """On disks of all sizes: an error of the system, then the same corpus once there is room."""
    outcomes: Counter[str] = Counter()
    for kilobytes in (4, 100, 200, 400, 700, 1000, 1200, 4000):
        with small_disk(tmp_path / f"disk-{kilobytes}", kilobytes * 1024) as disk:
            try:
                build(small_request(), out=disk / "c", workers=1)
                outcomes["fits"] += 1
            except OSError:
                outcomes["refused"] += 1
                check_files(disk)
                grow_disk(disk, 2**22)
                assert (
                    build(small_request(), out=disk / "c", workers=1).digest == undisturbed.digest
                )
    print(f"full disk: {dict(outcomes)}")
    assert outcomes == {"refused": 7, "fits": 1}


def test_a_folder_that_is_read_only(undisturbed: Corpus, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    with read_only(tmp_path / "c"), pytest.raises(OSError, match="Read-only"):
        build(small_request(), out=tmp_path / "c", workers=1)


def test_a_second_writer(undisturbed: Corpus, tmp_path: Path) -> None:
    first = threading.Thread(target=build_small, args=(tmp_path / "c",))
    first.start()
    while not (tmp_path / "c" / "request.json").exists():
        time.sleep(0.001)
    with pytest.raises(FolderInUseError):
        build(small_request(), out=tmp_path / "c", workers=1)
    first.join()
    assert reopen(tmp_path / "c") == undisturbed.digest


def test_a_clock_that_jumps(
    undisturbed: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clock_jump(monkeypatch)
    assert build(small_request(), out=tmp_path / "c", workers=1).digest == undisturbed.digest


def test_a_machine_that_was_edited_meanwhile(
    undisturbed: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = unfinish(undisturbed.folder, tmp_path / "u")
    monkeypatch.setattr("tasks.base.Task.source_digest", "0" * 32)
    with pytest.raises(ValueError, match=r"belongs to another request.*source: different"):
        build(small_request(), out=unfinished, workers=1)
