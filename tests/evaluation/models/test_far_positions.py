"""Far tokens are seen at the distances of a window: compared with position ids of a plain model."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    MistralConfig,
    PreTrainedModel,
    Qwen2Config,
)

from evaluation.backends.huggingface import HuggingFace
from evaluation.models.distances import FarPositions, read_far_positions
from evaluation.models.far_positions import see_far_tokens
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import outputs_of, without_margins
from tests.support.models.tiny_models import SHAPE, TOKENIZER

CLAMP = FarPositions(kind="clamp", window=7)
GROUP = FarPositions(kind="group", window=7, group=3)


def untrained(config: Any = Qwen2Config, **changes: Any) -> PreTrainedModel:
    torch.manual_seed(2)
    model: PreTrainedModel = AutoModelForCausalLM.from_config(config(**{**SHAPE, **changes}))
    return model.eval()


def seeing(model: PreTrainedModel, far: FarPositions) -> PreTrainedModel:
    changed = copy.deepcopy(model)
    see_far_tokens(changed, far)
    return changed


def distance(far: FarPositions, query: int, key: int) -> int:
    """Return the distance at which a query sees a key."""
    if query - key < far.window:
        return query - key
    if far.kind == "clamp":
        return far.window
    return query // far.group - key // far.group + far.window - far.window // far.group


@pytest.mark.parametrize("far", [CLAMP, GROUP], ids=lambda far: far.kind)
@pytest.mark.parametrize("config", [Qwen2Config, LlamaConfig])
@torch.inference_mode()
def test_the_last_token_sees_each_token_at_its_distance(config: Any, far: FarPositions) -> None:
    model = untrained(config, num_hidden_layers=1)
    changed = seeing(model, far)
    ids = torch.randint(256, (1, 40), generator=torch.Generator().manual_seed(0))
    together = changed(ids).logits[0]
    for last in (5, 6, 7, 20, 39):
        text = ids[:, : last + 1]
        # With one layer, keys depend on their own tokens only, so that positions may repeat.
        seen_at = torch.tensor([[100 - distance(far, last, key) for key in range(last + 1)]])
        expected = model(text, attention_mask=torch.ones_like(text), position_ids=seen_at).logits
        assert torch.allclose(together[last], expected[0, -1], atol=1e-4)
    plain = model(ids).logits[0]
    assert torch.allclose(together[:7], plain[:7], atol=1e-5)
    assert not torch.allclose(together[20], plain[20], atol=1e-2)


@pytest.mark.parametrize("far", [CLAMP, GROUP], ids=lambda far: far.kind)
def test_batches_caches_and_drafts_do_not_change_outputs(
    far: FarPositions, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = seeing(untrained(), far)
    problems = replayed("S", 7, wordings=3)
    single = HuggingFace(model, TOKENIZER, name="a", batch_size=1, decode="plain")
    expected = outputs_of(single, problems, 24)
    monkeypatch.setattr("evaluation.models.far_positions.MAX_SCORES", 100_000)
    batched = HuggingFace(model, TOKENIZER, name="a", batch_size=4)
    assert without_margins(outputs_of(batched, problems, 24)) == expected
    assert len({output.text for output in expected}) > 3


def test_other_models_are_refused() -> None:
    with pytest.raises(ValueError, match="not mistral"):
        see_far_tokens(untrained(MistralConfig), CLAMP)
    with pytest.raises(ValueError, match="with full attention"):
        see_far_tokens(
            untrained(use_sliding_window=True, sliding_window=8, max_window_layers=0), CLAMP
        )


def test_options_are_read() -> None:
    assert read_far_positions("clamp:7") == CLAMP
    assert read_far_positions("group:7:3") == GROUP
    for text in ("clamp", "clamp:7:3", "group:7", "far:7"):
        with pytest.raises(ValueError, match="must be clamp:WINDOW or group:WINDOW:SIZE"):
            read_far_positions(text)


@pytest.mark.parametrize("sizes", [{"window": 0}, {"window": 5, "group": 1}])
def test_sizes_are_checked(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="`window` must be at least 1, and `group` at least 2"):
        FarPositions(kind="group", **sizes)
