from __future__ import annotations

import json
from pathlib import Path

import pytest

import tasks
from tasks.corpus import Corpus


def test_tasks_lists_them_all(tmtail) -> None:
    shown = json.loads(tmtail("tasks", "--json").out)
    assert [task["name"] for task in shown] == list(tasks.names())
    sorting = next(task for task in shown if task["name"] == "bubble_sort")
    assert sorting["ranges"] == {"S": [2, 4], "M": [5, 6], "L": [7, 8]}
    assert sorting["states"] == len(tasks.get("bubble_sort").table.states)
    header, *rows = tmtail("tasks").out.splitlines()
    assert header.split() == ["task", "paradigm", "ranges", "tapes", "states", "rows"]
    assert [row.split()[0] for row in rows] == list(tasks.names())
    assert len({len(row) for row in rows}) == 1


def test_corpus_build(tmtail, tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    options = ("--tasks", "bubble_sort", "--ranges", "S,M", "--train", 30, "--eval", 10)
    answer = tmtail("corpus", "build", *options, "--seed", 4, "--workers", 1, "--out", out)
    assert answer.code == 0
    assert [line.split() for line in answer.out.splitlines()] == [
        ["task", "range", "split", "asked", "records"],
        ["bubble_sort", "S", "eval", "10", "10"],
        ["bubble_sort", "M", "eval", "10", "10"],
        ["bubble_sort", "S", "train", "30", "30"],
        [str(out)],
    ]
    corpus = Corpus.open(out)
    assert corpus.read("train").num_rows == 30
    again = tmtail("corpus", "build", *options, "--seed", 4, "--workers", 1, "--out", out, "--json")
    assert json.loads(again.out) == corpus.manifest


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--train", 1), 2, "--out"),
        (("--train", -1, "--out", "x"), 2, "--train"),
        (("--train", 1, "--out", "x", "--tasks", "nope"), 1, "no task is called `nope`"),
        (("--train", 1, "--out", "x", "--ranges", "XL"), 1, "XL"),
        (("--train", 1, "--out", "x", "--workers", 0), 2, "--workers"),
        (("--train", 1, "--out", "x", "--style", "baroque", "--workers", 1), 1, "baroque"),
    ],
)
def test_mistakes(tmtail, tmp_path, monkeypatch, options, code: int, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    answer = tmtail("corpus", "build", *options)
    assert answer.code == code
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_folder_that_cannot_be_made(tmtail, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = tmtail("corpus", "build", "--train", 1, "--out", tmp_path / "file" / "corpus")
    assert answer.code == 1
    assert answer.err.startswith(f"tmtail: error: {tmp_path}/file")
