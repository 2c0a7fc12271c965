"""The vLLM backend on vLLM itself, which needs a GPU: verified and plain decoding agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, Qwen2Config

from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import load_model
from evaluation.models.tokens import encode
from evaluation.states.measurement import measure_states
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import outputs_of, without_margins
from tests.support.models.tiny_models import TOKENIZER, save_model

pytestmark = pytest.mark.gpu


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a random model whose heads are wide enough for vLLM's kernels."""
    pytest.importorskip("vllm")
    torch.manual_seed(11)
    config = Qwen2Config(
        vocab_size=len(TOKENIZER),
        hidden_size=256,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        initializer_range=0.2,
    )
    return save_model(tmp_path / "model", AutoModelForCausalLM.from_config(config))


def test_outputs_and_states_are_those_of_plain_decoding(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluation.backends.vllm import VLLM

    problems = replayed("S", 8, wordings=3)
    backend = VLLM(str(folder), dtype="float32", gpu_memory=0.3)
    monkeypatch.setattr(backend, "_verifies", False)
    plain = outputs_of(backend, problems, 200)
    monkeypatch.setattr(backend, "_verifies", True)
    # The drafts are the outputs themselves, with a fault in every second one.
    drafts = [
        [*ids[:40], 65, *ids[41:]] if index % 2 else ids
        for index, ids in enumerate(encode(TOKENIZER, [output.text for output in plain]))
    ]
    monkeypatch.setattr(backend, "drafts", lambda _: drafts)
    verified = outputs_of(backend, problems, 200)
    assert without_margins(verified) == plain
    assert all(output.verification is not None for output in verified)
    assert backend.counters.accepted > 8 * 40
    ours = measure_states(backend, problems)
    theirs = measure_states(HuggingFace(*load_model(str(folder)), name="random"), problems)
    ranks = [np.concatenate(table["ranks"].to_pylist()) for table in (ours, theirs)]
    assert (ranks[0] == ranks[1]).mean() > 0.99
