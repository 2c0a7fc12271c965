"""Faults around machines, through the command: little memory, odd file names, an early Ctrl-C."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("compiled")

ENDLESS = "tape t: '0'..'9'\nstart a\nrule a [*] -> ['1'] [R] a\n"
SPEAKING = 'tape t: \'0\'\nmain { step s at "{t|none}" { solve "k" = {t.cell} } answer "{t}" }\n'

WITH_LITTLE_MEMORY = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
from tmtail.__main__ import main
main()
"""

INTERRUPTED_AT = """
import os, signal, sys
class Interrupter:
    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
MODULE = sys.argv.pop(1)
sys.meta_path.insert(0, Interrupter())
from tmtail.__main__ import main
main()
"""


def call(*arguments: object, code: str = "") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *(["-c", code] if code else ["-m", "tmtail"])]
    parts = [a if isinstance(a, bytes) else os.fsencode(str(a)) for a in arguments]
    return subprocess.run([*command, *parts], capture_output=True, check=False, timeout=300)


@pytest.mark.parametrize("option", [(), ("--stats",)])
def test_a_tape_that_outgrows_the_memory_is_an_error_that_says_so(
    tmp_path: Path, option: tuple[str, ...]
) -> None:
    file = tmp_path / "endless.tm"
    file.write_text(ENDLESS)
    limits = ("--steps", 10**12, "--cells", 2**62 - 1)
    done = call("run", file, *limits, *option, code=WITH_LITTLE_MEMORY)
    assert done.returncode == 1
    assert done.stderr == (
        b"tmtail: error: not enough memory; give a smaller limit of cells, transitions or items\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("fmt", "--check"),
        ("table",),
        ("table", "--as", "json"),
        ("table", "--as", "tsv"),
        ("import",),
        ("diagram", "--as", "dot"),
        ("run", "--stats"),
        ("run", "--json"),
        ("trace",),
        ("trace", "--format", "configurations", "--json"),
    ],
)
def test_a_file_name_that_is_not_utf8(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = os.fsencode(tmp_path) + b"/\xff\xfe.tm"
    Path(os.fsdecode(file)).write_text(ENDLESS if arguments == ("import",) else SPEAKING)
    if arguments == ("fmt", "--check"):
        call("fmt", file)
    done = call(*arguments, file)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("name", [b"\xff.svg", b"\xff.png"])
def test_a_picture_whose_name_is_not_utf8(tmp_path: Path, name: bytes) -> None:
    file = os.fsencode(tmp_path) + b"/" + name
    done = call("run", "1RB1LB_1LA1RZ", "--picture", file)
    assert (done.returncode, done.stderr) == (0, b"")
    assert os.listdir(os.fsencode(tmp_path)) == [name]


@pytest.mark.parametrize("arguments", [("run",), ("check",), ("table",), ("trace",)])
def test_a_missing_file_whose_name_is_not_utf8(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = call(*arguments, os.fsencode(tmp_path) + b"/\xff.tm")
    assert done.returncode == 1
    assert b"\\udcff.tm" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("module", ["typer", "tmtail.cli", "tmtail.cli.commands.runs", "numpy",
                                    "tm.engine.compiled", "numba"])  # fmt: skip
def test_ctrl_c_while_modules_are_loaded(module: str) -> None:
    done = call(module, "run", "1RB1LB_1LA1RZ", "--engine", "compiled", code=INTERRUPTED_AT)
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr
