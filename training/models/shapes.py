"""Configurations of models: of a folder or hub name, of random weights, of the recipes' models.

The last are listed here, so that a run can be planned without access to the hub.
"""

from __future__ import annotations

from typing import Any

from transformers import AutoConfig, LlamaConfig, PreTrainedConfig, Qwen2Config

from evaluation.models.hub import model_source
from training.config import Model

_QWEN = {"rms_norm_eps": 1e-6, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6}}

KNOWN: dict[str, PreTrainedConfig] = {
    "Qwen/Qwen2.5-7B": Qwen2Config(
        vocab_size=152_064,
        hidden_size=3584,
        intermediate_size=18_944,
        num_hidden_layers=28,
        num_attention_heads=28,
        num_key_value_heads=4,
        max_position_embeddings=131_072,
        tie_word_embeddings=False,
        **_QWEN,
    ),
    "Qwen/Qwen2.5-0.5B": Qwen2Config(
        vocab_size=151_936,
        hidden_size=896,
        intermediate_size=4864,
        num_hidden_layers=24,
        num_attention_heads=14,
        num_key_value_heads=2,
        max_position_embeddings=32_768,
        tie_word_embeddings=True,
        **_QWEN,
    ),
    "HuggingFaceTB/SmolLM2-135M-Instruct": LlamaConfig(
        vocab_size=49_152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 1e5},
    ),
}
"""Configuration of each model that a recipe names, by hub name."""


def configuration(model: Model) -> PreTrainedConfig:
    """Return the configuration of a run's model, without its weights.

    Raises
    ------
    ValueError
        If the configuration of ``model.base`` cannot be loaded.
    """
    if model.base is None:
        return random_configuration(model, model.vocabulary)
    if model.base in KNOWN:
        return KNOWN[model.base]
    source = model_source(model.base)
    try:
        loaded: PreTrainedConfig = AutoConfig.from_pretrained(source, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"model {model.base}: the configuration cannot be loaded: {error}"
        ) from None
    return loaded


def random_configuration(shape: Model, vocabulary: int, **tokens: Any) -> Qwen2Config:
    """Return the configuration of a Qwen2 model of this shape, for random weights.

    The standard deviation of the weights is 1/√width: the usual 0.02 is meant for models that are
    many times as wide.

    Parameters
    ----------
    **tokens
        Ids of special tokens, passed on to ``Qwen2Config``.
    """
    return Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        head_dim=shape.head_width,
        max_position_embeddings=shape.context,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        initializer_range=shape.width**-0.5,
        tie_word_embeddings=True,
        **tokens,
    )
