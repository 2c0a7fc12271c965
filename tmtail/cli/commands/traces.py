"""``trace``: print the text that a machine writes while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

import typer

from tm.support.escaping import escape_controls
from tmtail.cli.faults import exit_code, print_error
from tmtail.cli.jobs import Job, file_job, task_job
from tmtail.cli.options import AsJson, PromptOption, TapesOption
from tmtail.cli.output import run_summary, show_json, show_lines, show_text, split_names
from tmtail.cli.targets import FromOption, MachineArgument, is_machine

if TYPE_CHECKING:
    from compiler import Text
    from tm import Run


class _Rendering(TypedDict):
    """Options of a text, by the names of the parameters of ``compiler.render``."""

    style: str
    without: tuple[str, ...]
    depth: int
    reading: bool


def trace(
    machine: MachineArgument,
    range: Annotated[
        str,
        typer.Option(
            metavar="S|M|L",
            help="TASK: range of lengths, or one of your own, like XL=20-40; by default the first "
            "one.",
        ),
    ] = "",
    length: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="TASK: length, instead of a range.")
    ] = None,
    split: Annotated[
        Literal["train", "probe", "eval"] | None,
        typer.Option(
            help="TASK: split of the corpus that the instance belongs to; by default `train`, or "
            "`eval` if a range has problems for evaluation only."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="TASK: seed of the corpus.")] = 0,
    index: Annotated[
        int, typer.Option(min=0, metavar="N", help="TASK: number of the instance, from 0.")
    ] = 0,
    tape: TapesOption = [],  # noqa: B006 - Typer copies it
    style: Annotated[
        str, typer.Option(metavar="NAME", help="`minimal`, or a style of the machine.")
    ] = "minimal",
    without: Annotated[
        str,
        typer.Option(
            metavar="fetch,atomic,linear", help="Modules of the text to omit; by default none."
        ),
    ] = "",
    depth: Annotated[
        int, typer.Option(min=1, metavar="N", help="Levels of nested steps in the text.")
    ] = 1,
    format: Annotated[
        Literal["tail", "transitions", "configurations"],
        typer.Option(help="The chain of thought, each transition, or each configuration."),
    ] = "tail",
    steps: Annotated[
        int, typer.Option(min=0, metavar="N", help="Maximum number of transitions.")
    ] = 10**6,
    prompt: PromptOption = "plain",
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="TASK: print the prompt before the text.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a page to this .html file on which the run can be played and stepped "
            "through, instead of printing the text.",
        ),
    ] = None,
    from_: FromOption = "",
    as_json: AsJson = False,
) -> None:
    """Print the text that a machine writes while it runs.

    A TASK draws an instance by the options marked TASK; it is the record of this range, split, seed
    and index in a corpus. A FILE reads its input from --tape. Exits with the codes of `run`.

    \b
    Example:
      tmtail trace bubble_sort --length 4 --show-prompt
      tmtail trace machine.tm --tape input=1011
      tmtail trace bubble_sort --html sort.html
    """
    from compiler import render
    from compiler.formats import lines, text_of
    from compiler.renderer.names import find_empty_name
    from tm import Limits, run

    if html is not None and html.suffix != ".html":
        raise typer.BadParameter(f"`{html}` must end in .html", param_hint="--html")
    if html is not None and as_json:
        raise typer.BadParameter("excludes --json; give one of the two", param_hint="--html")
    if is_machine(machine, from_):
        task_options = {
            "--range": range,
            "--length": length,
            "--split": split,
            "--seed": seed,
            "--index": index,
            "--prompt": prompt != "plain",
            "--show-prompt": show_prompt,
        }
        if used := [option for option, value in task_options.items() if value]:
            raise typer.BadParameter("requires a TASK; a FILE has --tape", param_hint=used[0])
        job = file_job(machine, from_, tape)
    elif tape:
        raise typer.BadParameter("requires a FILE; a TASK fills its own tapes", param_hint="--tape")
    else:
        job = task_job(machine, range, length, split, seed, index, keyed=prompt == "keyed")
    result = run(job.table, job.inputs, limits=Limits(steps=steps), trace=format == "tail")
    text: Text | None = None
    rendering: _Rendering = {
        "style": style,
        "without": split_names(without),
        "depth": depth,
        "reading": prompt != "keyed",
    }
    if result.trace is not None:
        empty = find_empty_name(job.table, result.trace, depth=depth, reading=prompt != "keyed")
        if empty is not None and "task" in job.description:
            raise ValueError(f"{machine}: {empty}")
        if empty is not None:
            print_error(f"{machine}: warning: {empty}")
        text = render(job.table, result.trace, **rendering)
    elif as_json or html is not None:
        text = text_of(job.table, lines(format, job.table, job.inputs, result.transitions))
    if as_json and text is not None:
        spans = [span._asdict() for span in text.spans]
        show_json({**job.description, "text": text.string, "spans": spans, **run_summary(result)})
        raise typer.Exit(exit_code(result.outcome))
    if show_prompt and job.prompt:
        print(job.prompt)
    if html is not None:
        assert text is not None
        _write_page(html, machine, job, result, text, rendering)
    elif text is not None:
        show_text(text)
    else:
        show_lines(lines(format, job.table, job.inputs, result.transitions))
    if result.outcome != "accept":
        place = f"{result.place}: " if result.place else ""
        print_error(
            f"{result.outcome} after {result.transitions:,} transitions: {place}{result.reason}"
        )
    raise typer.Exit(exit_code(result.outcome))


def _write_page(
    file: Path, name: str, job: Job, result: Run, text: Text, rendering: _Rendering
) -> None:
    """Write the page of a run, and print what it shows."""
    from compiler.player.page import run_page
    from compiler.player.texts import written_text
    from tm.support.files import write_text

    count = f"{result.transitions:,} transitions"
    page = run_page(
        result,
        job.inputs,
        title=name,
        summary=f"{result.outcome} after {count}",
        prompt=job.prompt,
        written=written_text(result, text, **rendering),
    )
    write_text(file, page)
    print(escape_controls(f"{file}: a page of {count}"))
