"""Measured shares of attention equal those of the full map, and the output does not change."""

import pytest
import torch
from transformers import AutoModelForCausalLM as Auto
from transformers import GptOssConfig, LlamaConfig, MistralConfig, PreTrainedModel, Qwen2Config

from evaluation.attention.measurement import measurable, measure

SHAPE = {
    "vocab_size": 50,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "initializer_range": 0.4,
}
CONFIGS = {
    "shared keys": Qwen2Config(**SHAPE),
    "own keys": LlamaConfig(**SHAPE | {"num_key_value_heads": 4}),
    "window": MistralConfig(**SHAPE, sliding_window=40),
}
TOKENS = 300  # more than one chunk of queries, and more than the sliding window


def make_model(name: str) -> PreTrainedModel:
    torch.manual_seed(3)
    return Auto.from_config(CONFIGS[name], attn_implementation="sdpa").eval()


@pytest.mark.parametrize("name", CONFIGS)
def test_shares_equal_those_of_the_full_map(name: str) -> None:
    model = make_model(name)
    tokens = torch.randint(50, (TOKENS,)).tolist()
    queries = list(range(TOKENS - 200, TOKENS))
    starts = torch.randint(TOKENS - 20, (200, 3))
    stretches = torch.stack([starts, starts + torch.randint(20, (200, 3))], dim=-1)
    with measurable(model):
        measured = measure(model, tokens, queries, stretches)
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        full = model(input_ids=torch.tensor([tokens]), output_attentions=True)
    maps = torch.cat(full.attentions)[:, :, queries]  # layers, heads, queries, tokens
    inside = torch.arange(TOKENS) >= stretches[..., :1]
    inside &= torch.arange(TOKENS) < stretches[..., 1:]
    expected = torch.einsum("lhqt,qst->lhqs", maps, inside.float())
    torch.testing.assert_close(measured.shares, expected, atol=1e-5, rtol=0)
    assert measured.shares.max() > 0.1
    assert measured.likeliest.tolist() == full.logits[0, queries].argmax(dim=-1).tolist()


def test_the_model_is_unchanged_afterwards() -> None:
    model = make_model("shared keys")
    tokens = torch.randint(50, (1, 30))
    before = model(input_ids=tokens).logits
    with measurable(model):
        measure(model, tokens[0].tolist(), [7], torch.tensor([[[0, 8]]]))
    assert model.config._attn_implementation == "sdpa"
    torch.testing.assert_close(model(input_ids=tokens).logits, before)


def test_the_shares_of_a_query_add_up_to_one() -> None:
    model = make_model("own keys")
    with measurable(model):
        measured = measure(model, list(range(40)), [0, 39], torch.tensor([[[0, 40]], [[0, 40]]]))
    torch.testing.assert_close(measured.shares, torch.ones(3, 4, 2, 1))


def test_attention_with_sinks_is_an_error() -> None:
    config = GptOssConfig(**SHAPE, head_dim=8, num_local_experts=2, num_experts_per_tok=1)
    model = Auto.from_config(config, attn_implementation="eager").eval()
    with (
        measurable(model),
        pytest.raises(ValueError, match="has sink weights, which cannot be measured"),
    ):
        measure(model, [1, 2, 3], [2], torch.tensor([[[0, 1]]]))
