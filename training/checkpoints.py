"""Weights that are whole: the checkpoints that a run goes on from, and the model it ends with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accelerate import PartialState
from transformers import (
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

FOLDER = "checkpoints"
"""The folder, within a run's ``out``, of what an interrupted run goes on from."""

WHOLE = "whole"
"""The file that is written last into a checkpoint."""


class MarkWhole(TrainerCallback):
    """Marks each checkpoint when all of it is written; a killed process leaves no mark."""

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        PartialState().wait_for_everyone()  # each process writes files of its own
        if state.is_world_process_zero:
            (Path(str(args.output_dir)) / f"checkpoint-{state.global_step}" / WHOLE).touch()


def newest(out: Path) -> Path | None:
    """The newest whole checkpoint of a run, or None."""
    whole = [mark.parent for mark in (out / FOLDER).glob(f"checkpoint-*/{WHOLE}")]
    return max(whole, key=_step, default=None)


def at(out: Path, step: int) -> Path:
    """The checkpoint of a step.

    Raises
    ------
    ValueError
        When it is not there, or not whole.
    """
    folder = out / FOLDER / f"checkpoint-{step}"
    if not (folder / WHOLE).is_file():
        raise ValueError(f"{folder} is no whole checkpoint")
    return folder


def save_weights(trainer: Trainer, folder: Path) -> None:
    """Write the model or adapter that a trainer holds, as safetensors; called on all processes.

    The first process writes. Under FSDP checkpoints are shards, of which Transformers makes no
    model: it saves one that is gathered, or nothing at all.

    Raises
    ------
    RuntimeError
        When no weights were written.
    """
    if trainer.is_fsdp_enabled:
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    trainer.save_model(str(folder))
    if trainer.is_world_process_zero():
        (folder / "training_args.bin").unlink(missing_ok=True)  # a pickle; the record says it all
        if not any(folder.glob("*.safetensors")):
            raise RuntimeError(
                f"{folder} got no weights: this launcher's way to share a model out is not known "
                "here; the checkpoints beside it hold them (schedule.save_every)"
            )


def _step(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])
