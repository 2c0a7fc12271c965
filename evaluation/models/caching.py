"""A cache of keys and values, and forward passes with it, in every supported Transformers."""

from __future__ import annotations

from typing import Any

import transformers
from torch import Tensor
from transformers import Cache, DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

TRANSFORMERS_VERSION = tuple(map(int, transformers.__version__.split(".")[:2]))
CACHE_ARGUMENT = "cache" if TRANSFORMERS_VERSION >= (5, 24) else "past_key_values"
"""Name that models have for the cache; version 5.24 renamed it, and 5.40 removes the old name."""

MIN_ROOM = 64
"""Least number of further tokens that a cache has room for when it grows."""


def cached_logits(model: PreTrainedModel, cache: Cache, **inputs: Any) -> Tensor:
    """Return the logits of a forward pass that reads a cache and adds its own tokens to it."""
    logits: Tensor = model(**inputs, **{CACHE_ARGUMENT: cache}, use_cache=True).logits
    return logits


class GrowingLayer(DynamicLayer):
    """A layer of keys and values with room for more, so that a token's own are all that is copied.

    ``DynamicLayer`` copies the whole layer for every token.
    """

    keys: Tensor
    values: Tensor
    _room: tuple[Tensor, Tensor] | None = None

    def update(
        self, key_states: Tensor, value_states: Tensor, *arguments: Any, **options: Any
    ) -> tuple[Tensor, Tensor]:
        """Add keys and values, [rows, heads, tokens, width], and return all of them."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        begin = self.get_seq_length()
        end = begin + key_states.shape[-2]
        # Other methods, such as those that select rows, replace the keys by a copy.
        fits = self._room is not None and self.keys.data_ptr() == self._room[0].data_ptr()
        if self._room is None or not fits or end > self._room[0].shape[-2]:
            shape = (*key_states.shape[:2], end + max(MIN_ROOM, end // 4))
            keys = key_states.new_empty(*shape, key_states.shape[-1])
            values = value_states.new_empty(*shape, value_states.shape[-1])
            if begin:
                keys[..., :begin, :] = self.keys
                values[..., :begin, :] = self.values
            self._room = keys, values
        keys, values = self._room
        keys[..., begin:end, :] = key_states
        values[..., begin:end, :] = value_states
        self.keys, self.values = keys[..., :end, :], values[..., :end, :]
        return self.keys, self.values


def empty_cache(model: PreTrainedModel) -> DynamicCache:
    """Return a cache of keys and values for this model that grows without copies."""
    cache = DynamicCache(config=model.config)
    cache.layers = [
        GrowingLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers
    ]
    return cache
