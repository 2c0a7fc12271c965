"""``tasks`` and ``corpus build``: what there is to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tmtail.cli.machines import sizes
from tmtail.cli.output import names, progress, show_columns, show_json
from tmtail.cli.targets import Tasks, load_tasks

corpus = typer.Typer(no_args_is_help=True, help="Datasets of prompts and chains of thought.")


def tasks(
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the tasks, their ranges, and how large their machines are."""
    found = load_tasks("all")
    if as_json:
        show_json(
            [
                {
                    "name": task.name,
                    "paradigm": task.paradigm,
                    "ranges": dict(task.ranges),
                    **sizes(task.table),
                }
                for task in found
            ]
        )
        return
    rows = [
        (
            task.name,
            task.paradigm,
            "  ".join(f"{name} {low}–{high}" for name, (low, high) in task.ranges.items()),
            *sizes(task.table).values(),
        )
        for task in found
    ]
    show_columns(("task", "paradigm", "ranges", "tapes", "states", "rows"), rows)


@corpus.command()
def build(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to make.")],
    train: Annotated[int, typer.Option(min=0, help="Training records of each task and range.")],
    tasks: Tasks = "all",
    ranges: Annotated[str, typer.Option(help="The ranges to evaluate.")] = "S,M,L",
    train_ranges: Annotated[str, typer.Option(help="The ranges to train on.")] = "S",
    eval: Annotated[
        int, typer.Option(min=0, help="Evaluation records of each task and range.")
    ] = 500,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as there are cores.")
    ] = None,
    style: Annotated[str, typer.Option(help="`minimal`, or a style of the machines.")] = "minimal",
    spans: Annotated[bool, typer.Option("--spans", help="Add the spans of each text.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest.")] = False,
) -> None:
    """Build a corpus in Parquet, or finish one that was interrupted.

    Evaluation records are chosen first, and never trained on.
    """
    from tasks.corpus import build as build_corpus

    with progress("shards") as report:
        made = build_corpus(
            load_tasks(tasks),
            out=out,
            train=train,
            eval=eval,
            ranges=names(ranges),
            train_ranges=names(train_ranges),
            seed=seed,
            workers=workers,
            style=style,
            spans=spans,
            progress=report,
        )
    if as_json:
        show_json(made.manifest)
        return
    parts = made.manifest["parts"]
    header = ("task", "range", "split", "asked", "records")
    show_columns(header, [[part[name] for name in header] for part in parts])
    print(f"{made.folder}")
