"""``new``: the files of a new task."""

from __future__ import annotations

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
