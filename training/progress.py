"""Callbacks that follow a training run: its progress, and the time of each step."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

WARMUP_STEPS = 2
"""Steps at the start that are not timed: memory is allocated and kernels are chosen in them."""


class ProgressCallback(TrainerCallback):
    """Calls a function with the steps that are done and those there will be."""

    def __init__(self, report: Callable[[int, int], None]) -> None:
        self.report = report

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self.report(state.global_step, state.max_steps)


class StepClock(TrainerCallback):
    """Records when each step ended, in seconds of ``time.perf_counter``."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        synchronize()
        self.ends.append(time.perf_counter())


def synchronize() -> None:
    """Wait for the kernels of the GPU, where there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
