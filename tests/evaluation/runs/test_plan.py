"""Estimates of evaluations: the size is exact, the time is that of measured steps."""

from __future__ import annotations

from typing import Any

import pytest
from transformers import AutoModelForCausalLM, GPT2Config, MistralConfig, Qwen2Config

from evaluation.backends.base import Reference, StepTime
from evaluation.backends.huggingface import HuggingFace
from evaluation.runs.evaluate import prepare_parts
from evaluation.runs.plan import EvalPlan, plan_decoding
from tests.support.models.eval_problems import replayed
from tests.support.models.tiny_models import SHAPE, TOKENIZER


class Steady(Reference):
    """Backend that decodes four outputs at once, at a known speed."""

    def time_step(self, outputs: int, length: int) -> StepTime:
        """Return the speed."""
        self.asked = outputs, length
        return StepTime(4, 0.1, 0.001)


class Unknown(Reference):
    """Backend of a distribution that measures no time."""

    time_step = None  # type: ignore[assignment]


def test_a_plan_counts_problems_tokens_and_steps() -> None:
    problems = [*replayed("S", 5), *replayed("M", 3)]
    backend = Steady()
    parts = prepare_parts(problems, backend, samples=2)
    limits = [part.limit for part in parts]
    assert limits[0] < limits[1]
    prompts = 2 * sum(len(problem.text) for problem in problems)
    tokens = 2 * (5 * limits[0] + 3 * limits[1])
    seconds = (3 * limits[0] + 2 * limits[1]) / 10 + prompts / 1000
    plan = plan_decoding(parts, backend, 2)
    assert plan[:2] == (8, tokens)
    assert plan.seconds == pytest.approx(seconds)
    assert plan.size == f"8 problems, at most {tokens:,} tokens to decode"
    assert backend.asked == (16, (prompts + tokens) // 16)


def test_a_plan_without_measured_steps_has_no_time() -> None:
    backend = Unknown()
    parts = prepare_parts(replayed("S", 2), backend, max_new_tokens=7)
    assert plan_decoding(parts, backend, 1) == EvalPlan(2, 14, None)


def test_problems_that_do_not_fit_are_not_decoded() -> None:
    backend = Steady()
    backend.context = 3  # type: ignore[assignment]
    assert plan_decoding(prepare_parts(replayed("S", 2), backend), backend, 1) == (0, 0, 0)


@pytest.mark.parametrize(
    ("config", "more"),
    [
        (Qwen2Config, {"max_position_embeddings": 64}),
        (MistralConfig, {"sliding_window": 24}),
        (GPT2Config, {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 64}),
    ],
)
def test_a_step_of_a_model_is_measured_within_its_context(
    config: Any, more: dict[str, int]
) -> None:
    model = AutoModelForCausalLM.from_config(config(**{**SHAPE, **more}))
    backend = HuggingFace(model, TOKENIZER, name="tiny", batch_size=4)
    for outputs, length, batch in ((9, 1_000, 4), (3, 2, 3)):
        time = backend.time_step(outputs, length)
        assert time.batch == batch
        assert 0 < time.read < time.step < 10
