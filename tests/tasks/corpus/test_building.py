"""Builds: the same bytes everywhere, files complete or absent, interrupted builds resume."""

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tasks
from tasks.corpus import Corpus, CorpusRequest, FolderInUseError, RecordOptions, build
from tasks.corpus.records.shards import Shard, digest_file, write_shard
from tests.support.processes import group_is_alive
from tests.support.tasks.reversal_task import reverse_bits
from tests.support.tasks.small_corpora import (
    RECORDS_PER_SMALL_SHARD,
    TWO_TASKS,
    folder_contents,
    request_for,
)
from tm.support.files import write_text

pytestmark = pytest.mark.usefixtures("small_shards")

SCRIPT = f"""
import sys
from tasks.corpus import build, building
from tests.support.tasks.small_corpora import TWO_TASKS, request_for
if __name__ == "__main__":
    building.RECORDS_PER_SHARD = {RECORDS_PER_SMALL_SHARD}
    build(request_for(*TWO_TASKS), out=sys.argv[1], workers=int(sys.argv[2]))
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """A command that builds the corpus in ``tmp_path/out``, without the number of workers."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return [sys.executable, str(path), str(tmp_path / "out")]


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(tasks.__file__).parents[1]), **variables}


@pytest.mark.parametrize(("workers", "hash_seed"), [(2, "1"), (1, "2")])
def test_the_same_bytes_elsewhere(
    corpus: Corpus, tmp_path: Path, command: list[str], workers: int, hash_seed: str
) -> None:
    env = environment(PYTHONHASHSEED=hash_seed)
    subprocess.run([*command, str(workers)], env=env, check=True)
    assert folder_contents(tmp_path / "out") == folder_contents(corpus.folder)


def test_a_build_that_is_killed_again_and_again(
    corpus: Corpus, tmp_path: Path, command: list[str]
) -> None:
    """A build that was killed at random moments gives the same bytes when it is resumed."""
    chance = random.Random(7)
    started = time.monotonic()
    subprocess.run([*command[:-1], str(tmp_path / "clock"), "2"], env=environment(), check=True)
    build_seconds = time.monotonic() - started
    kills = 0
    for _ in range(4):
        process = subprocess.Popen([*command, "2"], env=environment(), start_new_session=True)
        try:
            process.wait(chance.uniform(0.4, 0.9) * build_seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        while group_is_alive(process.pid):  # orphaned workers end by themselves
            time.sleep(0.05)
    assert kills
    subprocess.run([*command, "2"], env=environment(), check=True)
    assert folder_contents(tmp_path / "out") == folder_contents(corpus.folder)


def test_an_interrupted_build_resumes(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def write_three_shards(shard: Shard, options: RecordOptions) -> int:
        if len(written) == 3:
            raise OSError("disk full")
        written.append(shard.path)
        return write_shard(shard, options)

    monkeypatch.setattr("tasks.corpus.building.write_shard", write_three_shards)
    with pytest.raises(OSError, match="disk full"):
        build(request_for(*TWO_TASKS), out=tmp_path / "c", workers=1)
    with pytest.raises(ValueError, match="not a finished corpus"):
        Corpus.open(tmp_path / "c")
    draft = tmp_path / "c" / "data" / "bubble_sort" / ".eval-S-00000.parquet.1.part"
    draft.write_bytes(b"half")
    before = {path: path.stat().st_mtime_ns for path in written}
    monkeypatch.undo()
    calls = []
    build(
        request_for(*TWO_TASKS),
        out=tmp_path / "c",
        workers=1,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert folder_contents(tmp_path / "c") == folder_contents(corpus.folder)
    assert {path: path.stat().st_mtime_ns for path in written} == before
    assert calls[0] == (60 + 20, 300)  # evaluation of bubble_sort existed; one shard is new
    assert calls[-1] == (300, 300)


def test_a_finished_build_is_not_changed(corpus: Corpus) -> None:
    before = {path: path.stat().st_mtime_ns for path in corpus.folder.rglob("*.parquet")}
    assert build(request_for(*TWO_TASKS), out=corpus.folder) == corpus
    after = {path: path.stat().st_mtime_ns for path in corpus.folder.rglob("*.parquet")}
    assert after == before


def test_a_folder_of_another_request_is_refused(corpus: Corpus) -> None:
    with pytest.raises(ValueError, match="belongs to another request"):
        build(request_for(*TWO_TASKS, seed=1), out=corpus.folder)


def test_one_writer_a_folder(corpus: Corpus) -> None:
    with (corpus.folder / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FolderInUseError, match="another process is writing"):
            build(request_for(*TWO_TASKS), out=corpus.folder)


def test_an_empty_request_gives_an_empty_corpus(tmp_path: Path) -> None:
    request = request_for("bubble_sort", train=0, eval=0, probe=0)
    empty = build(request, out=tmp_path, workers=1)
    assert empty.manifest["files"] == {}
    with pytest.raises(ValueError, match="has no records"):
        empty.read("train")


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / ".draft.1.part").touch()
    with pytest.raises(ValueError, match="holds other files and is not a corpus"):
        build(request_for("bubble_sort"), out=tmp_path, workers=1)
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / "sub" / ".draft.1.part").exists()


def test_a_build_leaves_the_drafts_of_a_build_below_it(tmp_path: Path) -> None:
    request = request_for("bubble_sort", train=5, eval=2, probe=2)
    inner = build(request, out=tmp_path / "c" / "data" / "other", workers=1)
    draft = inner.folder / ".README.md.1.part"
    draft.touch()
    (tmp_path / "c" / "request.json").write_text((inner.folder / "request.json").read_text())
    build(request, out=tmp_path / "c", workers=1)
    assert draft.exists()


def test_nothing_is_built_through_a_link(tmp_path: Path) -> None:
    request = request_for("bubble_sort", train=5, eval=2, probe=2)
    corpus = build(request, out=tmp_path / "c", workers=1)
    (corpus.folder / "manifest.json").unlink()
    (corpus.folder / "data").rename(tmp_path / "elsewhere")
    (corpus.folder / "data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match="data: is a link"):
        build(request, out=tmp_path / "c", workers=1)


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("damage", ["flip", "delete"])
def test_damaged_shards_are_written_again(
    corpus: Corpus, tmp_path: Path, finished: bool, damage: str
) -> None:
    copy = shutil.copytree(corpus.folder, tmp_path / "c")
    names = list(corpus.manifest["files"])
    for name in [] if finished else names:
        write_text(digest_file(copy / name), corpus.manifest["files"][name])
    if not finished:
        (copy / "manifest.json").unlink()
    damaged = copy / names[3]
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    if damage == "delete":
        damaged.unlink()
    kept = (copy / names[0]).stat().st_mtime_ns
    build(request_for(*TWO_TASKS), out=copy, workers=1)
    assert folder_contents(copy) == folder_contents(corpus.folder)
    assert (copy / names[0]).stat().st_mtime_ns == kept


def test_a_seed_fits_into_record_ids() -> None:
    with pytest.raises(ValueError, match="`seed` must have at most 18 digits"):
        request_for("bubble_sort", seed=-(10**18))
    request_for("bubble_sort", seed=-1)


def test_the_request_of_a_build_without_records_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text("{}\n")
    build(request_for("bubble_sort", train=2, eval=1, probe=0), out=tmp_path, workers=1)
    with pytest.raises(ValueError, match=r"S train\]\.asked: 2 there, 3 here"):
        build(request_for("bubble_sort", train=3, eval=1, probe=0), out=tmp_path, workers=1)


def test_a_second_build_has_the_machine_of_its_time(tmp_path: Path) -> None:
    written = []
    for old, new in (("flip", "flip"), ("flip", "turn")):
        task = reverse_bits(tmp_path)
        task.source.write_text(task.source.read_text().replace(old, new))
        corpus = build(
            CorpusRequest(tasks=[task], train=3, eval=1, probe=1, ranges=("S",)),
            out=tmp_path / new,
            workers=1,
        )
        written.append([record["completion"] for record in corpus.records("train")])
    assert written[1] == [text.replace("flip", "turn") for text in written[0]] != written[0]
