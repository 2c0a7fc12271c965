"""``tasks`` and ``corpus``: list the tasks, and build, verify, show and export corpora."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tm.support.escaping import escape_controls
from tmtail.cli.confirmation import YesOption, confirm
from tmtail.cli.faults import ExitCode
from tmtail.cli.options import AsJson, PromptOption
from tmtail.cli.output import (
    count_progress,
    progress,
    show_json,
    show_spans,
    split_names,
    table_sizes,
)
from tmtail.cli.tables import show_columns
from tmtail.cli.targets import TasksOption, load_tasks, read_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.base import AnyTask
    from tasks.corpus import Corpus
    from tasks.corpus.verification import Leak

corpus = typer.Typer(
    no_args_is_help=True,
    help="Build, verify, show and export datasets of prompts and texts.",
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the corpus.")]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Number of processes; by default one for each processor."),
]
ExecutorOption = Annotated[
    Literal["processes", "ray"],
    typer.Option("--engine", help="Run in processes of this machine or on a Ray cluster."),
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Address of a running Ray cluster, or `auto`; by default Ray starts on this machine.",
    ),
]
OwnTasks = Annotated[
    str, typer.Option(metavar="a.py,b.py", help="Files of the tasks that are not built in.")
]


def tasks(as_json: AsJson = False) -> None:
    """List the tasks, their ranges and the sizes of their machines.

    \b
    Example:
      tmtail tasks
    """
    descriptions: list[dict[str, Any]] = [
        {
            "name": task.name,
            "paradigm": task.paradigm,
            "ranges": dict(task.ranges),
            "greatest_length": task.greatest_length,
            **table_sizes(task.table),
        }
        for task in load_tasks("all")
    ]
    if as_json:
        show_json(descriptions)
        return
    ranges = list(dict.fromkeys(name for each in descriptions for name in each["ranges"]))
    sizes = ("tapes", "states", "rows")
    rows = [
        [
            *(each["name"], each["paradigm"]),
            *("–".join(map(str, each["ranges"].get(name, ()))) for name in ranges),
            each["greatest_length"],
            *(each[size] for size in sizes),
        ]
        for each in descriptions
    ]
    show_columns(("task", "paradigm", *ranges, "longest", *sizes), rows, group=1)


@corpus.command()
def build(
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of the corpus; an unfinished build is resumed."),
    ],
    tasks: TasksOption = "all",
    train: Annotated[
        int, typer.Option(min=0, metavar="N", help="Training records of each task.")
    ] = 100_000,
    eval: Annotated[
        int, typer.Option(min=0, metavar="N", help="Evaluation records of each task and range.")
    ] = 500,
    probe: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="N",
            help="Records of each task and range for scoring a model during training.",
        ),
    ] = 200,
    ranges: Annotated[
        str,
        typer.Option(
            metavar="S,M,L",
            help="Ranges that get evaluation and probe records; with lengths of your own, like "
            "S=2-6,XL=20-40.",
        ),
    ] = "S,M,L",
    mix: Annotated[
        str,
        typer.Option(
            metavar="S:M:L",
            help="Distribution of the training records over the ranges, like 8:1:1; by default all "
            "are of the first range.",
        ),
    ] = "1",
    weights: Annotated[
        str,
        typer.Option(
            metavar="a:b",
            help="Distribution of the training records over the tasks, like 3:1; by default equal.",
        ),
    ] = "",
    seed: Annotated[
        int, typer.Option(help="Seed of the corpus; the same seed gives the same bytes.")
    ] = 0,
    format: Annotated[
        Literal["tail", "transitions", "configurations", "answer", "index_hint", "reversed"],
        typer.Option(
            help="Form of the completions: the chain of thought (`tail`), a listing of the "
            "machine's run, the answer alone, or a baseline for addition.",
        ),
    ] = "tail",
    style: Annotated[
        str,
        typer.Option(
            help="Wording of the chain of thought: `minimal`, `styled`, `plain` (ordinary prose), "
            "or a style of your machine."
        ),
    ] = "minimal",
    depth: Annotated[int, typer.Option(min=1, help="Levels of nested steps to write.")] = 1,
    without: Annotated[
        str,
        typer.Option(
            metavar="fetch,atomic,linear",
            help="Modules to leave out of the chain of thought, for ablations.",
        ),
    ] = "",
    prompt: PromptOption = "plain",
    spans: Annotated[
        bool, typer.Option(help="Store the role and step of each stretch of the completions.")
    ] = True,
    tokenizer: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A model's tokenizer.json, or its folder: count tokens."),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Leave out longer records; requires --tokenizer."),
    ] = None,
    executor: ExecutorOption = "processes",
    address: Address = None,
    workers: Workers = None,
    yes: YesOption = False,
    as_json: AsJson = False,
) -> None:
    """Build a corpus, or resume an interrupted build.

    The records are stored in Parquet files. Evaluation records are chosen first, then probes;
    training never uses their problems. A build of more than a minute prints its size and time
    first, and asks on a terminal.

    \b
    Example:
      tmtail corpus build --tasks bubble_sort,lcs --train 2000 --eval 100 --out corpus
    """
    from tasks.corpus import CorpusRequest, Form, RecordOptions
    from tasks.corpus import build as build_corpus
    from tasks.corpus.building import record_seconds

    range_names, lengths = read_ranges(ranges)
    request = CorpusRequest(
        tasks=load_tasks(tasks, lengths),
        train=train,
        eval=eval,
        probe=probe,
        ranges=range_names,
        mix=_weights(mix, "--mix"),
        weights=_weights(weights, "--weights") if weights else (),
        seed=seed,
        options=RecordOptions(
            form=Form(
                format=format,
                style=style,
                depth=depth,
                without=split_names(without),
                prompt=prompt,
            ),
            spans=spans,
            tokenizer=tokenizer,
            max_tokens=max_tokens,
        ),
    )
    confirm(
        f"{request.records:,} records at most", record_seconds(request.records, workers), yes=yes
    )
    with progress("records") as report:
        built = build_corpus(
            request, out=out, executor=executor, workers=workers, address=address, progress=report
        )
    if as_json:
        show_json(built.manifest)
    else:
        _show_parts(built)
        _show_hints(built, request.tasks)


def _weights(text: str, option: str) -> tuple[int, ...]:
    """Parse whole numbers with colons between them."""
    try:
        return tuple(int(weight) for weight in text.split(":"))
    except ValueError:
        message = f"{text!r} must be whole numbers separated by colons, like 8:1:1"
        raise typer.BadParameter(message, param_hint=option) from None


def _show_parts(built: Corpus) -> None:
    from tasks.corpus.documents.card import shortfall

    header = ("task", "range", "split", "asked", "records", "problems")
    rows = [[*(part[name] for name in header), shortfall(part)] for part in built.parts()]
    show_columns((*header, ""), rows)
    print(f"{built.folder}: {built.digest[:16]}")


def _show_hints(built: Corpus, tasks: Sequence[AnyTask]) -> None:
    """Print how tasks with fewer records than requested can have more."""
    from tasks import Task

    for task in tasks:
        parts = built.parts(task=task.name)
        if any(part["items"] for part in parts) and not any(part["records"] for part in parts):
            print(
                f"{task.name}: the corpus has no record of it, as no text ends within the limits; "
                "see with `tmtail trace` whether the machine halts"
            )
        parts = built.parts("train", task=task.name)
        is_numbered = type(task).unrank is not Task.unrank
        if not is_numbered and any(part["items"] < part["asked"] for part in parts):
            print(
                f"{task.name}: training repeats no problem, since its class does not number them; "
                "define `count` and `unrank` (docs/authoring.md), or widen the range"
            )


@corpus.command()
def verify(
    folder: Folder,
    tasks: OwnTasks = "",
    tokenizer: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The tokenizer that counted the tokens; without it they are not compared.",
        ),
    ] = None,
    executor: ExecutorOption = "processes",
    address: Address = None,
    workers: Workers = None,
    yes: YesOption = False,
    as_json: AsJson = False,
) -> None:
    """Verify the files, the records and the splits of a corpus.

    Compares hashes of the files, looks for duplicates and for problems that several splits share,
    and generates every record again. If that takes more than a minute, it prints the size and time
    first, and asks on a terminal. Exits with 1 if anything is wrong.

    \b
    Example:
      tmtail corpus verify corpus
    """
    from tasks.corpus import Corpus
    from tasks.corpus.building import record_seconds
    from tasks.corpus.verification import verify as verify_corpus

    opened, known = Corpus.open(folder), load_tasks(tasks)
    records = sum(part["records"] for part in opened.parts())
    confirm(f"{records:,} records to make again", record_seconds(records, workers), yes=yes)
    with progress("files") as report:
        result = verify_corpus(
            opened,
            tasks=known,
            tokenizer=tokenizer,
            executor=executor,
            workers=workers,
            address=address,
            progress=report,
        )
    if as_json:
        leaks = [{**leak._asdict(), "fine": leak.fine} for leak in result.leaks]
        show_json({**result._asdict(), "leaks": leaks})
    else:
        header = ("task", "splits", "problems shared", "prompts shared", "")
        show_columns(header, map(_leak_row, result.leaks))
        for name in result.earlier:
            print(
                f"{name}: verified by the machine and wordings in the corpus, not the present ones"
            )
        for fault in result.faults:
            print(escape_controls(fault))
        print(f"records {result.records:,}, faults {len(result.faults)}")
    if result.faults:
        raise typer.Exit(ExitCode.FAULT)


def _leak_row(leak: Leak) -> tuple[object, ...]:
    remark = "other wordings of few problems" if leak.problems else "none"
    splits = " / ".join(dict.fromkeys(leak.splits))
    return leak.task, splits, leak.problems, leak.prompts, remark if leak.fine else "LEAK"


@corpus.command()
def show(
    folder: Folder,
    index: Annotated[
        int, typer.Option(min=0, metavar="N", help="First record to show, among those selected.")
    ] = 0,
    n: Annotated[
        int, typer.Option("--n", min=1, metavar="N", help="Number of records to show.")
    ] = 1,
    task: Annotated[str | None, typer.Option(help="Select records of this task.")] = None,
    range: Annotated[str | None, typer.Option(help="Select records of this range.")] = None,
    split: Annotated[
        str | None, typer.Option(help="Select records of this split: train, probe or eval.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print records of a corpus, with the roles of the text in colours.

    Colours appear on a terminal only.

    \b
    Example:
      tmtail corpus show corpus --split eval --range L --n 3
    """
    from itertools import islice

    from tasks.corpus import Corpus

    records = Corpus.open(folder).records(split, task=task, range_name=range, first=index)
    selected = list(islice(records, n))
    if not selected:
        raise ValueError(f"--index: there is no record {index} in this selection of {folder}")
    for record in selected:
        if as_json:
            show_json(record)
            continue
        name = escape_controls(record["id"])
        print(f"{name}: length {record['length']}, {record['bytes']:,} bytes, ", end="")
        print(f"{record['atomic_states']:,} steps, {record['transitions']:,} transitions\n")
        print(escape_controls(record["prompt"]))
        show_spans(record["completion"], record.get("spans"))
        print()


@corpus.command()
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files SPLIT.jsonl.")],
    format: Annotated[
        Literal["prompt-completion", "messages", "sharegpt", "verl", "next-state", "dpo", "jsonl"],
        typer.Option(
            help="Format of TRL, messages, ShareGPT, verl (Parquet), atomic states with what is "
            "before them, right and wrong states, or all columns."
        ),
    ] = "prompt-completion",
    tasks: OwnTasks = "",
    yes: YesOption = False,
) -> None:
    """Write the records as JSON lines, one file for each split.

    Other trainers read them: TRL, chat trainers, ShareGPT's. `verl` is written as Parquet. An
    export of more than a minute prints its size and time first, and asks on a terminal.

    \b
    Example:
      tmtail corpus export corpus --format messages --out exported
    """
    from tasks.corpus import Corpus
    from tasks.corpus.export import export as export_corpus
    from tasks.corpus.export import plan_export

    opened, known = Corpus.open(folder), load_tasks(tasks)
    plan = plan_export(opened, format)
    size = f"{plan.records:,} records, about {plan.bytes / 1e6:,.0f} MB to write"
    confirm(size, plan.seconds, yes=yes)
    with progress("records") as report:
        counts = export_corpus(
            opened, out, format, tasks=known, advance=count_progress(report, plan.records)
        )
    for path, rows in counts.items():
        print(f"{path}: {rows:,} records")


@corpus.command()
def plot(
    folder: Folder,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PNG file to write; by default DIR/sizes.png."),
    ] = None,
) -> None:
    """Plot the distribution of text sizes, by task and range.

    \b
    Example:
      tmtail corpus plot corpus
    """
    from evaluation.reports.lengths import draw_lengths
    from tasks.corpus import Corpus

    out = out or folder / "sizes.png"
    draw_lengths(Corpus.open(folder), out)
    print(out)
