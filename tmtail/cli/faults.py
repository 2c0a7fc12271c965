"""Exit codes and error messages: a user's mistake is reported in one line, without a traceback."""

from __future__ import annotations

import os
import re
import sys
from enum import IntEnum
from pathlib import Path
from traceback import format_exception
from types import TracebackType
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from tm.support.escaping import escape_controls
from tm.support.extras import missing_package
from tm.support.suggestions import similar_file

if TYPE_CHECKING:
    from tm import Outcome


class ExitCode(IntEnum):
    """Exit codes of every command."""

    FINE = 0
    FAULT = 1  # the input has errors, or a check found some
    USAGE = 2  # unknown command or option; Typer's own
    REJECT = 3  # `run`, `trace`: the machine rejected
    STUCK = 4  # `run`, `trace`: the machine had no transition
    LIMIT = 5  # `run`, `trace`: a limit of transitions, cells or letters was reached
    INTERRUPTED = 130  # Ctrl-C
    PIPE = 141  # the reader of the output closed it


def exit_code(outcome: Outcome) -> ExitCode:
    """Return the exit code of ``run`` and ``trace``."""
    codes = {"accept": ExitCode.FINE, "reject": ExitCode.REJECT, "stuck": ExitCode.STUCK}
    return codes.get(outcome, ExitCode.LIMIT)


OWN_PACKAGES = ("tm", "compiler", "tasks", "evaluation", "training", "tmtail")


_MESSAGE_STYLES = {
    r"(?m)^(?:\S+: )?error(?:\[TM\d+\])?:": "bold red",
    r"(?m)^\S+: warning\[TM\d+\]:": "bold yellow",
    r"(?m)^\S+: note:": "bold",
    r"(?m)^help: .*": "cyan",
    r"(?m)^ +\d* \|": "dim",
    r"(?m)\^+$": "bold red",
}
"""Colours of the parts of a message on a terminal."""


class Group(TyperGroup):
    """The root command, which turns errors of the user's input into messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return self._invoke(ctx)
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and not _is_in_user_module(trace):
                trace = trace.tb_next
            if trace is None:
                raise
            # A defect of a user's task or a plugin: the traceback begins in their file.
            lines = format_exception(type(error), error, trace, chain=False)
            raise error_exit(
                "the code of a task or plugin failed\n" + "".join(lines).rstrip()
            ) from None

    def _invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # Python flushes stdout once more when it exits; that must not fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.PIPE) from None
        except KeyboardInterrupt:
            print_error("tmtail: interrupted; no file was left half written")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except ModuleNotFoundError as error:
            if not (reason := missing_package(error)):
                raise
            raise error_exit(f"this command {reason}") from None
        except OSError as error:
            subject = f"{error.filename}: " if error.filename else ""
            reason = error.strerror or str(error)
            if isinstance(error, FileNotFoundError) and error.filename:
                reason = "; ".join(filter(None, (reason, similar_file(Path(error.filename)))))
            raise error_exit(f"{subject}{reason}") from None
        except MemoryError:
            raise error_exit(
                "not enough memory; give a smaller limit of cells, transitions or items"
            ) from None
        except SyntaxError as error:  # in a task's file
            raise error_exit(f"{error.filename}:{error.lineno}: {error.msg}") from None
        except (typer.Exit, typer.Abort):  # subclasses of RuntimeError
            raise
        except (ValueError, RuntimeError) as error:
            if not _is_expected(error.__traceback__):
                raise  # a defect, which needs its traceback
            raise error_exit(str(error)) from None


def error_exit(message: str) -> typer.Exit:
    """Print an error on stderr and return the exit to raise."""
    is_diagnostic = re.search(r"^\S.*: error\[TM", message)  # it says `error` itself
    print_error(message if is_diagnostic else f"tmtail: error: {message}")
    return typer.Exit(ExitCode.FAULT)


def print_error(message: str) -> None:
    """Print a message on stderr, with terminal controls escaped; on a terminal in colours."""
    text = escape_controls(message)
    if not sys.stderr.isatty():
        print(text, file=sys.stderr)
        return
    from rich.console import Console
    from rich.text import Text

    coloured = Text(text)
    for pattern, style in _MESSAGE_STYLES.items():
        coloured.highlight_regex(pattern, style)
    Console(stderr=True, highlight=False, soft_wrap=True).print(coloured)


def _is_expected(trace: TracebackType | None) -> bool:
    """Return whether tmtail, a user's task or a plugin raised the error, and not a library."""
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    return _module(trace).partition(".")[0] in OWN_PACKAGES or _is_in_user_module(trace)


def _is_in_user_module(trace: TracebackType) -> bool:
    """Return whether the code is a user's: a task's file, an installed task or backend."""
    checks = [("tasks.modules", "is_task_file"), ("tm.support.plugins", "is_plugin_module")]
    return any(
        getattr(sys.modules[module], check)(_module(trace))
        for module, check in checks
        if module in sys.modules
    )


def _module(trace: TracebackType) -> str:
    return str(trace.tb_frame.f_globals.get("__name__", ""))
