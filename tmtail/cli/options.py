"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Tapes = Annotated[
    list[str],
    typer.Option(metavar="NAME=TEXT", help="Text to write on an input tape; may be repeated."),
]
