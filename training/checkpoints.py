"""Checkpoints, from which an interrupted run resumes, and the weights that a run ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from torch import nn
from transformers import (
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from tm.support.files import sha256, write_text
from tm.support.strict_json import read_json

CHECKPOINTS = "checkpoints"
"""Folder of checkpoints, within a run's ``out``."""

COMPLETE_MARK = "whole"
"""Name of the file that is written last into a checkpoint, with the SHA-256 of all others."""


class CheckpointMarker(TrainerCallback):
    """Marks a checkpoint when it is complete; a killed process leaves no mark.

    A checkpoint ends a report of losses, because Transformers forgets those that were not reported.
    """

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        control.should_log = control.should_log or control.should_save

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        PartialState().wait_for_everyone()  # each process writes its own files
        if state.is_world_process_zero:
            folder = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
            write_text(folder / COMPLETE_MARK, json.dumps(_digests(folder), indent=1) + "\n")


def check_finite(model: nn.Module) -> None:
    """Check that every trained weight is a number.

    Raises
    ------
    ValueError
        If one is not, because training has diverged.
    """
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            # Under FSDP, a process has a part of each weight.
            local = parameter.to_local() if hasattr(parameter, "to_local") else parameter
            if not bool(torch.isfinite(local.detach()).all()):
                raise ValueError(
                    f"weight {name} is not a number, as training has diverged; nothing was saved; "
                    "reduce schedule.learning_rate, or compute in fp32"
                )


def newest_checkpoint(out: Path) -> Path | None:
    """Return the newest complete checkpoint of a run, or None."""
    marks = (out / CHECKPOINTS).glob(f"checkpoint-*/{COMPLETE_MARK}")
    return max((mark.parent for mark in marks), key=_step, default=None)


def check_checkpoint(folder: Path) -> None:
    """Check that the files of a complete checkpoint are those that were written.

    Raises
    ------
    ValueError
        If a file is missing or was changed.
    """
    try:
        stored = read_json(folder / COMPLETE_MARK)
    except ValueError:
        stored = {}
    if stored != _digests(folder):
        raise ValueError(f"{folder} is damaged; delete it to resume from the previous checkpoint")


def _digests(checkpoint: Path) -> dict[str, str]:
    files = sorted(path for path in checkpoint.rglob("[!.]*") if path.is_file())
    return {
        path.relative_to(checkpoint).as_posix(): sha256(path)
        for path in files
        if path.name != COMPLETE_MARK
    }


def checkpoint_of_step(out: Path, step: int) -> Path:
    """Return the checkpoint of a step.

    Raises
    ------
    ValueError
        If it does not exist or is incomplete.
    """
    folder = out / CHECKPOINTS / f"checkpoint-{step}"
    if not (folder / COMPLETE_MARK).is_file():
        raise ValueError(f"{folder} is not a complete checkpoint")
    check_checkpoint(folder)
    return folder


def save_weights(trainer: Trainer, folder: Path) -> None:
    """Write the model or adapter of a trainer as safetensors; call it in all processes.

    The first process writes. Under FSDP, checkpoints are sharded, and Transformers cannot load a
    model from them; so the weights are gathered and saved in full.

    Raises
    ------
    RuntimeError
        If no weights were written.
    """
    if trainer.is_fsdp_enabled:
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    check_finite(trainer.model)
    trainer.save_model(str(folder))
    if trainer.is_world_process_zero():
        # A pickle file; what it says is in the description of the run.
        (folder / "training_args.bin").unlink(missing_ok=True)
        if not any(folder.glob("*.safetensors")):
            raise RuntimeError(
                f"{folder}: no weights were written, because gathering a sharded model is not "
                "supported for this launcher; the checkpoints of schedule.save_every have them"
            )


def _step(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])
