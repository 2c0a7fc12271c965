"""``train`` and ``merge``: models that learn the text."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tmtail.cli.options import AsJson
from tmtail.cli.output import progress, show_json

if TYPE_CHECKING:
    from training.plan import Plan


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
    as_json: AsJson = False,
) -> None:
    """Train a model on a corpus, whole or by LoRA."""
    from evaluation.schema import read_yaml
    from training.config import Config

    recipe = read_yaml(config, Config)
    _quiet()
    if plan:
        from training.data.records import chosen_records
        from training.plan import make_plan

        records = chosen_records(recipe.data)
        found = make_plan(recipe, records, device=device, devices=devices, sharded=sharded)
        _show_plan(found, recipe.data.max_length, device, devices, as_json)
        return
    from torch import distributed

    from training.progress import ProgressCallback
    from training.train import train as train_model

    with progress("steps") as report:
        made = train_model(recipe, resume=resume, callbacks=(ProgressCallback(report),))
    if distributed.is_initialized():
        distributed.destroy_process_group()  # else Gloo's threads may abort the ending process
    if as_json:
        show_json({**made._asdict(), "model": str(made.model)})
        return
    (_, first), (steps, last) = made.loss[0], made.loss[-1]
    print(f"{made.model}: loss {first:.3f} at first, {last:.3f} after {steps:,} steps")
    print(f"{made.tokens:,} tokens in {made.seconds:.0f} s")


def _show_plan(plan: Plan, max_length: int, device: str, devices: int, as_json: bool) -> None:
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
    over = f": over max_length {max_length:,}" if plan.longest > max_length else ""
    print(f"             the longest of about {plan.longest:,} tokens{over}")
    print(f"run          {plan.steps:,} steps of {plan.step_tokens:,} tokens")
    room = DEVICES[device].memory
    short = ": too little" if plan.memory > room else ""
    print(f"memory       {plan.memory / 1e9:.1f} of {room / 1e9:.0f} GB on each{short}")
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
    from training.models.adapters import merge as merge_adapter

    _quiet()
    difference = merge_adapter(adapter, out, base=base or None)
    print(f"{out}: logits differ by {difference:.1e} at the most")


def _quiet() -> None:
    """No bars but our own, and nothing of the library's that nobody can act on."""
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    disable_progress_bar()
    set_verbosity_error()
    # Transformers', of names that PEFT and TRL still use.
    warnings.simplefilter("ignore", FutureWarning)
