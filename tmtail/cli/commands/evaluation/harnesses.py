"""``export``: the problems of a corpus as tasks of evaluation harnesses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tmtail.cli.confirmation import YesOption, confirm
from tmtail.cli.output import silence_libraries
from tmtail.cli.targets import TasksOption, load_tasks, read_ranges

HELP = """\
Write the problems of a corpus as tasks of a harness.

\b
Example:
  tmtail export lm-eval corpus --model run/model --out harness
"""

harnesses = typer.Typer(no_args_is_help=True, help=HELP)


@harnesses.callback()
def harness() -> None:
    """Keep the name of the harness as a command, although there is only one."""


@harnesses.command("lm-eval")
def lm_eval(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the corpus.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the tasks, which must not exist.")
    ],
    model: Annotated[
        str,
        typer.Option(
            metavar="DIR|NAME",
            help="Model or adapter that will be scored: its tokenizer counts tokens and names the "
            "end token. Without it, bytes are counted, and a chain may be exact without an end.",
        ),
    ] = "",
    split: Annotated[Literal["eval", "probe"], typer.Option(help="Split of the corpus.")] = "eval",
    tasks: TasksOption = "all",
    ranges: Annotated[str, typer.Option(metavar="S,M,L", help="Ranges of the corpus.")] = "S,M,L",
    format: Annotated[
        Literal["any"] | None,
        typer.Option(
            help="`any`: outputs may be any text that ends in an answer; by default the corpus's."
        ),
    ] = None,
    max_new_tokens: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Maximum number of tokens of an output; by default 1.1 times the longest "
            "reference, plus 32. Required with --format any.",
        ),
    ] = None,
    yes: YesOption = False,
) -> None:
    """Write tasks for lm-eval, with exact chains and answers.

    Exact chains are asked by `loglikelihood`, answers are generated and read as `tmtail eval` does.
    An export of more than a minute prints its size and time first, and asks on a terminal.

    \b
    Example:
      tmtail export lm-eval corpus --model run/model --out harness
    """
    from tasks.corpus import Corpus
    from tmtail.integrations.lm_eval import GROUP, ModelTokens, export_seconds, export_tasks

    range_names, lengths = read_ranges(ranges)
    if lengths:
        reason = "a corpus has lengths of its own; give only the names of ranges"
        raise typer.BadParameter(reason, param_hint="--ranges")
    if format and max_new_tokens is None:
        raise typer.BadParameter("is required with --format any", param_hint="--max-new-tokens")
    opened = Corpus.open(folder)
    chosen = () if tasks == "all" else load_tasks(tasks)
    problems, seconds = export_seconds(opened, split, range_names, chosen)
    confirm(f"{problems:,} problems to write again", seconds, yes=yes)
    if model:
        silence_libraries()
    exported = export_tasks(
        opened,
        out,
        split=split,
        ranges=range_names,
        tasks=chosen,
        tokens=ModelTokens.of_model(model) if model else None,
        free=bool(format),
        max_new_tokens=max_new_tokens,
    )
    for (name, range_name), count in exported.too_long.items():
        print(f"{name} {range_name}: left out, since {count:,} problems exceed the context")
    print(f"{out}: {len(exported.tasks)} tasks; lm_eval --include_path {out} --tasks {GROUP}")
