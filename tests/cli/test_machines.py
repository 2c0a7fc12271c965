from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Command


def test_check_says_how_large_the_table_is(tmtail: Command, copy: Path) -> None:
    answer = tmtail("check", copy)
    assert answer.code == 0
    assert answer.out == f"{copy}: tapes 2, states 1, rows 2, warnings 0\n"


def test_check_as_json(tmtail: Command, copy: Path) -> None:
    answer = tmtail("check", copy, "--json")
    assert json.loads(answer.out) == {
        "table": {"tapes": 2, "states": 1, "rows": 2},
        "diagnostics": [],
    }


def test_check_prints_every_fault_with_its_place(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "faulty.tm"
    file.write_text("tape t: '0'\nmain { u := '0'  v := '0' }\n")
    answer = tmtail("check", file)
    assert answer.code == 1
    assert answer.out == ""
    assert f"{file}:2:8: error[TM0" in answer.err
    assert f"{file}:2:18: error[TM0" in answer.err
    shown = json.loads(tmtail("check", file, "--json").out)
    assert shown["table"] is None
    assert [(d["line"], d["column"]) for d in shown["diagnostics"]] == [(2, 8), (2, 18)]


def test_a_file_that_is_not_there_has_no_excerpt(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "nowhere.tm"
    message = f"{file}:1:1: error[TM001]: cannot read this file: No such file or directory\n"
    assert tmtail("check", file).err == message


def test_warnings_are_shown_and_are_fine(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "unused.tm"
    file.write_text("tape t, u: '0'\nmain { t := '0' }\n")
    answer = tmtail("check", file)
    assert answer.code == 0
    assert "warning[TM080]: tape `u` is never used" in answer.err


def test_strict_lists_what_has_no_transition(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "half.tm"
    file.write_text("tape t: '0' | '1' | 'a'\nmain { if t < 1 { accept } reject }\n")
    assert "warning" not in tmtail("check", file).err
    strict = tmtail("check", file, "--strict")
    assert strict.code == 0
    assert "warning[TM073]" in strict.err


def test_a_quoted_source_cannot_reach_the_terminal(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "escape.tm"
    file.write_text("tape t: '0'\nmain { \x1b[31m t := '0' }\n")
    answer = tmtail("check", file)
    assert answer.code == 1
    assert "U+001B" in answer.err
    assert "\x1b" not in answer.err


def test_fmt_changes_the_spaces_and_keeps_the_machine(tmtail: Command, tmp_path: Path) -> None:
    def rows(file: Path) -> list[list[str]]:  # without names and places, which tell the line
        return [
            row.split("\t")[1:-1] for row in tmtail("table", file, "--as", "tsv").out.splitlines()
        ]

    file = tmp_path / "wide.tm"
    file.write_text("tape   t:'0'|'1'\nmain{t:='0'}  # done\n")
    file.chmod(0o640)
    before = rows(file)
    unformatted = tmtail("fmt", "--check", file)
    assert (unformatted.code, unformatted.out) == (1, f"{file} would change\n")
    assert tmtail("fmt", file).out == f"{file} formatted\n"
    assert "tape t: '0' | '1'" in file.read_text()
    assert "# done" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]
    assert rows(file) == before
    assert (tmtail("fmt", "--check", file).code, tmtail("fmt", file).out) == (0, "")


def test_fmt_leaves_a_faulty_file_alone(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "faulty.tm"
    file.write_text("main {\n")
    assert tmtail("fmt", file).code == 1
    assert file.read_text() == "main {\n"


@pytest.mark.parametrize("format", ["tsv", "json"])
def test_table(tmtail: Command, copy: Path, format: str) -> None:
    out = tmtail("table", copy, "--as", format).out
    if format == "json":
        assert json.loads(out)
    else:
        header, *rows = out.splitlines()
        assert {line.count("\t") for line in rows} == {header.count("\t")}
        assert len(rows) == 2


def test_the_rules_show_the_tapes_that_they_use(tmtail: Command, copy: Path) -> None:
    assert tmtail("table", copy).out.splitlines() == [
        "copy",
        "  a = _           -> accept",
        "  a = '0', b = _  b := '1'  right a, b -> copy",
    ]
    nine_tapes = tmtail("table", "bubble_sort").out
    assert max(map(len, nine_tapes.splitlines())) < 130


def test_busy_beaver_text_goes_both_ways(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "three.bb"
    file.write_text("1RB1RZ_0RC1RB_1LC1LA\n")
    assert tmtail("table", file, "--as", "bb").out == file.read_text()


@pytest.mark.parametrize("command", ["check", "fmt"])
def test_a_table_or_a_task_is_no_source(tmtail: Command, tmp_path: Path, command: str) -> None:
    (tmp_path / "bb.bb").write_text("1RB1LB_1LA1RZ")
    answer = tmtail(command, tmp_path / "bb.bb")
    assert answer.code == 1
    assert "is a table, not a source; `run` and `table` read it" in answer.err
    (tmp_path / "parity.py").write_text("print(1)\n")
    assert "is a task; `lint` checks it" in tmtail(command, tmp_path / "parity.py").err
    assert (tmp_path / "parity.py").read_text() == "print(1)\n"


def test_a_machine_of_two_tapes_has_no_busy_beaver_text(tmtail: Command, copy: Path) -> None:
    answer = tmtail("table", copy, "--as", "bb")
    assert answer.code == 1
    assert answer.err.startswith("tmtail: error: ")
