"""Mistakes on the command line, each with its exit code and the sentence that leads to its fix."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import call_here

ROOT = Path(__file__).parents[2]

COPY = """\
tape a, b: '0' | '1'
start copy
rule copy ['0', _] -> [*, '1'] [R, R] copy
rule copy [_, *] -> accept
"""

MISTAKES = [
    # names
    (("trase", "bubble_sort"), 2, "Did you mean 'trace'"),
    (("corpus", "bild"), 2, "Did you mean 'build'"),
    (("trace", "bubble_srot"), 1, "did you mean `bubble_sort`?"),
    (("trace", "Bubble-Sort"), 1, "use lower-case letters, digits and _"),
    (("trace", "copy"), 1, "no task is called `copy`; the file here is copy.tm"),
    (("corpus", "build", "--out", "c", "--tasks", "copy"), 1, "the file here is copy.tm"),
    (("check", "bubble_srot"), 1, "did you mean `bubble_sort`?"),
    (("show", "bubble_srot"), 1, "did you mean `bubble_sort`?"),
    (("show", "qwen2.5-7b-lroa"), 1, "did you mean `qwen2.5-7b-lora`?"),
    (("show", "tiny-cpu", "--part", "machine"), 2, "requires a TASK; this is a recipe"),
    (("train", "tiny-gpu"), 1, "did you mean `tiny-cpu`?"),
    (("train", "run.yml"), 1, "did you mean `run.yaml`?"),
    (("train", "run"), 1, "did you mean `run.yaml`?"),
    (("study", "plan", "runs.yaml", "--out", "o"), 1, "did you mean `run.yaml`?"),
    (("study", "plan", "mian", "--out", "o"), 1, "did you mean `main`?"),
    (("train", "missing.yaml"), 1, "there is no such file, and no recipe of this name"),
    (("trace", "bubble_sort", "--lenght", "3"), 2, "--length"),
    # machines and their input
    (("run", "missing.tm"), 1, "cannot read this file: No such file or directory"),
    (("run", "cop.tm"), 1, "help: did you mean `copy.tm`?"),
    (("table", "coppy.json"), 1, "No such file or directory; did you mean `coppy.tsv`?"),
    (("lint", "lone_task.py"), 1, "lone_task.py; did you mean `lonely_task.py`?"),
    (("run", "copy.txt"), 1, "not the name of a task, nor a file in .py, .tm"),
    (("run", "copy.tm", "--tape", "a"), 2, "`a` is not NAME=TEXT"),
    (("run", "copy.tm", "--tape", "a=0", "--tape", "a=1"), 2, "tape `a` is given twice"),
    (("run", "copy.tm", "--tape", "c=0"), 1, "no tape `c`; the tapes are a, b"),
    (("run", "copy.tm", "--tape", "a=07"), 1, "tape `a` cannot hold '7' (character 2 of the"),
    (("check", "copy.json"), 1, "is a table, not a source; `run` and `table` read it"),
    (("check", "copy.py"), 1, "is a task; `lint` checks it, and this command its .tm file"),
    (("lint", "copy.tm"), 1, "is a machine; give a task: a name, or its Python file"),
    (("table", "copy.tm", "--as", "bb"), 1, "busy-beaver text"),
    (("table", "copy.tm", "--as", "csv"), 2, "the formats are rules, tsv"),
    (("trace", "copy.tm", "--length", 3), 2, "requires a TASK; a FILE has --tape"),
    (("trace", "bubble_sort", "--tape", "list=1"), 2, "requires a FILE; a TASK fills its own"),
    (("trace", "bubble_sort", "--range", "XL"), 1, "its ranges are S, M, L"),
    (("trace", "bubble_sort", "--range", "S", "--length", 3), 2, "excludes --range"),
    (("trace", "bubble_sort", "--style", "stylled"), 1, "did you mean `styled`?"),
    (("trace", "bubble_sort", "--without", "fetsh"), 1, "the ablations are fetch, atomic, linear"),
    # new tasks
    (("new", "My-Task"), 1, "is not a task name; use lower-case letters"),
    (("new", "lcs"), 1, "there is a task called `lcs` already"),
    (("new", "class"), 1, "`class` is a keyword of Python; choose another name"),
    (("new", "string"), 1, "would hide the Python package `string`"),
    # corpora
    (("corpus", "build"), 2, "Missing option '--out'"),
    (("corpus", "build", "--out", "c", "--tasks", "lsc"), 1, "did you mean `lcs`?"),
    (("corpus", "build", "--out", "c", "--mix", "8:x"), 2, "whole numbers separated by colons"),
    (("corpus", "build", "--out", "c", "--ranges", "S,Q"), 1, "'Q'"),
    (("corpus", "build", "--out", "c", "--max-tokens", 9), 1, "requires a tokenizer"),
    (("corpus", "build", "--out", "c", "--format", "tale"), 2, "tail"),
    (("corpus", "show", "missing"), 1, "`tmtail corpus build`"),
    (("corpus", "plot", "missing"), 1, "`tmtail corpus build`"),
    (("corpus", "verify", "missing"), 1, "`tmtail corpus build`"),
    # scores
    (("eval",), 2, "--model: is required with backend `hf`"),
    (("eval", "--backend", "file"), 2, "--outputs: is required with backend `file`"),
    (("eval", "--backend", "fiel", "--outputs", "o"), 2, "did you mean `file`?"),
    (("eval", "--backend", "file", "--outputs", "o", "--model", "m"), 2, "--model: requires"),
    (("eval", "--backend", "reference", "--pass", "1;2"), 2, "whole numbers with commas"),
    (("eval", "--backend", "reference", "--split", "probe"), 2, "requires --corpus"),
    (("eval", "--backend", "reference", "--corpus", "missing"), 1, "`tmtail corpus build`"),
    (("eval", "--model", "./missing"), 1, "there is no folder of this name"),
    (("eval", "--model", "no model"), 1, "it is not a name on a hub"),
    (("eval", "pool", "missing"), 1, "missing"),
    (("study", "show", "missing", "gone"), 1, "missing: the folder has no results.json"),
    (("merge", "missing", "out"), 1, "missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (("lsp",), "lsprotocol", "editor"),
        (("lsp",), "pygls", "editor"),
        (("debug", "copy.tm"), "textual", "debug"),
        (("diagram", "copy.tm", "--out", "copy.svg"), "pygraphviz", "diagram"),
        (("study", "plan", "main"), "transformers", "train"),
    ],
)
def test_a_package_that_is_not_installed(
    tmp_path: Path, arguments: tuple[str, ...], package: str, extra: str
) -> None:
    (tmp_path / "copy.tm").write_text(COPY)
    program = f"import sys\nsys.modules[{package!r}] = None\nfrom tmtail.cli import app\napp()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (1, "")
    hint = (
        rf"tmtail: error: this command needs the package `{package}`: pip install '.*\[{extra}\]'\n"
    )
    assert re.fullmatch(hint, done.stderr), done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"), MISTAKES, ids=[" ".join(map(str, m[0])) for m in MISTAKES]
)
def test_a_mistake_in_a_command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[object, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copy.tm").write_text(COPY)
    for name in ("run.yaml", "coppy.tsv", "lonely_task.py"):
        (tmp_path / name).touch()
    answer = call_here(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert sentence in " ".join(answer.err.split())
    assert "Traceback" not in answer.err
