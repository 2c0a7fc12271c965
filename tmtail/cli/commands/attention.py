"""``attention``: where a model's attention goes while it writes each module of the text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tmtail.cli.confirmation import YesOption, confirm
from tmtail.cli.options import AsJson
from tmtail.cli.output import (
    count_progress,
    progress,
    show_json,
    silence_libraries,
    split_names,
)
from tmtail.cli.tables import console, show_table
from tmtail.cli.targets import TasksOption, load_tasks


def attention(
    model: Annotated[
        str,
        typer.Option(
            metavar="DIR|NAME", help="Folder of a model or adapter, or a name on the hub."
        ),
    ],
    corpus: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Study problems of the split `probe` of this corpus."),
    ],
    base: Annotated[
        str,
        typer.Option(
            metavar="DIR|NAME",
            help="Base model of an adapter; by default the one that the adapter names.",
        ),
    ] = "",
    tasks: TasksOption = "all",
    ranges: Annotated[str, typer.Option(help="Ranges to study.")] = "S,M,L",
    n: Annotated[int, typer.Option("--n", min=1, help="Problems of each task and range.")] = 20,
    heads: Annotated[
        int, typer.Option(min=1, help="Number of lookup heads: those that attend most to sources.")
    ] = 4,
    dtype: Annotated[
        Literal["float32", "bfloat16", "float16"], typer.Option(help="Number type of the weights.")
    ] = "float32",
    device: Annotated[
        str, typer.Option(help="cpu or cuda; auto means a GPU if there is one.")
    ] = "auto",
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write figures, fetches and a picture of the heads here."),
    ] = None,
    yes: YesOption = False,
    as_json: AsJson = False,
) -> None:
    """Measure where a model attends while it writes each module.

    The model reads the machine's own text. For each module, the command prints the shares of
    attention on the prompt, on earlier steps and on the own step, and for each fetched value the
    share on its source. See docs/attention.md. A study of more than a minute prints its size and
    time first, and asks on a terminal.

    \b
    Example:
      tmtail attention --model run/model --corpus corpus --out attention
    """
    from evaluation.attention.report import (
        check_no_study,
        modules_table,
        sources_table,
        study_as_json,
        write_study,
    )
    from evaluation.attention.study import lookup_heads, study_attention, study_seconds
    from evaluation.backends.config import RunConfig
    from evaluation.backends.opening import open_hugging_face
    from evaluation.problems.suites import corpus_suite
    from tasks.corpus import Corpus

    if out:
        check_no_study(out)
    chosen = () if tasks == "all" else load_tasks(tasks)
    suite = corpus_suite(Corpus.open(corpus), "probe", split_names(ranges), n, tasks=chosen)
    config = RunConfig(name="attention", model=model, base=base)
    reader = open_hugging_face(config, device=device, dtype=dtype)
    silence_libraries()
    subject = (reader.model, reader.tokenizer, suite.problems)
    seconds = study_seconds(*subject, chat=reader.chat)
    confirm(f"{len(suite.problems):,} problems to read", seconds, yes=yes)
    with progress("problems") as report:
        studied = study_attention(
            *subject,
            chat=reader.chat,
            advance=count_progress(report, len(suite.problems)),
        )
    lookup = lookup_heads(studied, heads)
    description = {**reader.description, **suite.description}
    if out:
        write_study(out, studied, lookup, description)
    if as_json:
        rows = study_as_json(studied, lookup)
        show_json({**description, "lookup_heads": lookup, "rows": rows})
        return
    show_table(modules_table(studied), console())
    if lookup:
        shown = ", ".join(f"{layer}.{head}" for layer, head in lookup)
        print()
        show_table(sources_table(studied, lookup), console())
        print(f"lookup heads (layer.head, chosen by the first range): {shown}")
    for each in studied:
        if each.left_out:
            print(f"{each.task} {each.range}: {each.left_out} problems exceed the model's context")
