"""``new`` and ``lsp``: help for people who write tasks and machines."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the task: lower-case letters, digits, _.")
    ],
    paradigm: Annotated[
        str, typer.Option(metavar="P", help="Family of algorithms that the task belongs to.")
    ] = "iteration",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files.")] = Path(),
) -> None:
    """Write the files of a new task.

    They are a machine, a Python file, prompts and tests. The task adds up bits modulo 2 and
    passes `check`, `lint` and its own tests; replace its problem by your own, as
    docs/authoring.md describes. Existing files are never overwritten.

    \b
    Example:
      tmtail new parity --paradigm iteration
      tmtail check parity.tm
      tmtail lint parity.py
      pytest test_parity.py
    """
    from tmtail.creation import create_task

    for path in create_task(name, out, paradigm=paradigm):
        print(path)


def lsp() -> None:
    """Run the language server for editors.

    It offers diagnostics, formatting, hover, navigation, completion and renaming.
    Speaks the Language Server Protocol on standard input and output; an editor starts it.
    docs/editors.md shows how to set up VS Code, Neovim and Helix. Needs the `editor` extra.

    \b
    Example:
      tmtail lsp
    """
    from tmtail.lsp.server import create_server

    # The server closes the stream that it writes to; the command flushes its own when it ends.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as stream:
        create_server().start_io(stdout=stream)
