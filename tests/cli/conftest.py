from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tmtail.cli import app

COPY = """\
tape a: '0' | '1'
tape b: '0' | '1'
start copy
rule copy ['0', _] -> [*, '1'] [R, R] copy
rule copy [_, *] -> accept
"""


class Answer:
    """What a command returned: exit code, stdout, stderr."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def tmtail() -> Callable[..., Answer]:
    """Call the command in this process."""

    def call(*arguments: object) -> Answer:
        result = CliRunner().invoke(app, [str(a) for a in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def process() -> Callable[..., Answer]:
    """Call the command in a process of its own."""

    def call(*arguments: object) -> Answer:
        command = [sys.executable, "-m", "tmtail", *(str(a) for a in arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        return Answer(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A machine of two tapes that writes a 1 for each 0, and is stuck at a 1."""
    file = tmp_path / "copy.tm"
    file.write_text(COPY)
    return file
