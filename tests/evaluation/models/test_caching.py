"""The cache of keys and values holds what Transformers' own cache does, after any operations."""

from typing import Any

import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import DynamicCache, Qwen2Config, Qwen2ForCausalLM
from transformers.cache_utils import DynamicLayer

from evaluation.models.caching import GrowingLayer, cached_logits, empty_cache

OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 90)),
        st.tuples(st.just("crop"), st.integers(0, 20)),
        st.tuples(st.just("select"), st.sampled_from([[0], [1, 0], [0, 1, 2]])),
        st.tuples(st.just("repeat"), st.just(2)),
        st.tuples(st.just("reset"), st.just(0)),
    ),
    max_size=12,
)


@given(OPERATIONS)
def test_the_layer_holds_what_the_layer_of_transformers_does(
    operations: list[tuple[str, Any]],
) -> None:
    layers = GrowingLayer(), DynamicLayer()
    rows, number = 3, 0
    for name, argument in operations:
        length = layers[1].get_seq_length()
        if name == "add":
            shape = (rows, 2, argument, 4)
            keys = torch.arange(number, number + rows * 8 * argument).reshape(shape)
            number += keys.numel()
            for own, theirs in zip(*(layer.update(keys, -keys) for layer in layers), strict=True):
                assert torch.equal(own, theirs)
        elif length and name == "crop":
            for layer in layers:
                layer.crop(-min(argument, length - 1))
        elif length and name == "select":
            chosen = [row for row in argument if row < rows]
            rows = len(chosen)
            for layer in layers:
                layer.batch_select_indices(torch.tensor(chosen))
        elif length and name == "repeat" and rows < 10:
            rows *= argument
            for layer in layers:
                layer.batch_repeat_interleave(argument)
        elif name == "reset":
            rows = 3
            for layer in layers:
                layer.reset()
        assert layers[0].get_seq_length() == layers[1].get_seq_length()


def test_a_token_copies_no_other_and_gets_the_same_logits() -> None:
    config = Qwen2Config(
        vocab_size=20,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
    )
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(config).eval()
    own, theirs = empty_cache(model), DynamicCache(config=config)
    places = set()
    for token in range(20):
        inputs = {"input_ids": torch.tensor([[token], [19 - token]])}
        with torch.inference_mode():
            logits = [cached_logits(model, cache, **inputs) for cache in (own, theirs)]
        assert torch.equal(*logits)
        places.add(own.layers[0].keys.data_ptr())
    assert len(places) == 1
