"""What a command says and returns when something goes wrong: no traceback for a user's mistake."""

from __future__ import annotations

import os
import re
import sys
from enum import IntEnum
from traceback import format_exception
from types import TracebackType
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from tm.support.escaping import escape_controls

if TYPE_CHECKING:
    from tm import Outcome


class ExitCode(IntEnum):
    """The exit codes of every command."""

    FINE = 0
    FAULT = 1  # what was given has faults, or a check found some
    USAGE = 2  # no such command or option; typer's own
    REJECT = 3  # `run`, `trace`: the machine rejected
    STUCK = 4  # … it had no transition to go on with
    LIMIT = 5  # … a limit of steps, cells or letters ended it
    INTERRUPTED = 130  # Ctrl-C
    PIPE = 141  # the reader of the output went away


def exit_code(outcome: Outcome) -> ExitCode:
    """Return the exit code of ``run`` and ``trace``."""
    known = {"accept": ExitCode.FINE, "reject": ExitCode.REJECT, "stuck": ExitCode.STUCK}
    return known.get(outcome, ExitCode.LIMIT)


OURS = ("tm", "compiler", "tasks", "evaluation", "training", "tmtail")
EXTRAS = {"hypothesis": "testing", "openai": "openai", "ray": "ray", "tokenizers": "lint",
          "vllm": "vllm"}  # fmt: skip
"""The extra that brings a package; every other optional package comes with ``train``."""
OPTIONAL = (*EXTRAS, "accelerate", "datasets", "peft", "safetensors", "torch", "transformers",
            "trl", "yaml")  # fmt: skip


class Group(TyperGroup):
    """The root command: every fault of what a user gave passes through here."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return self._invoke(ctx)
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and not _of_task_file(trace):
                trace = trace.tb_next
            if trace is None:
                raise
            # A bug of the user's: from their file on, without what called it.
            lines = format_exception(type(error), error, trace, chain=False)
            raise fail("in a task's file\n" + "".join(lines).rstrip()) from None

    def _invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # Python flushes stdout once more at its end; that must not fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.PIPE) from None
        except KeyboardInterrupt:
            complain("tmtail: interrupted; nothing was left half-written")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in OPTIONAL:
                raise
            extra = EXTRAS.get(package, "train")
            raise fail(f"this needs `{package}`: pip install 'tmtail[{extra}]'") from None
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise fail(f"{where}{error.strerror or error}") from None
        except SyntaxError as error:  # of a task's file
            raise fail(f"{error.filename}:{error.lineno}: {error.msg}") from None
        except (typer.Exit, typer.Abort):  # they are RuntimeErrors
            raise
        except (ValueError, RuntimeError) as error:
            if not _said_by_us(error.__traceback__):
                raise  # a bug, which wants its traceback
            raise fail(str(error)) from None


def fail(message: str) -> typer.Exit:
    """Say what is wrong on stderr; the exit to raise. A diagnostic brings its own ``error``."""
    complain(message if re.search(r"^\S.*: error\[TM", message) else f"tmtail: error: {message}")
    return typer.Exit(ExitCode.FAULT)


def complain(message: str) -> None:
    """Print on stderr."""
    print(escape_controls(message), file=sys.stderr)


def _said_by_us(trace: TracebackType | None) -> bool:
    """Whether the error was raised by our own packages or a user's task file, not by a library."""
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    return _module(trace).partition(".")[0] in OURS or _of_task_file(trace)


def _of_task_file(trace: TracebackType) -> bool:
    modules = sys.modules.get("tasks.modules")
    return modules is not None and modules.is_user_module(_module(trace))


def _module(trace: TracebackType) -> str:
    return str(trace.tb_frame.f_globals.get("__name__", ""))
