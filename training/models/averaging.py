"""Averages of trained weights with those that training started from (arXiv 2109.01903)."""

from __future__ import annotations

import torch
from peft import PeftModel
from transformers import PreTrainedModel

from evaluation.models.loading import load_model


@torch.no_grad()
def average_with_base(model: PreTrainedModel | PeftModel, base: str, share: float) -> None:
    """Replace the weights of a trained model by their average with those of its base, in place.

    Parameters
    ----------
    model
        The trained model, or the base with a trained LoRA adapter, whose update is scaled.
    base
        Folder or hub name of the base.
    share
        Share of the base in the average.
    """
    if isinstance(model, PeftModel):
        for name, weight in model.named_parameters():
            if "lora_B" in name:  # the update is the product of A and B
                weight.mul_(1 - share)
        return
    original, _ = load_model(base)
    for weight, before in zip(model.parameters(), original.parameters(), strict=True):
        weight.lerp_(before.to(weight), share)
