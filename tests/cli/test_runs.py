from __future__ import annotations

import json
from pathlib import Path

import pytest

import tm
from tests.support.cli import Command
from tm import cache
from tmtail.cli.faults import ExitCode


def test_a_run_prints_outcome_transitions_and_tapes(tmtail: Command, copy: Path) -> None:
    answer = tmtail("run", copy, "--tape", "a=000")
    assert answer.code == ExitCode.FINE
    assert answer.out == "accept after 4 transitions\n  a  000\n  b  111\n6 non-blank cells\n"


def test_cached_tables_are_neither_read_nor_written_on_request(
    tmtail: Command, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    cache.put(copy, [], tm.loads("tape a: '0'\nmain { reject }\n"))
    assert tmtail("run", copy, "--tape", "a=0").code == ExitCode.REJECT
    (entry,) = (tmp_path / "cache").iterdir()
    content = entry.read_bytes()
    assert tmtail("--no-cache", "run", copy, "--tape", "a=0").code == ExitCode.FINE
    assert entry.read_bytes() == content


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_stuck_run_names_its_line(tmtail: Command, copy: Path, engine: str) -> None:
    answer = tmtail("run", copy, "--tape", "a=01", "--engine", engine)
    assert answer.code == ExitCode.STUCK
    assert answer.out.startswith("stuck after 1 transitions\n")
    assert f"{copy}:4:" in answer.out
    assert "no transition for 1 on tape `a`" in answer.out


@pytest.mark.parametrize(
    ("body", "options", "code"),
    [
        ("reject", (), ExitCode.REJECT),
        ("loop { right t }", ("--steps", 10), ExitCode.LIMIT),
        ("loop { right t }", ("--cells", 10), ExitCode.LIMIT),
    ],
)
def test_how_a_run_ended_is_the_exit_code(tmtail: Command, tmp_path, body, options, code) -> None:
    file = tmp_path / "m.tm"
    file.write_text(f"tape t: '0'\nmain {{ {body} }}\n")
    assert tmtail("run", file, *options).code == code


def test_the_reference_engine_tests_contracts(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "broken.tm"
    file.write_text("tape t: '0'\nmain { f(t) }\nproc f(x at first) -> x at end { right x }\n")
    assert tmtail("run", file, "--tape", "t=00").code == ExitCode.FINE
    answer = tmtail("run", file, "--tape", "t=00", "--engine", "reference")
    assert answer.code == ExitCode.FAULT
    assert "contract `t at end` is broken" in answer.err


def test_lines_that_are_printed_go_to_standard_error(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "m.tm"
    file.write_text(
        "tape t: '0' | '1'\nmain {\n    t := 1\n    print \"t is {t.cell}\"\n"
        '    right t\n    assume t == 1\n    print "never"\n}\n'
    )
    answer = tmtail("run", file, "--tape", "t=00", "--json")
    assert answer.code == ExitCode.STUCK
    assert json.loads(answer.out)["transitions"] == 1
    assert answer.err == f"{file}:4: t is 1\n"
    silent = file.with_name("silent.tm")
    silent.write_text(file.read_text().replace("print", "# print"))
    expected = json.loads(tmtail("run", silent, "--tape", "t=00", "--json").out)
    assert expected["transitions"] == 1
    assert expected["tapes"] == json.loads(answer.out)["tapes"]
    assert tm.load(file) == tm.load(silent)


def test_a_run_as_json_has_the_whole_tapes(tmtail: Command, copy: Path) -> None:
    answer = tmtail("run", copy, "--tape", f"a={'0' * 500}", "--json")
    shown = json.loads(answer.out)
    assert shown["outcome"] == "accept"
    assert shown["transitions"] == 501
    assert shown["nonblank"] == 1000
    tape = {"text": "1" * 500, "cells": [*"1" * 500, "_"], "origin": 0, "head": 500}
    assert shown["tapes"]["b"] == tape


def test_long_tapes_are_cut_for_people(tmtail: Command, copy: Path) -> None:
    out = tmtail("run", copy, "--tape", f"a={'0' * 500}").out
    assert f"  b  {'1' * 100}… (500 cells)\n" in out


def test_a_busy_beaver_file(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "bb4.bb"
    file.write_text("1RB1LB_1LA0LC_1RZ1LD_1RD0RA\n")
    answer = tmtail("run", file)
    assert answer.code == ExitCode.FINE
    assert answer.out.startswith("accept after 107 transitions\n")
    assert answer.out.endswith("\n13 non-blank cells\n")


def test_a_task_runs_as_well_as_a_file(tmtail: Command) -> None:
    answer = tmtail(
        "run", "compare_numbers", "--tape", "x=4.38", "--tape", "y=4.092", "--tape",
        "place=a b c d e f g",
    )  # fmt: skip
    assert answer.code == ExitCode.FINE
    assert "  out    >\n" in answer.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--tape", "c=0"), 1, "tmtail: error: copy: no tape `c`; the tapes are a, b\n"),
        (("--tape", "a=02"), 1, "tmtail: error: "),
        (("--tape", "a"), 2, "`a` is not NAME=TEXT"),
        (("--tape", "a=0", "--tape", "a=1"), 2, "tape `a` is given twice"),
        (("--engine", "fast"), 2, "'fast'"),
        (("--steps", "-1"), 2, "--steps"),
        (("--setps", "1"), 2, "--steps"),
    ],
)
def test_mistakes(tmtail: Command, copy: Path, arguments, code: int, message: str) -> None:
    answer = tmtail("run", copy, *arguments)
    assert answer.code == code
    assert message in answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err


STATISTICS = """
state  visits  transitions  share
copy        1            4  100.0%

tape  cells  first  last  moves  reversals  writes
a         4      0     3      3          0       0
b         4      0     3      3          0       3
"""


def test_statistics_of_a_run(tmtail: Command, copy: Path) -> None:
    plain = tmtail("run", copy, "--tape", "a=000")
    answer = tmtail("run", copy, "--tape", "a=000", "--stats")
    assert answer.code == ExitCode.FINE
    assert answer.out == plain.out + STATISTICS


def test_statistics_of_a_run_as_json(tmtail: Command, copy: Path) -> None:
    shown = json.loads(tmtail("run", copy, "--tape", "a=000", "--stats", "--json").out)
    assert shown["statistics"]["states"] == {"copy": {"visits": 1, "transitions": 4}}
    assert shown["statistics"]["tapes"]["b"] == {
        "cells": 4, "first": 0, "last": 3, "moves": 3, "reversals": 0, "writes": 3,
    }  # fmt: skip
    assert "statistics" not in json.loads(tmtail("run", copy, "--tape", "a=000", "--json").out)
