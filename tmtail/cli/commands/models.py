"""``train``, ``card`` and ``merge``: models that learn from a corpus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tmtail.cli.confirmation import YesOption, confirm
from tmtail.cli.faults import ExitCode, print_error
from tmtail.cli.options import AsJson
from tmtail.cli.output import progress, show_json, silence_libraries

if TYPE_CHECKING:
    from training.plan import Plan


def train(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG|RECIPE",
            help="YAML file with the recipe of the run, or the name of a recipe of tmtail.",
        ),
    ],
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume from the newest complete checkpoint.")
    ] = False,
    resume_if_any: Annotated[
        bool,
        typer.Option("--resume-if-any", help="Resume if there is a checkpoint, else start."),
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Estimate memory and time, and train nothing.")
    ] = False,
    device: Annotated[str, typer.Option(help="With --plan: name of the GPU, or CPU.")] = "H100",
    devices: Annotated[int, typer.Option(min=1, help="With --plan: number of GPUs.")] = 1,
    sharded: Annotated[
        bool, typer.Option("--sharded", help="With --plan: weights are sharded by FSDP.")
    ] = False,
    yes: YesOption = False,
    as_json: AsJson = False,
) -> None:
    """Train a model on a corpus: all weights, or a LoRA adapter.

    `tmtail show RECIPE` prints a recipe to copy; docs/training.md lists them, docs/recipes.md
    describes all keys. The model, its tokenizer and a description of the run are written to the
    folder `out` of the recipe. A new run of more than a minute prints its size and time first, and
    asks on a terminal. With --plan, exits with 1 if the run would not start.

    \b
    Example:
      tmtail corpus build --tasks bubble_sort --train 2000 --out corpus
      tmtail train tiny-cpu --plan
      tmtail train tiny-cpu
    """
    from evaluation.schema import read_yaml
    from training.config import Config
    from training.configs import recipe_path

    recipe = read_yaml(recipe_path(config), Config)
    silence_libraries()
    if plan:
        from training.data.records import chosen_records
        from training.plan import DEVICES, make_plan

        records = chosen_records(recipe.data)
        estimate = make_plan(recipe, records, device=device, devices=devices, sharded=sharded)
        faults = estimate.faults(DEVICES[device].memory, recipe.data.max_length)
        _show_plan(estimate, faults, device, devices, as_json)
        if faults:
            raise typer.Exit(ExitCode.FAULT)
        return
    from torch import distributed

    from training.progress import ProgressCallback
    from training.train import train as train_model

    def announce(plan: Plan) -> None:
        size = f"{plan.steps:,} steps of {plan.step_tokens:,} tokens"
        # A launcher's processes wait for each other, and must not wait for an answer.
        confirm(size, plan.seconds, yes=yes or "WORLD_SIZE" in os.environ)

    with progress("steps", asks=True) as report:
        result = train_model(
            recipe,
            resume="if-any" if resume_if_any else resume,
            callbacks=(ProgressCallback(report),),
            announce=announce,
        )
    if distributed.is_initialized():
        distributed.destroy_process_group()  # else Gloo's threads may abort the ending process
    if as_json:
        show_json({**result._asdict(), "model": str(result.model)})
        return
    (_, first_loss), (steps, last_loss) = result.loss[0], result.loss[-1]
    print(f"{result.model}: loss {first_loss:.3f} at first, {last_loss:.3f} after {steps:,} steps")
    print(f"{result.tokens:,} tokens in {result.seconds:.0f} s")


def _show_plan(plan: Plan, faults: list[str], device: str, devices: int, as_json: bool) -> None:
    """Print the estimate of a run."""
    from dataclasses import asdict

    from training.plan import ASSUMED_UTILISATION, CPU, DEVICES

    if as_json:
        show_json({
            **asdict(plan), "memory": plan.memory, "device": device, "devices": devices,
            "faults": faults,
        })  # fmt: skip
        return
    parts = {
        "weights": plan.weights,
        "optimiser": plan.optimiser,
        "activations": plan.activations[plan.checkpoint_activations],
    }
    memory = ", ".join(f"{name} {size / 1e9:.1f}" for name, size in parts.items())
    recomputed = ", recomputed" if plan.checkpoint_activations else ""
    available = DEVICES[device].memory
    trained = f"{plan.trainable:,} trained ({plan.trainable / plan.parameters:.2%})"
    print(f"parameters   {plan.parameters:,}, of which {trained}")
    print(f"corpus       {plan.records:,} records, {plan.tokens:,} tokens ({plan.counted})")
    print(f"             longest record: about {plan.longest:,} tokens")
    print(f"run          {plan.steps:,} steps of {plan.step_tokens:,} tokens")
    print(f"memory       {plan.memory / 1e9:.1f} of {available / 1e9:.0f} GB on each")
    print(f"             {device}: {memory}{recomputed}")
    speed = "" if device == CPU else f", at {ASSUMED_UTILISATION:.0%} of its peak"
    print(f"time         {plan.seconds / 60:,.1f} minutes on {devices} × {device}{speed}")
    print("Estimated by the formulas in training/plan.py; nothing was measured.")
    for fault in faults:
        print_error(f"tmtail: this run would fail: {fault}")


def card(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a trained model.")],
    results: Annotated[
        list[Path],
        typer.Argument(metavar="RESULTS...", help="Folders that `tmtail eval` wrote."),
    ],
) -> None:
    """Add the scores of evaluations to a model card.

    They replace those of the same split. The results must be those of the model's weights.

    \b
    Example:
      tmtail card out/run/model results
    """
    from training.models.card import CARD_FILE, add_scores

    silence_libraries()
    add_scores(model, results)
    print(model / CARD_FILE)


def merge(
    adapter: Annotated[str, typer.Argument(metavar="ADAPTER", help="Folder of the adapter.")],
    out: Annotated[Path, typer.Argument(metavar="DIR", help="New folder for the merged model.")],
    base: Annotated[
        str,
        typer.Option(
            metavar="DIR|NAME",
            help="Base model, if it has moved since the adapter was trained.",
            show_default=False,
        ),
    ] = "",
    dtype: Annotated[
        Literal["fp32", "bf16"],
        typer.Option(help="Type of the weights that are written; they are compared in fp32."),
    ] = "fp32",
    yes: YesOption = False,
) -> None:
    """Merge an adapter into its base model, and compare the two.

    A merge of more than a minute prints its size and time first, and asks on a terminal.

    \b
    Example:
      tmtail merge out/run/model out/merged
    """
    import torch

    from training.models.adapters import MERGED_BYTES_PER_SECOND
    from training.models.adapters import merge as merge_adapter

    def announce(size: int) -> None:
        text = f"a base model of {size / 1e9:,.1f} GB to merge"
        confirm(text, size / MERGED_BYTES_PER_SECOND, yes=yes)

    silence_libraries()
    difference = merge_adapter(
        adapter,
        out,
        base=base or None,
        dtype=torch.bfloat16 if dtype == "bf16" else torch.float32,
        announce=announce,
    )
    print(f"{out}: logits differ by at most {difference:.1e}")
