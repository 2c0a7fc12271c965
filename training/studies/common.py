"""Parts that the demo and the studies share: models to score, and the option that names arms."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from pathlib import Path

import torch

from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import load_model


def trained_backend(
    model: Path,
    *,
    name: str,
    batch_size: int,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
) -> HuggingFace:
    """Return the backend that scores a trained model.

    Parameters
    ----------
    model
        Folder of the model.
    name
        Name of the model in results.
    batch_size
        Number of problems that are decoded at once.
    """
    loaded, tokenizer = load_model(str(model), dtype)
    return HuggingFace(loaded.to(device), tokenizer, name=name, batch_size=batch_size)


def arm_list(known: Collection[str]) -> Callable[[str], list[str]]:
    """Return a type for argparse: a list of arms, separated by commas, each one of ``known``."""

    def parse(text: str) -> list[str]:
        names = text.split(",")
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(
                f"unknown arm {', '.join(unknown)}; known arms are {', '.join(known)}"
            )
        return names

    return parse
