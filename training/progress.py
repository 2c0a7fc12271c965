"""Callbacks that report the progress of a training run and time its steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

WARMUP_STEPS = 2
"""Number of initial steps that are not timed, because they allocate memory and choose kernels."""


class ProgressCallback(TrainerCallback):
    """Calls a function after each step with the number of steps done and the total number."""

    def __init__(self, report: Callable[[int, int], None]) -> None:
        self.report = report

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self.report(state.global_step, state.max_steps)


class StepClock(TrainerCallback):
    """Records the time at the end of each step.

    Attributes
    ----------
    ends
        Value of ``time.perf_counter`` at the end of each step, in seconds.
    """

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        synchronize()
        self.ends.append(time.perf_counter())

    def seconds_per_step(self) -> float:
        """Return the mean duration of a step, in seconds, without the ``WARMUP_STEPS``."""
        timed_steps = len(self.ends) - WARMUP_STEPS
        return (self.ends[-1] - self.ends[WARMUP_STEPS - 1]) / timed_steps


def synchronize() -> None:
    """Wait until the GPU, if there is one, has finished its kernels."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
