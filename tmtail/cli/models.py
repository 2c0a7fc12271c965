"""``train`` and ``eval``: models that learn the text, and their scores."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tmtail.cli.output import names, progress, show_json
from tmtail.cli.targets import Tasks, load_tasks

if TYPE_CHECKING:
    from evaluation.backends import Backend
    from training.plan import Plan

WIDTH = 140
"""Columns of a table that goes to a file or a pipe."""


def train(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="A YAML file: docs/training.md.")
    ],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the newest whole checkpoint.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what the run will take, and train nothing.")
    ] = False,
    device: Annotated[str, typer.Option(help="The GPU to plan for.")] = "H100",
    devices: Annotated[int, typer.Option(min=1, help="How many of them.")] = 1,
    sharded: Annotated[
        bool, typer.Option("--sharded", help="That weights are shared out over them, by FSDP.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train a model on a corpus, whole or by LoRA."""
    from training.config import Config
    from training.schema import read_yaml

    recipe = read_yaml(config, Config)
    if plan:
        from training.data import chosen_records
        from training.plan import make_plan

        records = chosen_records(recipe.data)
        found = make_plan(recipe, records, device=device, devices=devices, sharded=sharded)
        _show_plan(found, device, devices, as_json)
        return
    from training.progress import Progress
    from training.train import train as train_model

    _quiet()
    with progress("steps") as report:
        made = train_model(recipe, resume=resume, callbacks=(Progress(report),))
    if as_json:
        show_json({**made._asdict(), "model": str(made.model)})
        return
    (_, first), (steps, last) = made.loss[0], made.loss[-1]
    print(f"{made.model}: loss {first:.3f} at first, {last:.3f} after {steps:,} steps")
    print(f"{made.tokens:,} tokens in {made.seconds:.0f} s")


def _show_plan(plan: Plan, device: str, devices: int, as_json: bool) -> None:
    """Print what a run will take."""
    from dataclasses import asdict

    from training.plan import DEVICES, SHARE

    if as_json:
        show_json({**asdict(plan), "memory": plan.memory, "device": device, "devices": devices})
        return
    gigabytes = {
        "weights": plan.weights,
        "optimiser": plan.optimiser,
        "activations": plan.activations[plan.checkpoint_activations],
    }
    again = ", computed twice" if plan.checkpoint_activations else ""
    memory = ", ".join(f"{name} {size / 1e9:.1f}" for name, size in gigabytes.items())
    minutes = plan.seconds / 60
    share = plan.trainable / plan.parameters
    print(f"parameters   {plan.parameters:,}, of which {plan.trainable:,} trained ({share:.2%})")
    print(f"corpus       {plan.records:,} records, {plan.tokens:,} tokens ({plan.counted})")
    print(f"run          {plan.steps:,} steps of {plan.step_tokens:,} tokens")
    print(f"memory       {plan.memory / 1e9:.1f} of {DEVICES[device].memory / 1e9:.0f} GB on each")
    print(f"             {device}: {memory}{again}")
    print(
        f"time         {minutes:,.1f} minutes on {devices} × {device}, at {SHARE:.0%} of its peak"
    )
    print("An estimate, by the formulas that training/plan.py states; nothing was measured.")


def merge(
    adapter: Annotated[str, typer.Argument(metavar="ADAPTER", help="An adapter's folder.")],
    out: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for the model.")],
    base: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="Its base, where it is not where it was.")
    ] = "",
) -> None:
    """Make an adapter part of its model, and see that both say the same."""
    from training.adapters import merge as merge_adapter

    _quiet()
    difference = merge_adapter(adapter, out, base=base or None)
    print(f"{out}: logits differ by {difference:.1e} at the most")


def evaluate(
    backend: Annotated[
        Literal["hf", "reference"],
        typer.Option(help="A Hugging Face model, or the machine itself, which tests the scorer."),
    ] = "hf",
    model: Annotated[
        str, typer.Option(metavar="DIR|NAME", help="A model's folder, an adapter's, or a hub name.")
    ] = "",
    tasks: Tasks = "all",
    ranges: Annotated[str, typer.Option(help="The ranges to score.")] = "S,M,L",
    n: Annotated[int, typer.Option("--n", min=1, help="Problems of each task and range.")] = 500,
    seed: Annotated[int, typer.Option(help="That of the corpus that was trained on.")] = 0,
    style: Annotated[str, typer.Option(help="The style that was trained on.")] = "minimal",
    batch_size: Annotated[int, typer.Option(min=1, help="Prompts decoded at once.")] = 64,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder for results and outputs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Score a model by replaying the machine.

    Decoding is greedy and without examples; the problems are those that a corpus of the same seed
    holds out.
    """
    from rich.console import Console

    from evaluation.problems import problems
    from evaluation.report import divergence_table, results_table, row_as_json, write_results
    from evaluation.scoring import evaluate as score
    from tasks.corpus.forms import Form

    if (backend == "hf") != bool(model):
        raise typer.BadParameter("goes with --backend hf, and only with it", param_hint="--model")
    if out and out.exists():
        raise ValueError(f"{out} is there already; results are never overwritten")
    items = list(problems(load_tasks(tasks), names(ranges), n, seed=seed, form=Form(style=style)))
    writer = _backend(model, batch_size)
    done = 0
    with progress("problems") as report:

        def advance(more: int) -> None:
            nonlocal done
            done += more
            report(done, len(items))

        rows, scores = score(items, writer, advance)
    description = {**writer.description, "seed": seed, "style": style}
    if out:
        write_results(out, rows, scores, description)
    if as_json:
        show_json({**description, "rows": [row_as_json(row) for row in rows]})
        return
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    console.print(results_table(rows))
    console.print(divergence_table(rows))


def _backend(model: str, batch_size: int) -> Backend:
    """The model, or the machine where none is named."""
    from evaluation.backends import Reference

    if not model:
        return Reference()
    from evaluation.huggingface import HuggingFace
    from evaluation.models import load_model, record_of

    _quiet()
    chat = bool(record_of(model).get("chat"))
    return HuggingFace(*load_model(model), name=model, batch_size=batch_size, chat=chat)


def _quiet() -> None:
    """No bars but our own."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
