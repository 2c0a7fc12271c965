"""Estimate of how much an evaluation decodes, and how long that takes, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from evaluation.backends.base import Backend, StepTimer
from evaluation.runs.evaluate import Part


class EvalPlan(NamedTuple):
    """Estimate of an evaluation.

    Attributes
    ----------
    problems
        Number of problems that fit the context.
    tokens
        Maximum number of tokens of all outputs together.
    seconds
        Time to read the prompts and to decode so many tokens one by one; None if it is not known.
    """

    problems: int
    tokens: int
    seconds: float | None

    @property
    def size(self) -> str:
        """The size in words."""
        return f"{self.problems:,} problems, at most {self.tokens:,} tokens to decode"


def plan_decoding(parts: Sequence[Part], backend: Backend, samples: int) -> EvalPlan:
    """Estimate how much a backend decodes for ``samples`` outputs of each problem."""
    problems = sum(len(part.fitting) for part in parts)
    tokens = samples * sum(len(part.fitting) * part.limit for part in parts)
    if not isinstance(backend, StepTimer):
        return EvalPlan(problems, tokens, None)
    if not problems:
        return EvalPlan(problems, tokens, 0.0)
    outputs = samples * problems
    prompts = samples * sum(part.prompt_tokens for part in parts)
    time = backend.time_step(outputs, (prompts + tokens) // outputs)
    steps = sum(ceil(samples * len(part.fitting) / time.batch) * part.limit for part in parts)
    return EvalPlan(problems, tokens, steps * time.step + prompts * time.read)
