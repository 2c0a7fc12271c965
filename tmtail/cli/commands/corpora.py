"""``tasks`` and ``corpus``: what there is to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tm.support.escaping import escape_controls
from tmtail.cli.faults import ExitCode
from tmtail.cli.options import AsJson
from tmtail.cli.output import names, progress, show_columns, show_json, show_spans, table_sizes
from tmtail.cli.targets import Tasks, load_tasks

if TYPE_CHECKING:
    from tasks.corpus import Corpus

corpus = typer.Typer(no_args_is_help=True, help="Datasets of prompts and chains of thought.")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a corpus.")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes; as many as there are processors.")
]
Where = Annotated[Literal["processes", "ray"], typer.Option(help="Where the work is done.")]
Address = Annotated[
    str | None, typer.Option(help="Of a running Ray cluster; `auto` for the one of this machine.")
]
OwnTasks = Annotated[str, typer.Option(metavar="a.py,b.py", help="Tasks of your own, if any.")]


def tasks(as_json: AsJson = False) -> None:
    """List the tasks, their ranges, and how large their machines are."""
    found = load_tasks("all")
    if as_json:
        show_json(
            [
                {
                    "name": task.name,
                    "paradigm": task.paradigm,
                    "ranges": dict(task.ranges),
                    **table_sizes(task.table),
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
            *table_sizes(task.table).values(),
        )
        for task in found
    ]
    show_columns(("task", "paradigm", "ranges", "tapes", "states", "rows"), rows)


@corpus.command()
def build(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to make.")],
    tasks: Tasks = "all",
    train: Annotated[int, typer.Option(min=0, help="Training records of each task.")] = 100_000,
    eval: Annotated[
        int, typer.Option(min=0, help="Evaluation records of each task and range.")
    ] = 500,
    probe: Annotated[int, typer.Option(min=0, help="Probe records of each task and range.")] = 200,
    ranges: Annotated[str, typer.Option(help="The ranges to evaluate and probe.")] = "S,M,L",
    mix: Annotated[
        str, typer.Option(metavar="S:M:L", help="How training shares itself out over the ranges.")
    ] = "1",
    weights: Annotated[
        str, typer.Option(metavar="a:b", help="… and over the tasks; all alike if not given.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    format: Annotated[
        Literal["tail", "transitions", "configurations", "answer", "index_hint", "reversed"],
        typer.Option(help="The chain of thought, all that the machine does, or a baseline."),
    ] = "tail",
    style: Annotated[
        str, typer.Option(help="`minimal`, a style of the machines, or `plain`, a baseline.")
    ] = "minimal",
    depth: Annotated[int, typer.Option(min=1, help="Levels of nested steps to say.")] = 1,
    without: Annotated[
        str, typer.Option(metavar="fetch,atomic,linear", help="Modules of the text to leave out.")
    ] = "",
    spans: Annotated[bool, typer.Option(help="Keep the spans of each text.")] = True,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A model's tokenizer.json: count tokens.")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Leave out records of more tokens.")
    ] = None,
    engine: Where = "processes",
    address: Address = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Build a corpus in Parquet, or finish one that was interrupted.

    Evaluation records are chosen first, then probes; neither is ever trained on.
    """
    from tasks.corpus import CorpusRequest, Form, RecordOptions
    from tasks.corpus import build as build_corpus

    request = CorpusRequest(
        tasks=load_tasks(tasks),
        train=train,
        eval=eval,
        probe=probe,
        ranges=names(ranges),
        mix=_ratio(mix, "--mix"),
        weights=_ratio(weights, "--weights") if weights else (),
        seed=seed,
        options=RecordOptions(
            form=Form(format=format, style=style, depth=depth, without=names(without)),
            spans=spans,
            tokenizer=tokenizer,
            max_tokens=max_tokens,
        ),
    )
    with progress("records") as report:
        made = build_corpus(
            request, out=out, executor=engine, workers=workers, address=address, progress=report
        )
    if as_json:
        show_json(made.manifest)
    else:
        _show_parts(made)


def _ratio(text: str, option: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(":"))
    except ValueError:
        hint = f"{text!r} are no whole numbers with colons between them, like 8:1:1"
        raise typer.BadParameter(hint, param_hint=option) from None


def _show_parts(made: Corpus) -> None:
    from tasks.corpus.card import shortfall

    header = ("task", "range", "split", "asked", "records", "problems")
    parts = made.manifest["parts"]
    show_columns(
        (*header, ""), [[*(part[name] for name in header), shortfall(part)] for part in parts]
    )
    print(f"{made.folder}: {made.digest[:16]}")


@corpus.command()
def verify(
    folder: Folder,
    tasks: OwnTasks = "",
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The one it was counted with, if any.")
    ] = None,
    engine: Where = "processes",
    address: Address = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Prove a corpus from its files: hashes, no duplicate, no leak, every record made again.

    Exits with 1 when anything is wrong.
    """
    from tasks.corpus import Corpus
    from tasks.corpus.verification import verify as verify_corpus

    with progress("files") as report:
        found = verify_corpus(
            Corpus.open(folder),
            tasks=load_tasks(tasks),
            tokenizer=tokenizer,
            executor=engine,
            workers=workers,
            address=address,
            progress=report,
        )
    if as_json:
        leaks = [{**leak._asdict(), "fine": leak.fine} for leak in found.leaks]
        show_json({**found._asdict(), "leaks": leaks})
    else:
        rows = [
            (
                leak.task,
                " / ".join(dict.fromkeys(leak.splits)),
                leak.problems,
                leak.prompts,
                _judged(leak.fine, leak.problems),
            )
            for leak in found.leaks
        ]
        show_columns(("task", "splits", "problems shared", "prompts shared", ""), rows)
        for fault in found.faults:
            print(fault)
        print(f"records {found.records:,}, faults {len(found.faults)}")
    if found.faults:
        raise typer.Exit(ExitCode.FAULT)


def _judged(fine: bool, problems: int) -> str:
    if not fine:
        return "LEAK"
    return "other wordings of few problems" if problems else "none"


@corpus.command()
def show(
    folder: Folder,
    index: Annotated[int, typer.Option(min=0, help="Which of those that are left, from 0.")] = 0,
    count: Annotated[int, typer.Option(min=1, help="How many to show from there on.")] = 1,
    task: Annotated[str | None, typer.Option(help="Only this task's.")] = None,
    range: Annotated[str | None, typer.Option(help="Only of this range.")] = None,
    split: Annotated[str | None, typer.Option(help="Only of this split.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print records as a person would read them, the modules of each text in colours."""
    from itertools import islice

    from tasks.corpus import Corpus

    records = Corpus.open(folder).records(split, task=task, range_name=range)
    chosen = list(islice(records, index, index + count))
    if not chosen:
        raise ValueError(f"{folder} has no record {index} of these")
    for record in chosen:
        if as_json:
            show_json(record)
            continue
        print(f"{record['id']}: length {record['length']}, {record['bytes']:,} bytes, ", end="")
        print(f"{record['atomic_states']:,} steps, {record['transitions']:,} transitions\n")
        print(escape_controls(record["prompt"]))
        show_spans(record["completion"], record.get("spans"))
        print()


@corpus.command()
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where SPLIT.jsonl is to be written.")],
    format: Annotated[
        Literal["prompt-completion", "messages", "sharegpt", "jsonl"],
        typer.Option(help="TRL's, chat messages, ShareGPT's, or every column."),
    ] = "prompt-completion",
) -> None:
    """Write the records as JSON lines, a file for each split."""
    from tasks.corpus import Corpus
    from tasks.corpus.export import export as export_corpus

    for path, records in export_corpus(Corpus.open(folder), out, format).items():
        print(f"{path}: {records:,} records")


@corpus.command()
def plot(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The PNG to write.")],
) -> None:
    """Draw how the texts' sizes are distributed, by task and range."""
    from evaluation.reports.lengths import draw
    from tasks.corpus import Corpus

    draw(Corpus.open(folder), out)
    print(out)
