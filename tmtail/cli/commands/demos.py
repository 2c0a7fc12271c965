"""``demo``: from a machine to the scores of a trained model, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tmtail.cli.output import silence_libraries


def demo(
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="Folder to write; the folder of an earlier demo is replaced."
        ),
    ] = Path("out/demo"),
    seed: Annotated[
        int, typer.Option(help="Seed of the corpus, the initial weights and the training.")
    ] = 0,
) -> None:
    """Build a corpus, train a tiny model and score it.

    Takes about six minutes, and needs no GPU and no network. The model learns to compare
    numbers of 2 to 5 digits, and is scored on up to 12 digits. DIR gets a picture of the
    scores, results.png, and a report, results/report.html.

    \b
    Example:
      tmtail demo --out out/demo
    """
    from rich.console import Console

    from training.demo import demo as run_demo

    silence_libraries()
    run_demo(out, console=Console(), seed=seed)
