"""``trace``: what a machine says while it works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from tmtail.cli.faults import complain, exit_code
from tmtail.cli.options import AsJson, Tapes
from tmtail.cli.output import names, run_summary, show_json, show_text
from tmtail.cli.targets import MACHINES, MachineArgument, load_machine, load_task, read_tapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tm import Table


class _Job(NamedTuple):
    """A machine, its input, and what ``--json`` tells of where they come from."""

    table: Table
    inputs: Mapping[str, str]
    prompt: str
    about: dict[str, Any]


def trace(
    machine: MachineArgument,
    range: Annotated[str, typer.Option(help="The range to draw a length from; the first.")] = "",
    length: Annotated[int | None, typer.Option(min=1, help="The length, instead.")] = None,
    split: Annotated[
        Literal["train", "probe", "eval"],
        typer.Option(help="Whose items: a corpus's own, by its seed."),
    ] = "train",
    seed: Annotated[int, typer.Option(help="Seed of the items.")] = 0,
    index: Annotated[int, typer.Option(min=0, help="Which item of the seed.")] = 0,
    tape: Tapes = [],  # noqa: B006 - typer copies it
    style: Annotated[str, typer.Option(help="`minimal`, or a style of the machine.")] = "minimal",
    without: Annotated[
        str, typer.Option(metavar="fetch,atomic,linear", help="Modules of the text to leave out.")
    ] = "",
    depth: Annotated[int, typer.Option(min=1, help="Levels of nested steps to say.")] = 1,
    format: Annotated[
        Literal["tail", "transitions", "configurations"],
        typer.Option(help="The chain of thought, or every transition or configuration."),
    ] = "tail",
    steps: Annotated[int, typer.Option(min=0, help="Transitions to make at the most.")] = 10**6,
    prompt: Annotated[bool, typer.Option("--prompt", help="Print the prompt first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what a machine says, on a drawn instance of a task.

    A FILE takes its input from --tape, a TASK from the options of its instance. Exits as `run`
    does.
    """
    from compiler import render
    from tm import Limits, run

    if Path(machine).suffix in MACHINES:
        posed = {
            "--range": range,
            "--length": length,
            "--split": split != "train",
            "--seed": seed,
            "--index": index,
            "--prompt": prompt,
        }
        if odd := [option for option, given in posed.items() if given]:
            raise typer.BadParameter("is of a TASK; a FILE has --tape", param_hint=odd[0])
        job = _of_file(machine, tape)
    elif tape:
        raise typer.BadParameter("is of a FILE; a TASK writes its own", param_hint="--tape")
    else:
        job = _of_task(machine, range, length, split, seed, index)
    result = run(
        job.table,
        job.inputs,
        limits=Limits(steps=steps),
        trace=format == "tail",
        actions=format != "tail",
    )
    if result.trace is not None:
        text = render(job.table, result.trace, style=style, without=names(without), depth=depth)
    else:
        from compiler import formats

        write = formats.transitions if format == "transitions" else formats.configurations
        text = write(result, job.inputs)
    if as_json:
        spans = [span._asdict() for span in text.spans]
        show_json({**job.about, "text": text.string, "spans": spans, **run_summary(result)})
    else:
        if prompt and job.prompt:
            print(job.prompt)
        show_text(text)
        if result.outcome != "accept":
            complain(f"{result.outcome} after {result.transitions:,} transitions: {result.reason}")
    raise typer.Exit(exit_code(result.outcome))


def _of_file(file: str, tapes: list[str]) -> _Job:
    return _Job(load_machine(file), read_tapes(tapes), "", {"machine": file})


def _of_task(name: str, range: str, length: int | None, split: str, seed: int, index: int) -> _Job:
    from tasks.corpus import items

    task = load_task(name)
    if range and length:
        raise typer.BadParameter("give a range or a length, not both", param_hint="--length")
    where = length or range or next(iter(task.ranges))
    (item,) = items(task, where, split, seed, [index])
    prompt = item.prompt(task)
    about = {
        "task": task.name,
        "range": range,
        "split": split,
        "seed": seed,
        "index": index,
        "length": task.length(item.instance),
        "instance": json.loads(item.instance.to_json()),
        "prompt": prompt,
    }
    return _Job(task.table, task.tapes(item.instance), prompt, about)
