"""Estimates of a run: parameters as in the models, and the formulas of memory and operations."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

from tests.support.models.training_runs import RECORDS, tiny_config
from training import plan as planning
from training.config import Adapter, Config, Data, Model, Schedule
from training.data.records import Record
from training.models.random import make_model
from training.models.shapes import KNOWN
from training.plan import ASSUMED_UTILISATION, DEVICES, Plan, in_bf16, make_plan, weight_type

ALL = [Record(**record) for record in RECORDS]


@pytest.fixture(scope="module", autouse=True)
def cached_models() -> Any:
    """Build each model of 7 billion parameters once, as that takes a second."""
    original = planning.meta_model

    @cache
    def build(model: Model, adapter: Adapter | None) -> PreTrainedModel:
        return original(tiny_config(Path("none"), "run", model=model, adapter=adapter))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(planning, "meta_model", lambda c: build(c.model, c.adapter))
        yield


def config(**sections: Any) -> Config:
    return tiny_config(Path("none"), "run", **sections)


def plan(**sections: Any) -> Plan:
    return make_plan(config(**sections), ALL)


def qwen_7b(rank: int | None, **schedule: Any) -> dict[str, Any]:
    """Sections for training Qwen2.5-7B, all weights or an adapter."""
    fixed: dict[str, Any] = {"steps": 10, "batch_size": 1, "precision": "bf16"}
    return {
        "model": Model(base="Qwen/Qwen2.5-7B"),
        "adapter": Adapter(rank=rank, alpha=rank) if rank else None,
        "data": Data(corpus=Path("none"), max_length=8192, pack=8192),
        "schedule": Schedule(**fixed | schedule),
    }


def test_qwen_has_the_published_number_of_parameters() -> None:
    full = plan(**qwen_7b(None))
    assert full.parameters == full.trainable == 7_615_616_512
    assert full.weights == 6 * full.parameters  # fp32, and a copy in bf16 to compute with
    assert plan(**qwen_7b(16)).weights == 2 * (7_615_616_512 + 40_370_176)


def test_an_adapter_of_rank_16() -> None:
    adapted = plan(**qwen_7b(16))
    sizes = {"q": (3584, 3584), "k": (3584, 512), "v": (3584, 512), "o": (3584, 3584),
             "gate": (3584, 18944), "up": (3584, 18944), "down": (18944, 3584)}  # fmt: skip
    assert adapted.trainable == 28 * 16 * sum(a + b for a, b in sizes.values())
    assert adapted.optimiser == 16 * adapted.trainable


@pytest.mark.parametrize(
    ("capabilities", "half"),
    [({}, False), ({"avx512_bf16": False}, False), ({"avx512_bf16": True}, True),
     ({"amx_bf16": True}, True), ({"bf16": True}, True)],
)  # fmt: skip
def test_auto_is_bf16_where_the_cpu_has_instructions_for_it(
    capabilities: dict[str, bool], half: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    auto = config(**qwen_7b(16, precision="auto"))
    assert in_bf16(auto.schedule) is half
    assert weight_type(auto) == (torch.bfloat16 if half else torch.float32)


@pytest.mark.parametrize("half", [False, True])
def test_auto_is_bf16_on_a_gpu_that_supports_it(
    half: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **options: half)
    assert in_bf16(Schedule(steps=1, precision="auto")) is half


def test_random_weights_have_the_planned_number_of_parameters() -> None:
    shape = Model(layers=2, width=32, heads=2, feed_forward=48)
    model, _ = make_model(shape, [], torch.float32)
    assert plan(model=shape).parameters == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("name", KNOWN)
def test_known_shapes_make_models(name: str) -> None:
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(KNOWN[name])
    assert 1e8 < sum(p.numel() for p in model.parameters()) < 8e9


def test_operations_and_time() -> None:
    lora, full = (plan(**qwen_7b(rank)) for rank in (16, None))
    tokens = 10 * 8192
    parameters = 7.1e9  # without the embedding
    assert lora.operations / tokens == pytest.approx(4 * parameters, rel=0.03)
    recomputing = plan(**qwen_7b(16, checkpoint_activations=True))
    assert recomputing.operations / lora.operations == pytest.approx(1.5, rel=0.02)
    assert full.operations / lora.operations == pytest.approx(
        2 if full.checkpoint_activations else 1.5, rel=0.02
    )
    assert lora.seconds == lora.operations / (DEVICES["H100"].peak * ASSUMED_UTILISATION)


def test_activations_are_recomputed_if_memory_is_short() -> None:
    small, large = (plan(**qwen_7b(16, device_batch=n, batch_size=8)) for n in (1, 8))
    assert large.activations[False] > 7 * small.activations[False]
    assert large.checkpoint_activations
    assert large.memory < large.weights + large.optimiser + large.activations[False]


def test_weights_in_fp32_make_larger_activations() -> None:
    lora, full = (plan(**qwen_7b(rank)) for rank in (16, None))
    residual_stream = 28 * 8192 * 6 * 3584 * 2  # two more bytes for norms and their inputs
    assert full.activations[False] - lora.activations[False] == residual_stream


def test_the_number_of_steps_of_two_epochs() -> None:
    estimate = plan(schedule=Schedule(epochs=2, batch_size=4))
    assert (estimate.records, estimate.steps) == (8, 4)


def test_tokens_of_the_smallest_vocabulary_are_bytes() -> None:
    estimate = plan()
    sizes = [len((r.prompt + r.completion).encode()) + 1 for r in ALL]
    assert estimate.tokens == sum(sizes)
    assert estimate.longest == max(sizes)
    assert "by the model's tokenizer" in estimate.counted


def test_a_plan_extrapolates_from_a_sample_of_the_records() -> None:
    schedule = Schedule(epochs=2, batch_size=4)
    every = plan(schedule=schedule)
    sampled = make_plan(config(schedule=schedule), ALL, count=10 * len(ALL))
    assert (sampled.records, sampled.tokens, sampled.steps) == (80, 10 * every.tokens, 40)
    assert (sampled.longest, sampled.step_tokens) == (every.longest, every.step_tokens)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="unknown device H1000; known devices are A100-40GB"):
        make_plan(config(), ALL, device="H1000")
    with pytest.raises(ValueError, match="no record to train on"):
        make_plan(config(), [])
