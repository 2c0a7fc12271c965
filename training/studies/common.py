"""Backends that score trained models, for the demo and the studies."""

from __future__ import annotations

from pathlib import Path

import torch

from evaluation.backends.base import GREEDY, Sampling
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.distances import FarPositions
from evaluation.models.loading import load_model
from training.config import Config
from training.plan import in_bf16, on_gpu


def trained_backend(
    model: Path | str,
    *,
    name: str,
    batch_size: int | None = None,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
    chat: bool = False,
    sampling: Sampling = GREEDY,
    far: FarPositions | None = None,
) -> HuggingFace:
    """Return the backend that scores a trained model.

    Parameters
    ----------
    model
        Folder of the model, or a name on the hub.
    name
        Name of the model in results.
    batch_size, chat, sampling, far
        See ``HuggingFace``.
    """
    loaded, tokenizer = load_model(str(model), dtype)
    return HuggingFace(
        loaded.to(device),
        tokenizer,
        name=name,
        batch_size=batch_size,
        chat=chat,
        sampling=sampling,
        far=far,
    )


def recipe_backend(
    recipe: Config,
    model: Path | str,
    *,
    name: str,
    sampling: Sampling = GREEDY,
    far: FarPositions | None = None,
) -> HuggingFace:
    """Return the backend that scores a model with the device, precision and prompts of a recipe."""
    return trained_backend(
        model,
        name=name,
        dtype=torch.bfloat16 if in_bf16(recipe.schedule) else torch.float32,
        device="cuda" if on_gpu(recipe.schedule) else "cpu",
        chat=recipe.data.chat,
        sampling=sampling,
        far=far,
    )
