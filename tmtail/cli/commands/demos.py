"""``demo``: the whole path in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="A folder for all it makes; a demo's is reused.")
    ] = Path("out/demo"),
    seed: Annotated[int, typer.Option(help="Of the corpus, the weights and the training.")] = 0,
) -> None:
    """Build a corpus, train a tiny model, score it: six minutes."""
    from rich.console import Console

    from training.demo import demo as run_demo

    run_demo(out, console=Console(), seed=seed)
