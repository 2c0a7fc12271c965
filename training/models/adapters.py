"""LoRA adapters: how they are made, and that they stand on the base they were trained on."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel

from evaluation.models.loading import ADAPTER, RECORD, base_of, load_model, record_of
from tm.support.files import atomic_folder
from training.config import Adapter

PROBED = 64
TOLERANCE = 1e-4
"""Of the greatest logit, in fp32; rounding takes about a hundredth of it."""


def lora(adapter: Adapter) -> LoraConfig:
    """PEFT's configuration of an adapter on every linear layer but the output head."""
    return LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.alpha,
        lora_dropout=adapter.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def merge(adapter: str, out: Path, *, base: str | None = None) -> float:
    """Write a model that an adapter has become part of, after seeing that it says the same.

    Parameters
    ----------
    base
        The model that the adapter stands on, where it is not where it was.

    Returns
    -------
    float
        The greatest difference of a logit on ``PROBED`` random tokens.

    Raises
    ------
    ValueError
        When it is no adapter, it stands on another base, or ``out`` is there already.
    RuntimeError
        When the merged model's logits differ by more than ``TOLERANCE`` of the greatest.
    """
    if out.exists():
        raise ValueError(f"{out} is there already; nothing is overwritten")
    if not (Path(adapter) / ADAPTER).is_file():
        raise ValueError(f"model {adapter} is no adapter: there is no {ADAPTER}")
    adapted, tokenizer = load_model(adapter, base=base)
    plain, _ = load_model(base or base_of(adapter))
    merged = PeftModel.from_pretrained(plain, adapter).merge_and_unload()
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(len(tokenizer), (1, PROBED), generator=generator)
    with torch.inference_mode():
        before, after = adapted.eval()(ids).logits, merged.eval()(ids).logits
    difference = float((before - after).abs().max())
    if difference > TOLERANCE * float(before.abs().max()):
        raise RuntimeError(f"{adapter}: merging changes logits by up to {difference:.2g}")
    with atomic_folder(out) as draft:
        merged.save_pretrained(draft)
        tokenizer.save_pretrained(draft)
        record = record_of(adapter)
        (draft / RECORD).write_text(
            json.dumps({**record, "merged": {"logits_differ": difference}}, indent=1) + "\n",
            encoding="utf-8",
        )
    return difference
