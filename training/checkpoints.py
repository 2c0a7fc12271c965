"""Checkpoints that are whole: a run goes on from the newest one that was written to its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

FOLDER = "checkpoints"
"""The folder, within a run's ``out``, of what an interrupted run goes on from."""

WHOLE = "whole"
"""The file that is written last into a checkpoint."""


class MarkWhole(TrainerCallback):
    """Marks each checkpoint when all of it is written; a killed process leaves no mark."""

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
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


def _step(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])
