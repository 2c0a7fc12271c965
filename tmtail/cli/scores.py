"""``eval``: scores of a model, by replaying the machine; ``eval pool``: of several runs at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tmtail.cli.output import names, progress, show_columns, show_json
from tmtail.cli.targets import Tasks, load_tasks

if TYPE_CHECKING:
    from evaluation.backends import Backend, Sampling
    from evaluation.controls import Controls, Run
    from evaluation.items import Item
    from tasks.corpus import Corpus

WIDTH = 140
"""Columns of a table that goes to a file or a pipe."""

ANY = "any"
"""The format of outputs that may be any text which ends in an answer."""

UNASKED = ("batch_size", "device")
"""What a description tells and an interrupted run may change when it goes on."""

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
    batch_size: Annotated[int, typer.Option(min=1, help="hf: prompts decoded at once.")] = 64,
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
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Score a model by replaying the machine.

    Decoding is greedy and without examples; the problems are those of a corpus's split, or those
    that a corpus of the same seed holds out. See docs/evaluation.md.
    """
    if context.invoked_subcommand:
        return
    from contextlib import nullcontext

    from evaluation.backends import Sampling
    from evaluation.log import log_evaluation
    from evaluation.outputs import digest, journal
    from evaluation.problems import asked as asked_of
    from evaluation.problems import longest
    from evaluation.report import RESULTS, row_as_json, write_results
    from evaluation.scoring import evaluate as score
    from tasks.corpus import Corpus

    if (backend in ("hf", "vllm", "openai")) != bool(model):
        raise typer.BadParameter("goes with hf, vllm and openai alone", param_hint="--model")
    if (backend == "file") != bool(outputs):
        raise typer.BadParameter(
            "goes with --backend file, and only with it", param_hint="--outputs"
        )
    if out and (out / RESULTS).exists():
        raise ValueError(f"{out} holds results already; they are never overwritten")
    try:
        passes_wanted = [int(k) for k in names(passes)]
    except ValueError:
        raise typer.BadParameter("whole numbers with commas", param_hint="--pass") from None
    sampling = Sampling(samples=samples, temperature=temperature, top_p=top_p, seed=sampling_seed)
    found = Corpus.open(corpus) if corpus else None
    form = {"format": text_format, "style": style, "depth": depth, "without": names(without)}
    items = _items(found, split, tasks, names(ranges), n, seed, form)
    if not items:
        raise ValueError("there are no problems to score: no tasks or no ranges are named")
    writer = _backend(context.params, items, sampling)
    about = {
        **writer.description,
        **(_training(model) if backend in ("hf", "vllm") else {}),
        **({"corpus": found.digest, "split": split} if found else {"seed": seed}),
        "style": items[0].form.name if not items[0].free else ANY,
        "n": n,
        "max_new_tokens": max_new_tokens,
    }
    asked_for = (
        asked_of(found, split, n) if found else {(item.task.name, item.range): n for item in items}
    )
    identity = {name: value for name, value in about.items() if name not in UNASKED}
    with journal(out, {**identity, "problems": digest(items)}) if out else nullcontext() as kept:
        if split == "eval" and backend != "reference" and not kept:
            logged = log_evaluation(found, items, about)
            times = f"; scored {logged.before} times before" if logged.before else ""
            print(f"logged in {logged.path}{times}", file=sys.stderr)
        done = 0
        with progress("outputs") as report:

            def advance(more: int) -> None:
                nonlocal done
                done += more
                report(done, len(items) * samples)

            rows, made = score(
                items,
                writer,
                advance,
                samples=samples,
                passes=passes_wanted,
                asked=asked_for,
                longest=longest(found, split) if found else None,
                limit=max_new_tokens,
                kept=kept,
            )
        about |= {name: writer.description[name] for name in UNASKED if name in writer.description}
        if out:
            write_results(out, rows, made, about)
    if as_json:
        show_json({**about, "rows": [row_as_json(row) for row in rows]})
        return
    from rich.console import Console

    from evaluation.report import divergence_table, results_table

    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    console.print(results_table(rows))
    console.print(divergence_table(rows))
    for row in rows:
        for note in row.notes:
            print(f"{row.task} {row.range}: {note}")


def _training(model: str) -> dict[str, Any]:
    """How a model was trained, where it says so, and what of that is not the paper's method."""
    from evaluation.models import record_of

    record = record_of(model)
    told = {name: record[name] for name in ("ours", "step", "corpus", "revision") if name in record}
    return {"training": told} if told else {}


def pool(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Results of runs.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Pool the results of several runs, by bootstrap over runs and instances."""
    from evaluation.pooling import pool as pool_results

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
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder for all results.")],
    tasks: Tasks = "all",
) -> None:
    """Score several runs on the same problems, and print them side by side."""
    from rich.console import Console

    from evaluation.controls import Controls, controls_table, score_runs
    from evaluation.log import log_evaluation
    from evaluation.report import write_results
    from tasks.corpus import Corpus
    from training.schema import read_yaml

    controls = read_yaml(config, Controls)
    if out.exists():
        raise ValueError(f"{out} is there already; results are never overwritten")
    wanted = () if tasks == "all" else load_tasks(tasks)
    found = Corpus.open(controls.corpus)
    done = []
    for scored in score_runs(controls, partial(_backend_of, controls), wanted):
        items = [score.item for score in scored.scores]
        if controls.split == "eval" and scored.run.backend != "reference":
            log_evaluation(found, items, scored.description)
        write_results(out / scored.run.name, scored.rows, scored.scores, scored.description)
        done.append(scored)
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    console.print(controls_table(done))


scores.command()(table)


def _backend_of(controls: Controls, run: Run, items: Sequence[Item]) -> Backend:
    """The backend of a run; see ``_backend``."""
    from evaluation.backends import Sampling

    given = {
        "backend": run.backend,
        "model": run.model,
        "outputs": run.outputs,
        "base": None,
        "chat": None,
        "device": "auto",
        "dtype": controls.dtype,
        "batch_size": controls.batch_size,
    }
    return _backend(given, items, Sampling())


def _shown(share: Any) -> str:
    if share is None:
        return "–"
    return f"{100 * share.rate:.1f} [{100 * share.low:.1f}–{100 * share.high:.1f}]"


def _items(
    corpus: Corpus | None,
    split: str,
    targets: str,
    ranges: tuple[str, ...],
    count: int,
    seed: int,
    form: dict[str, Any],
) -> list[Item]:
    """The problems to score; a form that says nothing is the corpus's own, or the default."""
    from evaluation.problems import held_out, problems
    from tasks.corpus import Form

    free = form["format"] == ANY
    said = {name: value for name, value in form.items() if value}
    how = Form() if free else Form(**said)
    if corpus is None:
        return list(problems(load_tasks(targets), ranges, count, seed=seed, form=how, free=free))
    wanted = () if targets == "all" else load_tasks(targets)
    own = None if free or not said else how
    return list(held_out(corpus, split, ranges, count, tasks=wanted, form=own, free=free))


def _backend(given: Mapping[str, Any], items: Sequence[Item], sampling: Sampling) -> Backend:
    """The backend that the command's options name."""
    kind = given["backend"]
    if kind == "reference":
        from evaluation.backends import Reference

        return Reference()
    if kind == "file":
        from evaluation.outputs import Recorded

        return Recorded(given["outputs"], items, samples=sampling.samples)
    if kind == "openai":
        from evaluation.server import Server

        return Server(
            given["model"],
            url=given["url"] or os.environ.get("OPENAI_BASE_URL"),
            chat=given["chat"] is not False,
            sampling=sampling,
            concurrency=given["concurrency"],
            tokenizer=given["tokenizer"],
            context=given["window"],
        )
    import torch
    from transformers.utils.logging import disable_progress_bar

    from evaluation.models import load_model, record_of

    disable_progress_bar()
    model, base = given["model"], given["base"] or None
    chat = bool(record_of(model).get("chat")) if given["chat"] is None else given["chat"]
    if kind == "vllm":
        from evaluation.vllm import VLLM

        return VLLM(
            model,
            base=base,
            dtype=given["dtype"],
            gpus=given["gpus"],
            chat=chat,
            sampling=sampling,
        )
    from evaluation.huggingface import HuggingFace

    device = given["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    loaded, words = load_model(model, getattr(torch, given["dtype"]), base=base)
    return HuggingFace(
        loaded.to(device),
        words,
        name=model,
        batch_size=given["batch_size"],
        chat=chat,
        sampling=sampling,
    )
