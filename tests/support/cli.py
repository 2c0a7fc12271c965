"""Calls of the ``tmtail`` command, in the test's process and in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple, Protocol

from typer.testing import CliRunner

from tmtail.cli import app


class Answer(NamedTuple):
    """Exit code, standard output and standard error of a command."""

    code: int
    out: str
    err: str


class Command(Protocol):
    """A function that calls ``tmtail`` with arguments, which may be of any type."""

    def __call__(self, *arguments: object, stdin: str = "") -> Answer: ...


def call_here(*arguments: object, stdin: str = "") -> Answer:
    """Call the command in this process; exceptions that it does not handle are passed on."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def call_process(*arguments: object, stdin: str = "") -> Answer:
    """Call the command in a process of its own."""
    command = [sys.executable, "-m", "tmtail", *(str(argument) for argument in arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, input=stdin
    )
    return Answer(done.returncode, done.stdout, done.stderr)
