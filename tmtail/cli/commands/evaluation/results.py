"""``eval pool``, ``eval export`` and ``eval table``: results of several runs, and their outputs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tmtail.cli.confirmation import confirm
from tmtail.cli.options import AsJson
from tmtail.cli.output import count_progress, progress, show_json
from tmtail.cli.tables import console, show_columns, show_table
from tmtail.cli.targets import TasksOption, load_tasks

if TYPE_CHECKING:
    from evaluation.backends.base import Advance
    from evaluation.backends.config import RunConfig
    from evaluation.runs.plan import EvalPlan


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
    from evaluation.runs.pooling import pool_results

    rows = pool_results(folders)
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


def table(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG", help="YAML file with the runs; docs/evaluation.md describes it."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="Write the results of each run here; interrupted runs resume."
        ),
    ],
    tasks: TasksOption = "all",
    as_json: AsJson = False,
) -> None:
    """Score several runs on the same problems, side by side.

    A run of more than a minute prints its size and time before it starts.

    \b
    Example:
      tmtail eval table table.yaml --out results
    """
    from evaluation.reports.tables import controls_tables
    from evaluation.runs.controls import Controls, score_runs
    from evaluation.schema import read_yaml

    controls = read_yaml(config, Controls)
    chosen = () if tasks == "all" else load_tasks(tasks)
    with ExitStack() as bars:

        def watch(run: RunConfig, outputs: int) -> Advance:
            bars.close()
            return count_progress(bars.enter_context(progress(run.name)), outputs)

        def announce(run: RunConfig, plan: EvalPlan) -> None:
            confirm(f"{run.name}: {plan.size}", plan.seconds, yes=True)

        results = list(score_runs(controls, out, tasks=chosen, watch=watch, announce=announce))
    if as_json:
        show_json(results)
    else:
        for each in controls_tables(results):
            show_table(each, console())
            print()
