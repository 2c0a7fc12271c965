"""``eval``: scores of a model, by replaying the machine; ``eval pool``: of several runs at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tmtail.cli.options import AsJson
from tmtail.cli.output import counted, names, progress, show_columns, show_json
from tmtail.cli.targets import Tasks, load_tasks

if TYPE_CHECKING:
    from rich.console import Console

    from evaluation.backends.base import Advance, Backend, Sampling
    from evaluation.backends.huggingface import HuggingFace
    from evaluation.problems.replays import EvalProblem
    from evaluation.runs.controls import Controls, RunConfig
    from evaluation.runs.run import Suite
    from tasks.corpus import Corpus

WIDTH = 140
"""Columns of a table that goes to a file or a pipe."""

scores = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@scores.callback()
def evaluate(
    context: typer.Context,
    backend: Annotated[
        Literal["hf", "vllm", "openai", "file", "reference"],
        typer.Option(help="Who answers; `reference` is the machine itself, to test the scorer."),
    ] = "hf",
    model: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="A model's folder, an adapter's, or a name.")
    ] = "",
    base: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="An adapter's base, if not where it was.")
    ] = "",
    outputs: Annotated[
        Path | None, typer.Option(metavar="FILE", help="file: JSON lines with `id`, `output`.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Score a split of this corpus.")
    ] = None,
    split: Annotated[
        Literal["eval", "probe"], typer.Option(help="Which split of the corpus.")
    ] = "eval",
    tasks: Tasks = "all",
    ranges: Annotated[str, typer.Option(help="The ranges to score.")] = "S,M,L",
    n: Annotated[int, typer.Option("--n", min=1, help="Problems of each task and range.")] = 500,
    seed: Annotated[int, typer.Option(help="Without a corpus: the seed of the one meant.")] = 0,
    text_format: Annotated[
        str,
        typer.Option("--format", help="As in `corpus build`; or `any`: only answers are scored."),
    ] = "",
    style: Annotated[str, typer.Option(help="The style that was trained on.")] = "",
    depth: Annotated[int | None, typer.Option(min=1, help="The depth that was trained on.")] = None,
    without: Annotated[str, typer.Option(help="The ablations that were trained on.")] = "",
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="hf: prompts decoded at once; else by memory.")
    ] = None,
    dtype: Annotated[
        Literal["float32", "bfloat16", "float16"], typer.Option(help="hf, vllm: number type.")
    ] = "float32",
    device: Annotated[str, typer.Option(help="hf: `cpu`, `cuda`; `auto` takes a GPU.")] = "auto",
    gpus: Annotated[int, typer.Option(min=1, help="vllm: GPUs to split the model over.")] = 1,
    url: Annotated[str, typer.Option(help="openai: the server's base address.")] = "",
    chat: Annotated[
        bool | None,
        typer.Option(
            "--chat/--continue",
            help="Prompts as a user's turn, or as they stand; by default as in training, and for "
            "servers as turns.",
        ),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="openai: requests at once.")] = 16,
    tokenizer: Annotated[
        Path | None, typer.Option(metavar="PATH", help="openai: the model's tokenizer.json.")
    ] = None,
    window: Annotated[
        int | None, typer.Option("--context", min=1, help="openai: tokens of the model's context.")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Outputs for each problem.")] = 1,
    temperature: Annotated[float, typer.Option(min=0, help="Above 0, tokens are drawn.")] = 0.0,
    top_p: Annotated[float, typer.Option(help="Draw among the likeliest tokens alone.")] = 1.0,
    sampling_seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    passes: Annotated[str, typer.Option("--pass", metavar="K,K", help="pass@k to estimate.")] = "",
    max_new_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens of an output; else by the longest reference.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="For results and outputs; goes on there.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score a model by replaying the machine.

    Decoding is greedy and without examples; the problems are those of a corpus's split, or those
    that a corpus of the same seed holds out. See docs/evaluation.md.
    """
    if context.invoked_subcommand:
        return
    from evaluation.backends.base import Sampling
    from evaluation.reports.results import divergence_table, results_table, row_as_json
    from evaluation.runs.run import run
    from tasks.corpus import Corpus

    if (backend in ("hf", "vllm", "openai")) != bool(model):
        why = "goes with hf, vllm and openai alone" if model else f"is missing: {backend} needs it"
        raise typer.BadParameter(why, param_hint="--model")
    if (backend == "file") != bool(outputs):
        raise typer.BadParameter(
            "goes with --backend file, and only with it", param_hint="--outputs"
        )
    if split != "eval" and not corpus:
        raise typer.BadParameter("is a corpus's: give --corpus", param_hint="--split")
    try:
        passes_wanted = [int(k) for k in names(passes)]
    except ValueError:
        raise typer.BadParameter("whole numbers with commas", param_hint="--pass") from None
    sampling = Sampling(samples=samples, temperature=temperature, top_p=top_p, seed=sampling_seed)
    found = Corpus.open(corpus) if corpus else None
    form = {"format": text_format, "style": style, "depth": depth, "without": names(without)}
    suite = _suite(found, split, tasks, names(ranges), n, seed, form)
    writer = _backend(context.params, suite.items, sampling)
    with progress("outputs") as report:
        rows, _scores, about, logged = run(
            suite,
            writer,
            out=out,
            more=_training(model) if backend in ("hf", "vllm") else {},
            advance=counted(report, len(suite.items) * samples),
            samples=samples,
            passes=passes_wanted,
            limit=max_new_tokens,
        )
    if logged:
        times = f"; scored {logged.before} times before" if logged.before else ""
        print(f"logged in {logged.path}{times}", file=sys.stderr)
    if as_json:
        show_json({**about, "rows": [row_as_json(row) for row in rows]})
        return
    console().print(results_table(rows))
    if any(row.chain for row in rows):
        console().print(divergence_table(rows))
    for row in rows:
        for note in row.notes:
            print(f"{row.task} {row.range}: {note}")


def _training(model: str) -> dict[str, Any]:
    """How a model was trained, where it says so, and what of that is not the paper's method."""
    from evaluation.models.loading import record_of

    record = record_of(model)
    told = {name: record[name] for name in ("ours", "step", "corpus", "revision") if name in record}
    return {"training": told} if told else {}


def pool(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Results of runs.")],
    as_json: AsJson = False,
) -> None:
    """Pool the results of several runs, by bootstrap over runs and instances."""
    from evaluation.scoring.pooling import pool as pool_results

    rows = pool_results(folders)
    if as_json:
        show_json([
            {**row._asdict(), "accuracy": row.accuracy._asdict(),
             "exactness": row.exactness and row.exactness._asdict()}
            for row in rows
        ])  # fmt: skip
        return
    header = ("task", "range", "runs", "instances", "label accuracy", "exact chains")
    show_columns(header, [(*row[:4], _shown(row.accuracy), _shown(row.exactness)) for row in rows])


scores.command()(pool)


def table(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="A YAML file: docs/evaluation.md.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="For all results; goes on there.")],
    tasks: Tasks = "all",
    as_json: AsJson = False,
) -> None:
    """Score several runs on the same problems, and print them side by side."""
    from evaluation.runs.controls import Controls, controls_tables, score_runs
    from evaluation.schema import read_yaml

    controls = read_yaml(config, Controls)
    with ExitStack() as bars:

        def watch(run: RunConfig, outputs: int) -> Advance:
            bars.close()
            return counted(bars.enter_context(progress(run.name)), outputs)

        results = list(
            score_runs(
                controls,
                out,
                partial(_backend_of, controls),
                tasks=() if tasks == "all" else load_tasks(tasks),
                about=lambda run: _training(run.model) if run.backend in ("hf", "vllm") else {},
                watch=watch,
            )
        )
    if as_json:
        show_json(results)
    else:
        for table in controls_tables(results):
            console().print(table, "")


scores.command()(table)


def console() -> Console:
    """Where tables go: as wide as the terminal, or as a file may be."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=WIDTH)


def _backend_of(controls: Controls, run: RunConfig, items: Sequence[EvalProblem]) -> Backend:
    """The backend of a run; see ``_backend``."""
    from evaluation.backends.base import Sampling

    shared = {"device": "auto", "dtype": controls.dtype, "batch_size": controls.batch_size}
    return _backend(asdict(run) | shared, items, Sampling())


def _shown(share: Any) -> str:
    if share is None:
        return "–"
    return f"{100 * share.rate:.1f} [{100 * share.low:.1f}–{100 * share.high:.1f}]"


def _suite(
    corpus: Corpus | None,
    split: str,
    targets: str,
    ranges: tuple[str, ...],
    count: int,
    seed: int,
    form: dict[str, Any],
) -> Suite:
    """The problems to score; a form that says nothing is the corpus's own, or the default."""
    from evaluation.runs.run import ANY, drawn, of_corpus
    from tasks.corpus import Form

    free = form["format"] == ANY
    said = {name: value for name, value in form.items() if value}
    how = None if free or not said else Form(**said)
    if corpus is None:
        return drawn(load_tasks(targets), ranges, count, seed=seed, form=how, free=free)
    wanted = () if targets == "all" else load_tasks(targets)
    return of_corpus(corpus, split, ranges, count, tasks=wanted, form=how, free=free)


def _backend(given: Mapping[str, Any], items: Sequence[EvalProblem], sampling: Sampling) -> Backend:
    """The backend that the command's options name."""
    kind = given["backend"]
    if kind == "reference":
        from evaluation.backends.base import Reference

        return Reference()
    if kind == "file":
        from evaluation.backends.recorded import Recorded

        return Recorded(given["outputs"], items, samples=sampling.samples)
    if kind == "openai":
        from evaluation.backends.server import Server

        return Server(
            given["model"],
            url=given["url"] or os.environ.get("OPENAI_BASE_URL"),
            chat=given["chat"] is not False,
            sampling=sampling,
            concurrency=given["concurrency"],
            tokenizer=given["tokenizer"],
            context=given["window"],
        )
    if kind == "vllm":
        from evaluation.backends.vllm import VLLM

        return VLLM(
            given["model"],
            base=given["base"] or None,
            dtype=given["dtype"],
            gpus=given["gpus"],
            chat=_chat(given),
            sampling=sampling,
        )
    return hugging_face(given, sampling)


def hugging_face(given: Mapping[str, Any], sampling: Sampling) -> HuggingFace:
    """A model in this process, as the command's options name it."""
    import torch
    from transformers.utils.logging import disable_progress_bar

    from evaluation.backends.huggingface import HuggingFace
    from evaluation.models.loading import load_model

    disable_progress_bar()
    device = given["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = getattr(torch, given["dtype"])
    loaded, words = load_model(given["model"], dtype, base=given["base"] or None)
    return HuggingFace(
        loaded.to(device),
        words,
        name=given["model"],
        batch_size=given["batch_size"],
        chat=_chat(given),
        sampling=sampling,
    )


def _chat(given: Mapping[str, Any]) -> bool:
    """Whether prompts are turns of a chat: as said, else as in training."""
    from evaluation.models.loading import record_of

    said: bool | None = given["chat"]
    return bool(record_of(given["model"]).get("chat")) if said is None else said
