"""``eval pool`` and ``eval export``: results of several runs, and their outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tmtail.cli.confirmation import confirm
from tmtail.cli.options import AsJson
from tmtail.cli.output import progress, show_json
from tmtail.cli.tables import show_columns


def pool(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders with the results of runs.")
    ],
    as_json: AsJson = False,
) -> None:
    """Pool the results of several runs.

    The runs are, for example, of several training seeds. Runs and problems are resampled
    independently, so that the 95 % intervals hold for other runs and other problems.

    \b
    Example:
      tmtail eval pool scores-1 scores-2 scores-3
    """
    from evaluation.runs.pooling import BYTES_PER_SECOND, pool_results, results_size

    size = results_size(folders)
    confirm(f"{size / 1e6:,.0f} MB of outputs to read", size / BYTES_PER_SECOND, yes=True)
    with progress("outputs") as report:
        rows = pool_results(folders, report=report)
    if as_json:
        show_json([
            {**row._asdict(), "accuracy": row.accuracy._asdict(),
             "exactness": row.exactness and row.exactness._asdict()}
            for row in rows
        ])  # fmt: skip
        return
    header = ("task", "range", "runs", "instances", "answer accuracy", "exact chains")
    show_columns(
        header,
        [
            (*row[:4], row.accuracy.percent, row.exactness.percent if row.exactness else "–")
            for row in rows
        ],
    )


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with results.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="JSON file to write.")],
    format: Annotated[
        Literal["processbench"],
        typer.Option(help="The lines of each output, and the index of the first wrong one or -1."),
    ] = "processbench",
) -> None:
    """Write the outputs of a run with labels of their steps.

    \b
    Example:
      tmtail eval export scores --out labels.json
    """
    from evaluation.rewards.process_labels import export_process_labels

    print(f"{out}: {export_process_labels(folder, out):,} outputs")
