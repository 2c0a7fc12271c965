"""A run's needs, foretold: parameters as the models have them, and a memory that adds up."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from tests.support.training_runs import RECORDS, config, write_corpus
from training.config import Adapter, Data, Model, Schedule
from training.data.records import Record
from training.models.random import make_model
from training.models.shapes import KNOWN
from training.plan import ASSUMED_UTILISATION, DEVICES, make_plan

ALL = [Record(**record) for record in RECORDS]


def plan(tmp_path: Path, **more: object):
    return make_plan(config(write_corpus(tmp_path), "run", **more), ALL)


def seven_billion(rank: int | None, **schedule: object) -> dict[str, object]:
    fixed = {"steps": 10, "batch_size": 1, "precision": "bf16"}
    return {
        "model": Model(base="Qwen/Qwen2.5-7B"),
        "adapter": Adapter(rank=rank, alpha=rank) if rank else None,
        "data": Data(corpus=Path("none"), max_length=8192, pack=8192),
        "schedule": Schedule(**{**fixed, **schedule}),
    }


def test_qwen_has_as_many_parameters_as_its_makers_say(tmp_path: Path) -> None:
    found = plan(tmp_path, **seven_billion(None))
    assert found.parameters == found.trainable == 7_615_616_512
    assert found.weights == 6 * found.parameters  # fp32, and bf16 to compute with
    assert plan(tmp_path, **seven_billion(16)).weights == 2 * (7_615_616_512 + 40_370_176)


def test_an_adapter_of_rank_16(tmp_path: Path) -> None:
    found = plan(tmp_path, **seven_billion(16))
    widths = {"q": (3584, 3584), "k": (3584, 512), "v": (3584, 512), "o": (3584, 3584),
              "gate": (3584, 18944), "up": (3584, 18944), "down": (18944, 3584)}  # fmt: skip
    assert found.trainable == 28 * 16 * sum(a + b for a, b in widths.values())
    assert found.optimiser == 16 * found.trainable


def test_shapes_are_those_of_the_models_that_are_made(tmp_path: Path) -> None:
    shape = Model(layers=2, width=32, heads=2, feed_forward=48)
    model, _ = make_model(shape, [], torch.float32)
    found = plan(tmp_path, model=shape)
    assert found.parameters == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("name", KNOWN)
def test_known_shapes_make_models(name) -> None:
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(KNOWN[name])
    assert 1e8 < sum(p.numel() for p in model.parameters()) < 8e9


def test_operations_and_time(tmp_path: Path) -> None:
    lora, full = (plan(tmp_path, **seven_billion(rank)) for rank in (16, None))
    tokens = 10 * 8192
    assert lora.operations / tokens == pytest.approx(
        4 * 7.1e9, rel=0.03
    )  # 4 N, N without the table
    again = plan(tmp_path, **seven_billion(16, checkpoint_activations=True))
    assert again.operations / lora.operations == pytest.approx(1.5, rel=0.02)
    assert full.operations / lora.operations == pytest.approx(
        2 if full.checkpoint_activations else 1.5, rel=0.02
    )
    assert lora.seconds == lora.operations / (DEVICES["H100"].peak * ASSUMED_UTILISATION)


def test_activations_are_computed_again_where_memory_needs_it(tmp_path: Path) -> None:
    small, large = (
        plan(tmp_path, **seven_billion(16, device_batch=n, batch_size=8)) for n in (1, 8)
    )
    assert large.activations[False] > 7 * small.activations[False]
    assert large.checkpoint_activations
    assert large.memory < large.weights + large.optimiser + large.activations[False]


def test_weights_in_fp32_make_larger_activations(tmp_path: Path) -> None:
    lora, full = (plan(tmp_path, **seven_billion(rank)) for rank in (16, None))
    wider = 28 * 8192 * 6 * 3584 * 2  # bytes: the norms and what they take, twice as wide
    assert full.activations[False] - lora.activations[False] == wider


def test_steps_and_tokens_of_epochs(tmp_path: Path) -> None:
    schedule = Schedule(epochs=2, batch_size=4)
    found = plan(tmp_path, schedule=schedule)
    assert (found.records, found.steps) == (8, 4)


def test_tokens_of_a_made_model_are_bytes(tmp_path: Path) -> None:
    found = plan(tmp_path)
    assert found.tokens == sum(len((r.prompt + r.completion).encode()) + 1 for r in ALL)
    assert found.longest == max(len((r.prompt + r.completion).encode()) + 1 for r in ALL)
    assert "by the model's tokenizer" in found.counted


def test_refusals(tmp_path: Path) -> None:
    ready = config(write_corpus(tmp_path), "run")
    with pytest.raises(ValueError, match="unknown device H1000; known devices are A100-40GB"):
        make_plan(ready, ALL, device="H1000")
    with pytest.raises(ValueError, match="no record to train on"):
        make_plan(ready, [])
