"""``attention``: where a model looks while it writes each module of the text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tmtail.cli.commands.scores import console, hugging_face
from tmtail.cli.options import AsJson
from tmtail.cli.output import counted, names, progress, show_json
from tmtail.cli.targets import Tasks, load_tasks


def attention(
    model: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="A model's folder, an adapter's, or a name.")
    ],
    corpus: Annotated[
        Path, typer.Option(metavar="DIR", help="Study the split `probe` of this corpus.")
    ],
    base: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="An adapter's base, if not where it was.")
    ] = "",
    tasks: Tasks = "all",
    ranges: Annotated[str, typer.Option(help="The ranges to study.")] = "S,M,L",
    n: Annotated[int, typer.Option("--n", min=1, help="Problems of each task and range.")] = 20,
    heads: Annotated[
        int, typer.Option(min=1, help="How many heads count as those that look things up.")
    ] = 4,
    dtype: Annotated[
        Literal["float32", "bfloat16", "float16"], typer.Option(help="Number type.")
    ] = "float32",
    device: Annotated[str, typer.Option(help="`cpu`, `cuda`; `auto` takes a GPU.")] = "auto",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="For the figures, the fetches, a picture.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See where a model looks while it writes each module of the text.

    It is given the machine's own text. Problems are those of the split `probe`, since a study is
    development. See docs/attention.md.
    """
    from evaluation.attention.report import (
        check_free,
        looks_as_json,
        modules_table,
        sources_table,
        write_looks,
    )
    from evaluation.attention.study import lookup_heads, observe
    from evaluation.backends.base import GREEDY
    from evaluation.runs.run import of_corpus
    from tasks.corpus import Corpus

    if out:
        check_free(out)
    wanted = () if tasks == "all" else load_tasks(tasks)
    suite = of_corpus(Corpus.open(corpus), "probe", names(ranges), n, tasks=wanted)
    given = {"model": model, "base": base, "dtype": dtype, "device": device}
    read = hugging_face({**given, "chat": None, "batch_size": None}, GREEDY)
    with progress("problems") as report:
        found = observe(
            read.model,
            read.tokenizer,
            suite.items,
            chat=read.chat,
            advance=counted(report, len(suite.items)),
        )
    chosen = lookup_heads(found, heads)
    about = {**read.description, **suite.about}
    if out:
        write_looks(out, found, chosen, about)
    if as_json:
        show_json({**about, "lookup_heads": chosen, "rows": looks_as_json(found, chosen)})
        return
    console().print(modules_table(found))
    if chosen:
        said = ", ".join(f"{layer}.{head}" for layer, head in chosen)
        console().print("", sources_table(found, chosen))
        print(f"of the lookup heads (layer.head, by the first range): {said}")
    for looks in found:
        if looks.left_out:
            print(f"{looks.task} {looks.range}: {looks.left_out} problems do not fit the model")
