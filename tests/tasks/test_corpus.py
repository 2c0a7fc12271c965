"""The corpus: the same bytes however it is built, disjoint splits, files whole or absent."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import tasks
from compiler import render
from tasks.corpus import (
    SCHEMA,
    Corpus,
    FolderInUseError,
    build,
    building,
    items,
    record_table,
    selection,
)
from tests.tasks.oracles import ORACLES
from tests.tasks.test_registry import PARITY

BOTH = ("bubble_sort", "compare_numbers")
SMALL = {"train": 60, "eval": 20}


@pytest.fixture(scope="module", autouse=True)
def shards_of_25():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "SHARD", 25)
        yield


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    out = tmp_path_factory.mktemp("corpus") / "c"
    return build([tasks.get(name) for name in BOTH], out=out, workers=1, spans=True, **SMALL)


def contents(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


SCRIPT = """
import sys, tasks
from tasks.corpus import build, building
if __name__ == "__main__":
    building.SHARD = 25
    both = [tasks.get(name) for name in ("bubble_sort", "compare_numbers")]
    build(both, out=sys.argv[1], workers=int(sys.argv[2]), spans=True, train=60, eval=20)
"""


@pytest.mark.parametrize(("workers", "hash_seed"), [(2, "1"), (1, "2")])
def test_the_same_bytes_elsewhere(corpus, tmp_path, workers, hash_seed):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    root = str(Path(tasks.__file__).parents[1])
    subprocess.run(
        [sys.executable, str(script), str(tmp_path / "out"), str(workers)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": root},
        check=True,
    )
    assert contents(tmp_path / "out") == contents(corpus.folder)


def test_what_there_is(corpus):
    for split, ranges, count in (("eval", "SML", 20), ("train", "S", 60)):
        assert corpus.read(split).num_rows == len(BOTH) * len(ranges) * count
        for name in BOTH:
            for where in ranges:
                part = corpus.read(split, task=name, where=where)
                assert part.num_rows == count
                low, high = tasks.get(name).span(where)
                assert all(low <= n <= high for n in part["length"].to_pylist())
    with pytest.raises(ValueError, match="holds no records of train M"):
        corpus.read("train", where="M")


@pytest.mark.parametrize("split", ["train", "eval"])
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
    rows = corpus.read("train").to_pylist() + corpus.read("eval").to_pylist()
    problems = {
        (row["task"], tasks.get(row["task"]).instance.from_json(row["instance"])) for row in rows
    }
    assert len(problems) == len(rows) == len({row["id"] for row in rows})
    assert len({row["prompt"] for row in rows}) == len(rows)


def test_splits_of_a_small_space_share_nothing(tmp_path, monkeypatch):
    """Of the 90 pairs of digits, evaluation gets what it asks for, and training the rest."""
    monkeypatch.setattr(selection, "PATIENCE", 3000)
    monkeypatch.setattr(selection, "CHUNK", 1000)
    task = tasks.get("compare_numbers", plain=True, ranges={"S": (1, 1)})
    small = build([task], out=tmp_path, ranges=["S"], train=500, eval=30, workers=1)
    problems = {
        split: {task.instance.from_json(text) for text in small.read(split)["instance"].to_pylist()}
        for split in ("train", "eval")
    }
    assert len(problems["eval"]) == 30
    assert len(problems["train"]) == 70
    assert not problems["eval"] & problems["train"]
    assert "| train | 70 (all there are; 500 asked) |" in (tmp_path / "README.md").read_text()


def test_seeds_share_nothing(corpus, tmp_path):
    task = tasks.get("compare_numbers")
    other = build([task], out=tmp_path, workers=1, seed=1, **SMALL)
    one, two = (
        {row["instance"] for row in c.read("train", task=task.name).to_pylist()}
        for c in (corpus, other)
    )
    assert not one & two


def test_the_manifest_knows_the_files(corpus):
    found = contents(corpus.folder)
    shards = {name: data for name, data in found.items() if name.startswith("data/")}
    assert {n: hashlib.sha256(d).hexdigest() for n, d in shards.items()} == corpus.manifest["files"]
    assert set(found) - set(shards) == {"README.md", "manifest.json", "request.json", ".lock"}
    assert corpus.damaged() == []
    assert Corpus.open(corpus.folder) == corpus


def test_damage_is_found(tmp_path):
    task = tasks.get("bubble_sort")
    corpus = build([task], out=tmp_path, workers=1, train=3, eval=3)
    files = sorted(corpus.manifest["files"])
    (tmp_path / files[0]).write_bytes(b"PAR1")
    (tmp_path / files[1]).unlink()
    assert sorted(corpus.damaged()) == files[:2]


def test_columns(corpus):
    table = corpus.read("eval")
    assert table.schema.names == [*SCHEMA.names, "spans"]
    assert record_table(tasks.get("bubble_sort"), "S", "train", 0, [5]).schema == SCHEMA
    assert record_table(tasks.get("bubble_sort"), "S", "train", 0, []).num_rows == 0
    file = pq.ParquetFile(corpus.folder / next(iter(corpus.manifest["files"])))
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_the_style_is_that_asked_for(tmp_path):
    task = tasks.get("bubble_sort")
    styled = build([task], out=tmp_path, workers=1, style="styled", ranges=["S"], train=2, eval=2)
    row = styled.read("train").to_pylist()[0]
    instance = task.instance.from_json(row["instance"])
    assert row["completion"] == render(task.table, task.run(instance).trace, style="styled").string
    assert row["style"] == "styled"


def test_load_dataset_reads_it(corpus, tmp_path):
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(corpus.folder), cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 120, "eval": 120}
    assert loaded["train"]["completion"] == corpus.read("train")["completion"].to_pylist()


def test_a_build_goes_on_where_it_stopped(corpus, tmp_path, monkeypatch):
    written = []
    write = building._write

    def failing(shard, **options):
        if len(written) == 3:
            raise OSError("disk full")
        written.append(shard.path)
        write(shard, **options)

    arguments = {"out": tmp_path / "c", "workers": 1, "spans": True, **SMALL}
    both = [tasks.get(name) for name in BOTH]
    monkeypatch.setattr(building, "_write", failing)
    with pytest.raises(OSError, match="disk full"):
        build(both, **arguments)
    with pytest.raises(ValueError, match="no finished corpus"):
        Corpus.open(tmp_path / "c")
    left = tmp_path / "c" / "data" / "bubble_sort" / ".eval-S-00000.parquet.1.part"
    left.write_bytes(b"half")
    before = {path: path.stat().st_mtime_ns for path in written}
    monkeypatch.setattr(building, "_write", write)
    calls = []
    build(both, progress=lambda done, total: calls.append((done, total)), **arguments)
    assert contents(tmp_path / "c") == contents(corpus.folder)
    assert {path: path.stat().st_mtime_ns for path in written} == before
    assert calls == [(done, 12) for done in range(4, 13)]


def test_a_finished_build_is_left_alone(corpus):
    before = {p: p.stat().st_mtime_ns for p in corpus.folder.rglob("*.parquet")}
    again = build([tasks.get(name) for name in BOTH], out=corpus.folder, spans=True, **SMALL)
    assert again == corpus
    assert {p: p.stat().st_mtime_ns for p in corpus.folder.rglob("*.parquet")} == before


def test_a_folder_of_another_request_is_refused(corpus):
    with pytest.raises(ValueError, match="was begun for another request"):
        build([tasks.get(name) for name in BOTH], out=corpus.folder, seed=1, **SMALL)


def test_one_writer_a_folder(corpus):
    with (corpus.folder / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FolderInUseError, match="another process is writing"):
            build([tasks.get(name) for name in BOTH], out=corpus.folder, spans=True, **SMALL)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ranges": ["S", "XL"]}, "has no range 'XL'; its ranges are S, M, L"),
        ({"train_ranges": ["s"]}, "has no range 's'"),
        ({"ranges": ["S", "S"]}, "asked for twice: bubble_sort S eval"),
        ({"style": "fluent"}, "bubble_sort has no style 'fluent'; it has minimal, styled"),
        ({"train": -1}, "-1 records of train cannot be made"),
    ],
)
def test_wrong_requests_leave_nothing(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        build([tasks.get("bubble_sort")], out=tmp_path / "c", **{"train": 1, **arguments})
    assert not (tmp_path / "c").exists()


def test_two_tasks_of_one_name(tmp_path):
    variants = [tasks.get("compare_numbers"), tasks.get("compare_numbers", plain=True)]
    with pytest.raises(ValueError, match="asked for twice: compare_numbers L eval"):
        build(variants, out=tmp_path / "c", train=1)


def test_a_machine_that_does_not_accept(tmp_path):
    path = tmp_path / "parity.py"
    path.write_text(PARITY)
    path.with_suffix(".tm").write_text("tape bits, out: '0' | '1'\nmain { reject }")
    with pytest.raises(RuntimeError, match="parity ended in reject: Bits"):
        record_table(tasks.from_file(path), "S", "train", 0, [0])


def test_nothing_asked(tmp_path):
    nothing = build([tasks.get("bubble_sort")], out=tmp_path, train=0, eval=0, workers=1)
    assert nothing.manifest["files"] == {}
    with pytest.raises(ValueError, match="no records"):
        nothing.read("train")
