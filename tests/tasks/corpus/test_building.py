"""The corpus: the same bytes however it is built, disjoint splits, files whole or absent."""

import fcntl
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import tasks
from compiler import render
from tasks.corpus import (
    SCHEMA,
    Corpus,
    CorpusRequest,
    FolderInUseError,
    Form,
    RecordOptions,
    build,
    building,
    items,
    record_table,
)
from tests.support.oracles import ORACLES
from tests.support.parity_task import PARITY_TASK
from tests.tasks.corpus.bits import reverse_bits
from tests.tasks.corpus.processes import alive

BOTH = ("bubble_sort", "compare_numbers")
SMALL = {"train": 60, "eval": 20, "probe": 10}
BARE = RecordOptions(spans=False)


@pytest.fixture(scope="module", autouse=True)
def shards_of_25():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "RECORDS_PER_SHARD", 25)
        yield


def request_for(*names, **options):
    return CorpusRequest(tasks=[tasks.get(name) for name in names], **{**SMALL, **options})


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return build(request_for(*BOTH), out=tmp_path_factory.mktemp("corpus") / "c", workers=1)


def contents(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


SCRIPT = """
import sys, tasks
from tasks.corpus import CorpusRequest, build, building
if __name__ == "__main__":
    building.RECORDS_PER_SHARD = 25
    both = [tasks.get(name) for name in ("bubble_sort", "compare_numbers")]
    request = CorpusRequest(tasks=both, train=60, eval=20, probe=10)
    build(request, out=sys.argv[1], workers=int(sys.argv[2]))
"""


@pytest.fixture
def script(tmp_path):
    """How a process of its own builds the same corpus: its command line, but for the workers."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return [sys.executable, str(path), str(tmp_path / "out")]


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(Path(tasks.__file__).parents[1]), **more}


@pytest.mark.parametrize(("workers", "hash_seed"), [(2, "1"), (1, "2")])
def test_the_same_bytes_elsewhere(corpus, tmp_path, script, workers, hash_seed):
    env = environment(PYTHONHASHSEED=hash_seed)
    subprocess.run([*script, str(workers)], env=env, check=True)
    assert contents(tmp_path / "out") == contents(corpus.folder)


def test_a_build_that_is_killed_again_and_again(corpus, tmp_path, script):
    """Killed at random moments, then finished: as if nothing had been."""
    chance = random.Random(7)
    started = time.monotonic()
    subprocess.run([*script[:-1], str(tmp_path / "clock"), "2"], env=environment(), check=True)
    whole = time.monotonic() - started
    killed = 0
    for _ in range(4):
        process = subprocess.Popen([*script, "2"], env=environment(), start_new_session=True)
        try:
            process.wait(chance.uniform(0.4, 0.9) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        while alive(process.pid):  # the workers of one that was killed end by themselves
            time.sleep(0.05)
    assert killed
    subprocess.run([*script, "2"], env=environment(), check=True)
    assert contents(tmp_path / "out") == contents(corpus.folder)


def test_what_there_is(corpus):
    for split, ranges in (("eval", "SML"), ("probe", "SML"), ("train", "S")):
        count = SMALL[split]
        assert corpus.read(split).num_rows == len(BOTH) * len(ranges) * count
        for name in BOTH:
            for where in ranges:
                part = corpus.read(split, task=name, range_name=where)
                assert part.num_rows == count
                low, high = tasks.get(name).length_range(where)
                assert all(low <= n <= high for n in part["length"].to_pylist())
    with pytest.raises(ValueError, match="has no records of train M"):
        corpus.read("train", range_name="M")
    assert len(list(corpus.records("train", task="bubble_sort"))) == 60


@pytest.mark.parametrize("split", ["train", "probe", "eval"])
def test_a_record_can_be_made_alone(corpus, split):
    for row in corpus.read(split).to_pylist():
        task = tasks.get(row["task"])
        name, where, split, seed, index = row["id"].rsplit("-", 4)
        (item,) = items(task, where, split, int(seed), [int(index)])
        assert (name, where) == (row["task"], row["range"])
        assert row["prompt"] == task.prompt(item.instance, item.wording)
        assert task.instance.from_json(row["instance"]) == item.instance
        run = task.run(item.instance)
        text = render(task.table, run.trace)
        assert row["completion"] == text.string
        assert row["answer"] == ORACLES[row["task"]](item.instance) == run.text("out")
        assert row["transitions"] == run.transitions
        assert row["atomic_states"] == len(text.spans.labels) == row["completion"].count("\n")
        assert row["bytes"] == len((row["prompt"] + row["completion"]).encode())
        spans = row["spans"]
        assert spans["start"] == [0, *spans["end"][:-1]]
        assert spans["end"][-1] == len(row["completion"])
        assert spans["role"] == [str(span.role) for span in text.spans]
        assert spans["step"] == [span.step for span in text.spans]


def test_no_problem_occurs_twice(corpus):
    rows = list(corpus.records())
    problems = {
        (row["task"], tasks.get(row["task"]).instance.from_json(row["instance"])) for row in rows
    }
    assert len(problems) == len(rows) == len({row["id"] for row in rows})
    assert len({row["prompt"] for row in rows}) == len(rows)


def test_splits_of_a_small_space_share_nothing(tmp_path):
    """Of 124 words of bits, 13 and 12 are held out, and training has the rest in three wordings."""
    request = CorpusRequest(tasks=[reverse_bits(tmp_path)], train=500, ranges=("S",), options=BARE)
    small = build(request, out=tmp_path / "c", workers=1)
    words = {
        split: [row["instance"] for row in small.records(split)]
        for split in ("eval", "probe", "train")
    }
    bits = {s: Counter(w.split('"first"')[0] for w in found) for s, found in words.items()}
    assert [len(found) for found in bits.values()] == [13, 12, 99]
    assert set(bits["train"].values()) == {3}
    assert not set(bits["eval"]) & set(bits["train"])
    assert not set(bits["probe"]) & (set(bits["train"]) | set(bits["eval"]))
    card = (tmp_path / "c" / "README.md").read_text()
    assert "| train | 297 (all that exist; 500 requested) | 99 |" in card
    assert "| eval | 13 (all that exist; 500 requested) | 13 |" in card


def test_drawn_problems_of_a_small_space_are_those_there_are(tmp_path):
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3)})
    request = CorpusRequest(tasks=[task], train=20, eval=5, probe=2, ranges=("S",))
    small = build(request, out=tmp_path / "c", workers=1)
    assert [part["records"] for part in small.manifest["parts"]] == [5, 2, 5]


def test_seeds_share_nothing(corpus, tmp_path):
    other = build(request_for("compare_numbers", seed=1), out=tmp_path, workers=1)
    one, two = (
        {row["instance"] for row in c.records("train", task="compare_numbers")}
        for c in (corpus, other)
    )
    assert not one & two


def test_a_mix_keeps_the_total(tmp_path):
    request = request_for("bubble_sort", train=100, mix=(8, 1, 1))
    mixed = build(request, out=tmp_path, workers=1)
    lengths = Counter(row["range"] for row in mixed.records("train"))
    assert lengths == {"S": 80, "M": 10, "L": 10}


def test_evaluation_does_not_depend_on_what_is_trained_on(corpus, tmp_path):
    request = request_for("bubble_sort", train=500, mix=(1, 1, 1))
    mixed = build(request, out=tmp_path, workers=1)
    for split in ("eval", "probe"):
        assert mixed.read(split) == corpus.read(split, task="bubble_sort")


def test_weights_keep_the_total(tmp_path):
    request = request_for(*BOTH, train=50, weights=(3, 1))
    weighted = build(request, out=tmp_path, workers=1)
    counts = Counter(row["task"] for row in weighted.records("train"))
    assert counts == {"bubble_sort": 75, "compare_numbers": 25}


def test_what_does_not_fit_is_counted_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.corpus.records.table.MAX_RECORD_BYTES", 2_300)
    made = build(request_for("bubble_sort"), out=tmp_path, workers=1)
    parts = {(p["range"], p["split"]): (p["records"], p["refused"]) for p in made.manifest["parts"]}
    assert parts["S", "eval"] == (20, 0)
    assert parts["M", "eval"][0] + parts["M", "eval"][1] == 20
    assert min(parts["M", "eval"]) > 0
    assert parts["L", "eval"] == (0, 20)
    card = (tmp_path / "README.md").read_text()
    assert "| L | 7–8 | eval | 0 (all too long; 20 requested) |" in card
    assert f"({parts['M', 'eval'][1]} too long; 20 requested)" in card
    assert len(list(made.records("eval", range_name="M"))) == parts["M", "eval"][0]
    assert list(made.records("eval", range_name="L")) == []


def test_the_manifest_knows_the_files(corpus):
    found = contents(corpus.folder)
    shards = {name: data for name, data in found.items() if name.startswith("data/")}
    assert {n: hashlib.sha256(d).hexdigest() for n, d in shards.items()} == corpus.manifest["files"]
    assert set(found) - set(shards) == {"README.md", "manifest.json", "request.json", ".lock"}
    assert corpus.damaged_files() == []
    assert Corpus.open(corpus.folder) == corpus


def test_the_manifest_says_what_the_records_say(corpus):
    for part in corpus.manifest["parts"]:
        rows = list(corpus.records(part["split"], task=part["task"], range_name=part["range"]))
        assert part["records"] == part["items"] == part["problems"] == part["asked"] == len(rows)
        assert part["refused"] == 0
        for name in ("bytes", "transitions", "atomic_states"):
            values = [row[name] for row in rows]
            assert part["longest"][name] == max(values)
            assert part["mean"][name] == pytest.approx(sum(values) / len(values), abs=0.06)
        assert part["longest"]["completion"] == max(len(r["completion"].encode()) for r in rows)
        assert part["by_length"] == Counter(str(row["length"]) for row in rows)


def test_columns(corpus):
    table = corpus.read("eval")
    assert table.schema.names == [*SCHEMA.names, "spans"]
    bare = record_table(tasks.get("bubble_sort"), "S", "train", 0, [5], BARE)
    assert bare.schema == SCHEMA
    assert record_table(tasks.get("bubble_sort"), "S", "train", 0, []).num_rows == 0
    file = pq.ParquetFile(corpus.folder / next(iter(corpus.manifest["files"])))
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_load_dataset_reads_it(corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    cache = {"cache_dir": str(tmp_path)}
    loaded = datasets.load_dataset(str(corpus.folder), **cache)
    assert {split: len(rows) for split, rows in loaded.items()} == {
        "train": 120, "probe": 60, "eval": 120
    }  # fmt: skip
    assert loaded["train"]["completion"] == corpus.read("train")["completion"].to_pylist()
    one = datasets.load_dataset(str(corpus.folder), "bubble_sort", **cache)
    assert {split: len(rows) for split, rows in one.items()} == {
        "train": 60, "probe": 30, "eval": 60
    }  # fmt: skip
    assert set(one["train"]["task"]) == {"bubble_sort"}


def test_a_build_goes_on_where_it_stopped(corpus, tmp_path, monkeypatch):
    written = []
    write = building.write_shard

    def failing(shard, options):
        if len(written) == 3:
            raise OSError("disk full")
        written.append(shard.path)
        return write(shard, options)

    monkeypatch.setattr(building, "write_shard", failing)
    with pytest.raises(OSError, match="disk full"):
        build(request_for(*BOTH), out=tmp_path / "c", workers=1)
    with pytest.raises(ValueError, match="not a finished corpus"):
        Corpus.open(tmp_path / "c")
    left = tmp_path / "c" / "data" / "bubble_sort" / ".eval-S-00000.parquet.1.part"
    left.write_bytes(b"half")
    before = {path: path.stat().st_mtime_ns for path in written}
    monkeypatch.setattr(building, "write_shard", write)
    calls = []
    build(
        request_for(*BOTH),
        out=tmp_path / "c",
        workers=1,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert contents(tmp_path / "c") == contents(corpus.folder)
    assert {path: path.stat().st_mtime_ns for path in written} == before
    assert calls[0] == (60 + 20, 300)  # evaluation of bubble_sort was there, and one part is new
    assert calls[-1] == (300, 300)


def test_a_finished_build_is_left_alone(corpus):
    before = {p: p.stat().st_mtime_ns for p in corpus.folder.rglob("*.parquet")}
    assert build(request_for(*BOTH), out=corpus.folder) == corpus
    assert {p: p.stat().st_mtime_ns for p in corpus.folder.rglob("*.parquet")} == before


def test_a_folder_of_another_request_is_refused(corpus):
    with pytest.raises(ValueError, match="belongs to another request"):
        build(request_for(*BOTH, seed=1), out=corpus.folder)


def test_one_writer_a_folder(corpus):
    with (corpus.folder / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FolderInUseError, match="another process is writing"):
            build(request_for(*BOTH), out=corpus.folder)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ranges": ["S", "XL"]}, "has no range 'XL'; its ranges are S, M, L"),
        ({"ranges": ["S", "S"]}, "bubble_sort S eval: requested twice"),
        (
            {"mix": (1, 0, 0, 1)},
            "`mix` must have at most 3 weights, one for each range of bubble_sort, not 4",
        ),
        ({"mix": (0, 0)}, "`mix` must be whole numbers from 0 that are not all 0, not '0:0'"),
        ({"weights": (1, -1)}, "`weights` must be .*, not '1:-1'"),
        ({"weights": (1, 1)}, "one weight for each of the 1 tasks, not 2"),
        ({"options": RecordOptions(form=Form(style="fluent"))}, "has no style `fluent`"),
        ({"train": -1}, "`train` must be at least 0, not -1"),
    ],
)
def test_wrong_requests(arguments, message):
    with pytest.raises(ValueError, match=message):
        request_for("bubble_sort", **arguments)


def test_two_tasks_of_one_name():
    variants = [tasks.get("compare_numbers"), tasks.get("compare_numbers", plain=True)]
    with pytest.raises(ValueError, match=r"compare_numbers . eval: requested twice"):
        CorpusRequest(tasks=variants)


def test_a_machine_that_does_not_accept(tmp_path):
    path = tmp_path / "parity.py"
    path.write_text(PARITY_TASK)
    path.with_suffix(".tm").write_text("tape bits, out: '0' | '1'\nmain { reject }")
    with pytest.raises(
        RuntimeError, match="parity: the machine ended in reject, not in accept: Bits"
    ):
        record_table(tasks.from_file(path), "S", "train", 0, [0])


def test_nothing_asked(tmp_path):
    nothing = build(request_for("bubble_sort", train=0, eval=0, probe=0), out=tmp_path, workers=1)
    assert nothing.manifest["files"] == {}
    with pytest.raises(ValueError, match="no records"):
        nothing.read("train")
