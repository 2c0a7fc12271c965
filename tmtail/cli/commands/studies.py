"""``study``: several models trained and scored side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tmtail.cli.confirmation import YesOption, confirm
from tmtail.cli.faults import ExitCode
from tmtail.cli.options import AsJson
from tmtail.cli.output import progress, show_json, silence_libraries, split_names
from tmtail.cli.tables import show_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.studies.rows import AttentionRow
    from training.studies.cells import Cell
    from training.studies.planning import CellPlan

study = typer.Typer(
    help="Train and score several models side by side.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

StudyArgument = Annotated[
    str,
    typer.Argument(metavar="NAME|FILE", help="Name of a built-in study, or YAML file of one."),
]
ScaleOption = Annotated[
    Literal["tiny", "small", "7b"],
    typer.Option(
        help="Preset of sizes: `tiny`, models of a million parameters on a CPU; `small`, LoRA on "
        "half a billion parameters; `7b`, the paper's ranges and size."
    ),
]
OutOption = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Folder of corpora, models and scores; a run resumes there."),
]
ArmsOption = Annotated[
    str, typer.Option(metavar="a,b", help="Arms of the study; all by default.", show_default=False)
]
TasksOption = Annotated[
    str,
    typer.Option(
        metavar="a,b",
        help="Tasks of the study, and .py files of further ones; all by default.",
        show_default=False,
    ),
]
SeedsOption = Annotated[
    str, typer.Option(metavar="0,1", help="Seeds of the study; all by default.", show_default=False)
]
SplitOption = Annotated[
    Literal["probe", "eval"],
    typer.Option(
        help="Problems that are scored: `probe` while a recipe is developed, `eval` once it is "
        "frozen."
    ),
]
RangesOption = Annotated[
    str,
    typer.Option(
        metavar="S,M,L",
        help="Ranges to score now; all by default. A later run in the same folder adds others.",
        show_default=False,
    ),
]
ModelOption = Annotated[
    str,
    typer.Option(
        metavar="DIR|NAME", help="Model instead of the recipe's pretrained one.", show_default=False
    ),
]


@study.command("list")
def list_studies(as_json: AsJson = False) -> None:
    """List the built-in studies.

    \b
    Example:
      tmtail study list
    """
    from training.studies.definition import read_study, study_names

    studies = {name: read_study(name) for name in study_names()}
    if as_json:
        show_json([
            {"name": name, "title": study.title, "tasks": study.task_names,
             "arms": [arm.name for arm in study.arms], "seeds": study.seeds}
            for name, study in studies.items()
        ])  # fmt: skip
        return
    lines = [
        (name, study.title, len(study.task_names), ", ".join(arm.name for arm in study.arms))
        for name, study in studies.items()
    ]
    show_columns(("study", "compares", "tasks", "arms"), lines)


@study.command()
def plan(
    name: StudyArgument,
    scale: ScaleOption = "tiny",
    out: OutOption = Path("study"),
    arms: ArmsOption = "",
    tasks: TasksOption = "",
    seeds: SeedsOption = "",
    split: SplitOption = "probe",
    model: ModelOption = "",
    ranges: RangesOption = "",
    as_json: AsJson = False,
) -> None:
    """Estimate the tokens, time and memory of a study, and run nothing.

    \b
    Example:
      tmtail study plan main --scale tiny --tasks lcs
    """
    silence_libraries()
    plans = _estimate(_cells(name, scale, out, arms, tasks, seeds, split, model, ranges))
    if as_json:
        show_json([{**each._asdict(), "cell": each.cell.name} for each in plans])
        return
    header = ("cell", "records", "tokens", "longest record", "device", "minutes", "GB", "")
    lines = [
        (
            each.cell.name,
            f"{each.records:,}",
            f"{each.tokens:,}",
            f"{each.longest:,}",
            each.device,
            f"{each.seconds / 60:,.1f}",
            f"{each.memory / 1e9:.1f}",
            "finished" if each.finished else "",
        )
        for each in plans
    ]
    show_columns(header, lines)
    left = [each for each in plans if not each.finished]
    minutes = sum(each.seconds for each in left) / 60
    print(
        f"{len(left)} of {len(plans)} cells to run, {sum(p.tokens for p in left):,} tokens, about "
        f"{minutes:,.0f} minutes of training; scoring is not included."
    )
    print("Estimated by the formulas in training/plan.py, of a CPU for one core.")


@study.command()
def run(
    name: StudyArgument,
    scale: ScaleOption = "tiny",
    out: OutOption = Path("study"),
    jobs: Annotated[int, typer.Option(min=1, help="Cells that run at the same time.")] = 1,
    arms: ArmsOption = "",
    tasks: TasksOption = "",
    seeds: SeedsOption = "",
    split: SplitOption = "probe",
    model: ModelOption = "",
    ranges: RangesOption = "",
    yes: YesOption = False,
) -> None:
    """Build the corpora of a study, and train and score its models.

    Every model is a cell of its own, in a process of its own. A study that was interrupted, or
    that gets more arms or tasks, resumes in the same folder. A study of more than a minute says
    how long its training takes, and asks on a terminal. Exits with 1 if a cell failed.

    \b
    Example:
      tmtail study run main --scale tiny --tasks lcs --out study --jobs 2
    """
    from training.studies.running import run_cells

    silence_libraries()
    cells = _cells(name, scale, out, arms, tasks, seeds, split, model, ranges)
    left = [each for each in _estimate(cells) if not each.finished]
    tokens = sum(each.tokens for each in left)
    confirm(
        f"{len(left)} of {len(cells)} cells to run, {tokens:,} tokens of training",
        sum(each.seconds for each in left) / jobs,
        yes=yes,
    )
    results = run_cells(cells, jobs=jobs, report=lambda line: print(line, flush=True))
    failed = [result for result in results if result.fault]
    print(f"{len(cells) - len(failed)} of {len(cells)} cells are finished")
    if failed:
        raise typer.Exit(ExitCode.FAULT)


@study.command()
def show(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="Folder of a study, or folders that `eval` wrote."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write the report here; by default, that of a study goes into its folder, and "
            "none is written of folders of `eval`.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the results of a study, and write its report and all rows as files.

    Folders that `tmtail eval --out` wrote are shown side by side, each as an arm. They must have
    the same problems.

    \b
    Example:
      tmtail study show study
      tmtail study show scores/tail scores/plain --out report
    """
    from dataclasses import asdict

    from evaluation.reports.results import RESULTS_FILE
    from evaluation.studies.report import (
        INTERVALS,
        attention_table,
        means_table,
        notes,
        scores_table,
        write_report,
    )
    from evaluation.studies.scores import rows_of_results
    from evaluation.studies.summary import summarize
    from training.studies.running import attention_in, results_in

    attention: list[AttentionRow] = []
    if len(folders) > 1 or (folders[0] / RESULTS_FILE).is_file():
        rows, items = rows_of_results(folders)
    else:
        out = out or folders[0]
        rows, items = results_in(folders[0])
        attention = attention_in(folders[0], rows)
    scores = summarize(rows, items)
    paths = write_report(out, rows, items, scores, attention) if out else []
    if as_json:
        show_json([asdict(row) for row in rows])
        return
    for table in (scores_table(scores), means_table(scores), attention_table(attention)):
        if table:
            show_columns(table.header, table.lines)
            print()
    print(*notes(scores), INTERVALS, sep="\n")
    if paths:
        print("Written: " + ", ".join(map(str, paths)))


def _estimate(cells: Sequence[Cell]) -> list[CellPlan]:
    """Estimate the training of cells; a long estimate is announced, and reports its progress."""
    from training.studies.planning import SECONDS_PER_CELL, plan_cells

    confirm(f"{len(cells)} cells to estimate", len(cells) * SECONDS_PER_CELL, yes=True)
    with progress("cells estimated") as report:
        return plan_cells(cells, report=report)


def _cells(
    name: str,
    scale: str,
    out: Path,
    arms: str,
    tasks: str,
    seeds: str,
    split: str,
    model: str,
    ranges: str,
) -> list[Cell]:
    from training.studies.cells import RANGES, Experiment, expand

    chosen = split_names(tasks)
    files = [each for each in chosen if Path(each).suffix == ".py"]
    experiment = Experiment(
        source=name,
        scale_name=scale,
        out=out,
        split="eval" if split == "eval" else "probe",
        model=model or None,
        task_files=tuple(files),
        ranges=split_names(ranges) or RANGES,
    )
    return expand(
        experiment,
        arms=split_names(arms),
        tasks=[
            experiment.own_tasks[Path(each).resolve()].name if each in files else each
            for each in chosen
        ],
        seeds=split_names(seeds),
    )
