"""Forward passes with a cache of keys and values, in every version of Transformers we support."""

from __future__ import annotations

from typing import Any

import transformers
from torch import Tensor
from transformers import Cache, PreTrainedModel

TRANSFORMERS_VERSION = tuple(map(int, transformers.__version__.split(".")[:2]))
CACHE_ARGUMENT = "cache" if TRANSFORMERS_VERSION >= (5, 24) else "past_key_values"
"""Name that models have for the cache; version 5.24 renamed it, and 5.40 removes the old name."""


def cached_logits(model: PreTrainedModel, cache: Cache, **inputs: Any) -> Tensor:
    """Return the logits of a forward pass that reads a cache and adds its own tokens to it."""
    logits: Tensor = model(**inputs, **{CACHE_ARGUMENT: cache}, use_cache=True).logits
    return logits
