"""Shares of attention: they are those of the whole map, and the model's output stays as it is."""

import pytest
import torch
from transformers import AutoModelForCausalLM as Auto
from transformers import GptOssConfig, LlamaConfig, MistralConfig, PreTrainedModel, Qwen2Config

from evaluation.attention.measurement import look, watched

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
COUNT = 300  # more than are computed at once, and than the window holds


def made(name: str) -> PreTrainedModel:
    torch.manual_seed(3)
    return Auto.from_config(CONFIGS[name], attn_implementation="sdpa").eval()


@pytest.mark.parametrize("name", CONFIGS)
def test_shares_are_those_of_the_whole_map(name: str) -> None:
    model = made(name)
    tokens = torch.randint(50, (COUNT,)).tolist()
    queries = list(range(COUNT - 200, COUNT))
    starts = torch.randint(COUNT - 20, (200, 3))
    stretches = torch.stack([starts, starts + torch.randint(20, (200, 3))], dim=-1)
    with watched(model):
        found = look(model, tokens, queries, stretches)
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        whole = model(input_ids=torch.tensor([tokens]), output_attentions=True)
    maps = torch.cat(whole.attentions)[:, :, queries]  # layers, heads, queries, tokens
    inside = torch.arange(COUNT) >= stretches[..., :1]
    inside &= torch.arange(COUNT) < stretches[..., 1:]
    expected = torch.einsum("lhqt,qst->lhqs", maps, inside.float())
    torch.testing.assert_close(found.shares, expected, atol=1e-5, rtol=0)
    assert found.shares.max() > 0.1
    assert found.said.tolist() == whole.logits[0, queries].argmax(dim=-1).tolist()


def test_a_model_is_as_it_was_afterwards() -> None:
    model = made("shared keys")
    tokens = torch.randint(50, (1, 30))
    before = model(input_ids=tokens).logits
    with watched(model):
        look(model, tokens[0].tolist(), [7], torch.tensor([[[0, 8]]]))
    assert model.config._attn_implementation == "sdpa"
    torch.testing.assert_close(model(input_ids=tokens).logits, before)


def test_all_of_a_query_is_one() -> None:
    model = made("own keys")
    with watched(model):
        found = look(model, list(range(40)), [0, 39], torch.tensor([[[0, 40]], [[0, 40]]]))
    torch.testing.assert_close(found.shares, torch.ones(3, 4, 2, 1))


def test_attention_that_is_no_plain_softmax_is_refused() -> None:
    config = GptOssConfig(**SHAPE, head_dim=8, num_local_experts=2, num_experts_per_tok=1)
    model = Auto.from_config(config, attn_implementation="eager").eval()
    with watched(model), pytest.raises(ValueError, match="has sinks of its own"):
        look(model, [1, 2, 3], [2], torch.tensor([[[0, 1]]]))
