from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import tasks
from tasks.corpus import Corpus
from tests.support.cli import Command
from tests.support.tasks.parity_task import PARITY_MACHINE, PARITY_TASK
from tmtail.cli import app
from tmtail.creation import create_task


def test_tasks_lists_them_all(tmtail: Command) -> None:
    shown = json.loads(tmtail("tasks", "--json").out)
    assert [task["name"] for task in shown] == list(tasks.names())
    sorting = next(task for task in shown if task["name"] == "bubble_sort")
    assert sorting["ranges"] == {"S": [2, 4], "M": [5, 6], "L": [7, 8]}
    assert sorting["states"] == len(tasks.get("bubble_sort").table.states)
    header, *rows = tmtail("tasks").out.splitlines()
    columns = "task paradigm S M L longest tapes states rows"
    assert header.split() == columns.split()
    assert [row.split()[0] for row in rows] == list(tasks.names())
    assert len({len(row) for row in rows}) == 1


SMALL = ("--tasks", "bubble_sort", "--ranges", "S,M", "--train", 30, "--eval", 10, "--probe", 5)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("corpus") / "c"
    arguments = ["corpus", "build", *map(str, SMALL), "--mix", "2:1", "--out", str(out)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    return out


def test_corpus_build(tmtail: Command, tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    answer = tmtail("corpus", "build", *SMALL, "--seed", 4, "--workers", 1, "--out", out)
    assert answer.code == 0
    *rows, last = [line.split() for line in answer.out.splitlines()]
    assert rows == [
        ["task", "range", "split", "asked", "records", "problems"],
        ["bubble_sort", "S", "eval", "10", "10", "10"],
        ["bubble_sort", "M", "eval", "10", "10", "10"],
        ["bubble_sort", "S", "probe", "5", "5", "5"],
        ["bubble_sort", "M", "probe", "5", "5", "5"],
        ["bubble_sort", "S", "train", "30", "30", "30"],
    ]
    corpus = Corpus.open(out)
    assert last == [f"{out}:", corpus.digest[:16]]
    assert corpus.read("train").num_rows == 30
    again = tmtail("corpus", "build", *SMALL, "--seed", 4, "--workers", 1, "--out", out, "--json")
    assert json.loads(again.out) == corpus.manifest


def test_corpus_verify(tmtail: Command, built: Path, tmp_path: Path) -> None:
    answer = tmtail("corpus", "verify", built, "--workers", 1)
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "records 60, faults 0"
    rows = [line.split() for line in answer.out.splitlines()]
    assert ["bubble_sort", "eval", "/", "train", "0", "0", "none"] in rows
    copied = shutil.copytree(built, tmp_path / "copy")
    next(copied.rglob("train-S-*.parquet")).unlink()
    answer = tmtail("corpus", "verify", copied, "--workers", 1, "--json")
    assert answer.code == 1
    report = json.loads(answer.out)
    assert "the file is missing" in report["faults"][0]
    assert report["records"] == 40


def test_nothing_is_exported_into_a_corpus(tmtail: Command, built: Path) -> None:
    for out in (built, built / "data" / "more"):
        answer = tmtail("corpus", "export", built, "--out", out)
        assert "is inside the corpus, which must not change" in answer.err
    assert not list(built.rglob("*.jsonl"))


def test_corpus_show(tmtail: Command, built: Path) -> None:
    answer = tmtail("corpus", "show", built, "--split", "train", "--range", "M", "--index", 2)
    record = list(Corpus.open(built).records("train", range_name="M"))[2]
    assert answer.out.startswith(f"{record['id']}: length {record['length']}, ")
    assert record["prompt"] + "\n" + record["completion"] in answer.out
    shown = tmtail("corpus", "show", built, "--n", 3, "--json").out.splitlines()
    assert [json.loads(line) for line in shown] == list(Corpus.open(built).records())[:3]
    for index in (9, 10, 24, 30, 59):  # at the ends of files and within
        (line,) = tmtail("corpus", "show", built, "--index", index, "--json").out.splitlines()
        assert json.loads(line) == list(Corpus.open(built).records())[index]
    nothing = tmtail("corpus", "show", built, "--index", 60)
    assert nothing.code == 1
    assert "there is no record 60 in this selection" in nothing.err


def test_corpus_export(tmtail: Command, built: Path, tmp_path: Path) -> None:
    answer = tmtail("corpus", "export", built, "--out", tmp_path / "x", "--format", "messages")
    assert answer.out.splitlines() == [
        f"{tmp_path}/x/{split}.jsonl: {count} records"
        for split, count in (("eval", 20), ("probe", 10), ("train", 30))
    ]
    again = tmtail("corpus", "export", built, "--out", tmp_path / "x")
    assert again.code == 1
    assert "exists already and is not overwritten" in again.err


def rewritten(built: Path, folder: Path, change: Callable[[pa.Table], pa.Table]) -> Path:
    """A copy of a corpus whose first evaluation file was changed."""
    copied = shutil.copytree(built, folder)
    file = next(copied.rglob("eval-S-*.parquet"))
    pq.write_table(change(pq.read_table(file)), file)
    return copied


def test_texts_of_somebody_else_cannot_reach_the_terminal(tmtail: Command, built, tmp_path) -> None:
    def evil(table: pa.Table) -> pa.Table:
        for name in ("prompt", "completion"):
            texts = pa.array(["\x1b[2J\x9bm\u202eanswer: \r1"] * len(table))
            table = table.set_column(table.schema.get_field_index(name), name, texts)
        return table

    answer = tmtail("corpus", "show", rewritten(built, tmp_path / "c", evil), "--split", "eval")
    assert answer.code == 0
    assert answer.out.count("\\x1b[2J\\x9bm\\u202eanswer: \\r1") == 2
    assert not set("\x1b\x9b\u202e\r") & set(answer.out)


@pytest.mark.parametrize(
    "command",
    [
        ("corpus", "show", "{}", "--split", "eval"),
        ("corpus", "export", "{}", "--out", "exported"),
        ("corpus", "plot", "{}", "--out", "sizes.png"),
        ("eval", "--backend", "reference", "--corpus", "{}", "--ranges", "S"),
    ],
    ids=lambda command: command[1] if command[0] == "corpus" else "eval",
)
def test_a_damaged_corpus_is_named(tmtail: Command, built, tmp_path, monkeypatch, command) -> None:
    monkeypatch.chdir(tmp_path)
    other = rewritten(built, tmp_path / "other", lambda table: pa.table({"id": ["x"]}))
    incomplete = rewritten(built, tmp_path / "lost", lambda table: table)
    cut = rewritten(built, tmp_path / "cut", lambda table: table)
    next(incomplete.rglob("eval-S-*.parquet")).unlink()
    file = next(cut.rglob("eval-S-*.parquet"))
    file.write_bytes(file.read_bytes()[:3_000])
    for folder, message in (
        (other, ".parquet: missing columns: `"),
        (incomplete, ".parquet: the file does not exist"),
        (cut, ".parquet: cannot be read as Parquet: "),
    ):
        answer = tmtail(*(str(folder) if part == "{}" else part for part in command))
        assert answer.code == 1
        if command[0] == "eval":  # which compares the file's digest first
            is_lost = folder is incomplete
            message = "No such file" if is_lost else "the file is not the one that was built"
        assert message in answer.err
        assert not (tmp_path / "sizes.png").exists()


def test_corpus_plot(tmtail: Command, built: Path, tmp_path: Path) -> None:
    assert tmtail("corpus", "plot", built, "--out", tmp_path / "sizes.png").code == 0
    assert (tmp_path / "sizes.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--train", 1), 2, "--out"),
        (("--train", -1, "--out", "x"), 2, "--train"),
        (("--train", 1, "--out", "x", "--tasks", "nope"), 1, "no task is called `nope`"),
        (
            ("--train", 1, "--out", "x", "--tasks", "mine.tm"),
            1,
            "mine.tm is a machine; give a task",
        ),
        (("--train", 1, "--out", "x", "--ranges", "XL"), 1, "XL"),
        (("--train", 1, "--out", "x", "--workers", 0), 2, "--workers"),
        (("--train", 1, "--out", "x", "--style", "baroque", "--workers", 1), 1, "baroque"),
        (("--out", "x", "--mix", "8:one"), 2, "8:1:1"),
        (
            ("--out", "x", "--tasks", "bubble_sort", "--weights", "1:2"),
            1,
            "for each of the 1 tasks",
        ),
        (("--out", "x", "--tasks", "bubble_sort", "--max-tokens", 9), 1, "requires a tokenizer"),
        (("--out", "x", "--tasks", "bubble_sort", "--tokenizer", "no"), 1, "no tokenizer.json"),
        (("--out", "x", "--tasks", "bubble_sort", "--format", "reversed"), 1, "is a baseline of"),
        (("--out", "x", "--tasks", "bubble_sort", "--address", "auto"), 1, "Ray cluster"),
    ],
)
def test_mistakes(tmtail: Command, tmp_path, monkeypatch, options, code: int, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    answer = tmtail("corpus", "build", *options)
    assert answer.code == code
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_folder_that_cannot_be_made(tmtail: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = tmtail("corpus", "build", "--train", 1, "--out", tmp_path / "file" / "corpus")
    assert answer.code == 1
    assert answer.err.startswith(f"tmtail: error: {tmp_path}/file")


def test_the_plot_of_sizes_lies_in_the_corpus(tmtail: Command, built: Path) -> None:
    shown = tmtail("corpus", "plot", built)
    assert shown.out == f"{built / 'sizes.png'}\n"
    assert (built / "sizes.png").read_bytes().startswith(b"\x89PNG")
    assert tmtail("corpus", "verify", built).code == 0
    (built / "sizes.png").unlink()


def test_ranges_may_have_lengths_of_ones_own(tmtail: Command, tmp_path: Path) -> None:
    folder, own = tmp_path / "c", "S=2-3,XL=60-70"
    sizes = ("--train", 4, "--eval", 3, "--probe", 1)
    built = tmtail("corpus", "build", "--tasks", "compare_numbers", *sizes, "--ranges", own,
                   "--out", folder, "--json")  # fmt: skip
    parts = json.loads(built.out)["parts"]
    assert {(part["range"], *part["lengths"]) for part in parts} == {("S", 2, 3), ("XL", 60, 70)}
    selection = ("--range", "XL", "--split", "probe", "--json")
    record = json.loads(tmtail("corpus", "show", folder, *selection).out)
    index = record["id"].rpartition("-")[2]
    shown = json.loads(tmtail("trace", "compare_numbers", "--range", "XL=60-70", "--split", "probe",
                              "--index", index, "--json").out)  # fmt: skip
    assert (shown["prompt"], shown["text"]) == (record["prompt"], record["completion"])
    reference = ("eval", "--backend", "reference", "--json")
    scored = json.loads(tmtail(*reference, "--corpus", folder, "--ranges", "XL").out)
    assert scored["rows"][0]["lengths"] == [60, 70]
    drawn = tmtail(*reference, "--tasks", "compare_numbers", "--ranges", own, "--n", 3)
    rows = json.loads(drawn.out)["rows"]
    assert [(row["range"], row["lengths"]) for row in rows] == [("S", [2, 3]), ("XL", [60, 70])]
    findings = tmtail("lint", "compare_numbers", "--n", 1, "--ranges", own, "--json").out
    assert any(" XL " in finding["instance"] for finding in json.loads(findings))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("eval", "--corpus", "c", "--model", "m", "--ranges", "S=2-3"), 2, "give only the names"),
        (("trace", "compare_numbers", "--range", "XL=60-"), 2, "such as XL=20-40"),
        (("trace", "compare_numbers", "--range", "XL=1-999"), 1, "must be at most 673, not 999"),
        (("trace", "compare_numbers", "--length", 999), 1, "must be at most 673, not 999"),
        (("lint", "compare_numbers", "--ranges", "S,XXL"), 1, "has no range 'XXL'"),
    ],
)
def test_mistakes_in_ranges(tmtail: Command, arguments, code: int, message: str) -> None:
    answer = tmtail(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert message in answer.err.replace("\n", " ")


def test_a_corpus_without_records_of_a_task_says_so(tmtail: Command, tmp_path: Path) -> None:
    create_task("parity", tmp_path)
    machine = tmp_path / "parity.tm"
    machine.write_text(
        machine.read_text().replace("out := sum", "loop { right bits  left bits }\n    out := sum")
    )
    options = ("--train", 2, "--eval", 1, "--probe", 1, "--ranges", "S", "--workers", 1)
    tasks = ("--tasks", tmp_path / "parity.py")
    answer = tmtail("corpus", "build", *tasks, *options, "--out", tmp_path / "corpus")
    assert answer.code == 0
    assert "parity: the corpus has no record of it, as no text ends" in answer.out


def test_a_task_that_runs_out_of_problems_names_the_fix(tmtail: Command, tmp_path: Path) -> None:
    path = tmp_path / "parity.py"
    path.write_text(PARITY_TASK)
    path.with_suffix(".tm").write_text(PARITY_MACHINE)
    options = ("--eval", 4, "--probe", 1, "--ranges", "S", "--out")
    hint = "parity: training repeats no problem, since its class does not number them; define"
    answer = tmtail("corpus", "build", "--tasks", path, "--train", 60, *options, tmp_path / "few")
    assert "all that exist" in answer.out
    assert hint in answer.out
    answer = tmtail("corpus", "build", "--tasks", path, "--train", 5, *options, tmp_path / "enough")
    assert hint not in answer.out
