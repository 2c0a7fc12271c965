"""Behaviour that needs a process of its own: pipes, signals, colours, imports."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Command

pytestmark = pytest.mark.usefixtures("compiled")

HEAVY = ("torch", "transformers", "numba", "pyarrow", "lark", "numpy")

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*3[0-9]")


def imported(*arguments: str) -> set[str]:
    """Modules that a command imports."""
    code = (
        "import sys\n"
        "from tmtail.cli import app\n"
        f"try: app({list(arguments)!r})\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.split())


def test_help_imports_nothing_heavy() -> None:
    for arguments in (["--help"], ["trace", "--help"], ["eval", "--help"]):
        assert not imported(*arguments) & set(HEAVY)


def test_check_needs_no_engine(copy: Path) -> None:
    loaded = imported("check", str(copy))
    assert "lark" in loaded
    assert not loaded & {"torch", "numba", "pyarrow"}


def test_a_reader_that_goes_away(copy: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tmtail",
        "run",
        str(copy),
        "--json",
        "--tape",
        f"a={'0' * 99999}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_ctrl_c(tmp_path: Path) -> None:
    file = tmp_path / "endless.tm"
    file.write_text("tape t: '0'\nmain { loop { right t  left t } }\n")
    command = [sys.executable, "-m", "tmtail", "run", str(file), "--steps", str(2**61), "--engine"]
    for engine in ("compiled", "reference"):
        with subprocess.Popen([*command, engine], stderr=subprocess.PIPE) as running:
            try:
                running.wait(3)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGINT)
            assert running.stderr is not None
            assert running.stderr.read() == b"tmtail: interrupted; no file was left half written\n"
        assert running.returncode == 130


def test_output_is_plain_when_it_is_no_terminal(process: Command) -> None:
    answer = process("trace", "bubble_sort")
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert answer.err == ""


def _on_a_terminal(*arguments: str, **environment: str) -> str:
    """Return the output of a command on a pseudo-terminal."""
    master, slave = os.openpty()
    command = [sys.executable, "-m", "tmtail", *arguments]
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", **environment}
    environ = {k: v for k, v in environ.items() if v}
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=environ) as running:
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 65536):
                shown += piece
        except OSError:  # the other end was closed
            pass
        running.wait(60)
    os.close(master)
    return shown.decode()


def test_colours_are_for_terminals_that_want_them(process: Command) -> None:
    plain = process("trace", "bubble_sort").out.splitlines()
    coloured = _on_a_terminal("trace", "bubble_sort", NO_COLOR="")
    without = _on_a_terminal("trace", "bubble_sort", NO_COLOR="1")
    assert COLOUR.search(coloured)
    assert not COLOUR.search(without)
    for shown in (coloured, without):
        assert ESCAPE.sub("", shown).splitlines() == plain


def test_a_listing_has_colours_on_a_terminal_and_the_same_lines(process: Command) -> None:
    arguments = ("trace", "1RB1LB_1LA0LC_1RZ1LD_1RD0RA", "--format", "transitions")
    coloured = _on_a_terminal(*arguments, NO_COLOR="")
    assert COLOUR.search(coloured)
    assert ESCAPE.sub("", coloured).splitlines() == process(*arguments).out.splitlines()


def test_a_terminal_without_unicode(
    process: Command, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    answer = process("run", copy, "--tape", f"a={'0' * 500}")
    assert answer.code == 0
    assert "\\u2026 (500 cells)" in answer.out


def test_the_module_is_the_command(process: Command) -> None:
    assert process("--help").out.startswith("Usage: tmtail [OPTIONS] COMMAND")
    nothing = process()
    assert nothing.code == 2


HALT_IN_THE_SECOND_STEP = """\
tape t: '0'..'9'
main {
    step s at "{t}" { solve "k" = {t.cell}  if t == 5 { accept } right t }
    step s at "{t}" { solve "k" = {t.cell}  if t == 5 { accept } right t }
    answer "{t.all}"
}
"""


def left_and_back(tapes: int) -> str:
    """Return a machine whose heads all go left over the digits of their tapes, and back."""
    names = [f"t{number}" for number in range(tapes)]
    declared = "".join(f"tape {name}: '0'..'9'\n" for name in names)
    there = "".join(f"left {name}  {name} := 1  " for name in names)
    back = "".join(f"right {name}  " for name in names)
    return f"{declared}main {{ {there}left t0  {back} right t0  if t0 == 5 {{ reject }} }}\n"


CALLS = """
import json, sys
from tests.support.cli import call_here
print(json.dumps([call_here(*call) for call in json.loads(sys.argv[1])]))
"""


def test_without_numba_the_texts_and_runs_are_the_same(tmtail: Command, tmp_path: Path) -> None:
    """Each form of the table is run; the loops need numbers that wrap, without a warning."""
    (tmp_path / "halt.tm").write_text(HALT_IN_THE_SECOND_STEP)
    calls = [
        ("trace", f"{tmp_path}/halt.tm", "--tape", "t=15"),
        ("trace", "bubble_sort", "--json"),
    ]
    for tapes in range(1, 6):
        (tmp_path / f"m{tapes}.tm").write_text(left_and_back(tapes))
        calls.append(("run", f"{tmp_path}/m{tapes}.tm", "--tape", "t0=12"))
    compiled = [list(tmtail(*call)) for call in calls]
    assert compiled[0] == [0, "s 15: ; k = 1 -> s 15\ns 15: ; k = 5\n", ""]
    command = [sys.executable, "-W", "error", "-c", CALLS, json.dumps(calls)]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=100
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == compiled
