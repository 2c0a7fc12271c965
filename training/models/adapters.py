"""LoRA adapters: configuration, and merging into the base model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel
from transformers import PreTrainedModel

from evaluation.models.identity import folder_of
from evaluation.models.loading import (
    ADAPTER_CONFIG_FILE,
    TRAINING_RECORD_FILE,
    base_of,
    load_model,
    read_training_record,
)
from tm.support.files import atomic_folder
from tm.support.suggestions import did_you_mean
from training.config import Adapter
from training.models.card import write_model_card

COMPARED_TOKENS = 64
"""Number of random tokens on which logits are compared before and after merging."""

MAX_RELATIVE_DIFFERENCE = 1e-4
"""Maximum difference of logits in fp32, as a fraction of the largest logit; rounding causes about a
hundredth of it."""

MERGED_BYTES_PER_SECOND = 100e6
"""Bytes of a base model's files that are read, compared and written again in a second."""


def lora(adapter: Adapter, model: PreTrainedModel) -> LoraConfig:
    """Return PEFT's configuration of an adapter of a model.

    Raises
    ------
    ValueError
        If a target is not a linear layer of the model.
    """
    head = model.get_output_embeddings()
    known = dict.fromkeys(
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module is not head
    )
    for name in adapter.targets or ():
        if name not in known:
            help = did_you_mean(name, known) or f"the layers are {', '.join(known)}"
            raise ValueError(f"adapter.targets: no linear layer is called `{name}`; {help}")
    return LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.alpha,
        lora_dropout=adapter.dropout,
        target_modules=list(adapter.targets) if adapter.targets else "all-linear",
        task_type="CAUSAL_LM",
    )


def merge(
    adapter: str,
    out: Path,
    *,
    base: str | None = None,
    dtype: torch.dtype = torch.float32,
    announce: Callable[[int], None] = lambda size: None,
) -> float:
    """Merge an adapter into its base model, compare logits, and write the merged model to ``out``.

    Parameters
    ----------
    base
        Folder or hub name of the base model. None: the one that the adapter names.
    dtype
        Type of the weights that are written. They are merged and compared in fp32.
    announce
        Called with the bytes of the base model's weights before anything is loaded.

    Returns
    -------
    float
        Largest absolute difference of a logit on ``COMPARED_TOKENS`` random tokens.

    Raises
    ------
    ValueError
        If ``adapter`` is not an adapter, it was trained on another base, or ``out`` exists.
    RuntimeError
        If the logits differ by more than ``MAX_RELATIVE_DIFFERENCE`` of the largest.
    """
    if out.exists():
        raise ValueError(f"{out} exists; nothing is overwritten, give a new folder")
    if not (Path(adapter) / ADAPTER_CONFIG_FILE).is_file():
        raise ValueError(f"model {adapter} is not an adapter: it has no file {ADAPTER_CONFIG_FILE}")
    base = base or base_of(adapter)
    announce(sum(file.stat().st_size for file in folder_of(base).glob("*.safetensors")))
    adapted, tokenizer = load_model(adapter, base=base)
    plain, _ = load_model(base)
    merged = PeftModel.from_pretrained(plain, adapter).merge_and_unload()
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(len(tokenizer), (1, COMPARED_TOKENS), generator=generator)
    with torch.inference_mode():
        before, after = adapted.eval()(ids).logits, merged.eval()(ids).logits
    difference = float((before - after).abs().max())
    if difference > MAX_RELATIVE_DIFFERENCE * float(before.abs().max()):
        raise RuntimeError(
            f"{adapter}: merging changes logits by up to {difference:.2g}, more than rounding "
            "explains; nothing was written"
        )
    with atomic_folder(out) as draft:
        merged.to(dtype).save_pretrained(draft)
        tokenizer.save_pretrained(draft)
        record = read_training_record(adapter)
        (draft / TRAINING_RECORD_FILE).write_text(
            json.dumps({**record, "merged": {"logits_differ": difference}}, indent=1) + "\n",
            encoding="utf-8",
        )
        if "scores" in record:
            write_model_card(draft)
    return difference
