"""``import`` and the files of other simulators in ``run``, ``table`` and ``trace``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import Command
from tmtail.cli.faults import ExitCode

INCREMENT = """\
; adds one to a binary number   $INITIAL_TAPE: 1011
0 _ _ l carry
0 * * r 0
carry 1 0 l carry
carry * 1 * halt
"""
YAML = """\
input: '11'
blank: ' '
start state: right
table:
  right: {1: R, ' ': {write: 1, L: done}}
  done:
"""


@pytest.fixture
def increment(tmp_path: Path) -> Path:
    file = tmp_path / "increment.txt"
    file.write_text(INCREMENT)
    return file


def test_an_imported_machine_checks_and_runs_alike(tmtail, tmp_path, increment) -> None:
    source = tmp_path / "increment.tm"
    answer = tmtail("import", increment, "--from", "morphett", "--out", source)
    assert (answer.code, answer.out) == (ExitCode.FINE, "")
    text = source.read_text()
    assert f"# Imported from {increment}.\n# Its input is --tape tape_=1011\n" in text
    assert tmtail("check", source).code == ExitCode.FINE
    assert tmtail("fmt", "--check", source).code == ExitCode.FINE
    first = tmtail("run", increment, "--from", "morphett").out
    second = tmtail("run", source, "--tape", "tape_=1011").out
    assert first.replace("  tape  ", "  tape_  ") == second
    assert first.startswith("accept after 8 transitions\n  tape  1100\n")


def test_import_prints_the_source(tmtail: Command, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(YAML)
    out = tmtail("import", tmp_path / "m.yaml").out
    assert out.endswith(
        "tape tape_: '1'\n\nstart right_\n\n# right\n"
        "rule right_ [_] -> ['1'] [L] accept\nrule right_ ['1'] -> [*] [R] right_\n"
    )


def test_the_input_of_a_file_is_used_unless_one_is_given(tmtail, tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(YAML)
    assert "  tape  111\n" in tmtail("run", file).out
    assert "  tape  11111\n" in tmtail("run", file, "--tape", "tape=1111").out
    lines = tmtail("trace", file, "--format", "transitions").out.splitlines()
    assert lines == ["right: 1 ; R -> right"] * 2 + ["right: _ ; 1 ; L -> accept"]


def test_a_machine_goes_from_one_simulator_to_another(tmtail, tmp_path, increment) -> None:
    text = tmtail("table", increment, "--from", "morphett", "--as", "jff").out
    (tmp_path / "m.jff").write_text(text)
    assert "  tape  1100\n" in tmtail("run", tmp_path / "m.jff", "--tape", "tape=1011").out


def test_what_a_machine_says_is_left_out_only_on_request(tmtail, tmp_path: Path) -> None:
    file = tmp_path / "says.tm"
    file.write_text("tape t: '1'\nmain { t := '1'  right t  answer \"done\"  accept }\n")
    for command in (("table", file, "--as", "bb"), ("import", file)):
        answer = tmtail(*command)
        assert answer.code == ExitCode.FAULT
        assert "cannot hold what the machine says" in answer.err
        silent = tmtail(*command, "--silent")
        assert silent.err == "" or "does not move the head" in silent.err
    assert "rule " in tmtail("import", file, "--silent").out


def test_the_format_of_a_text_file_must_be_named(tmtail: Command, increment: Path) -> None:
    answer = tmtail("run", increment)
    assert answer.code == ExitCode.FAULT
    assert "name its format with --from" in answer.err
