"""One training run: records in, a model folder out, through TRL's ``SFTTrainer`` and PEFT."""

from __future__ import annotations

import dataclasses
import json
import platform
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import torch
from peft import LoraConfig
from transformers import PrinterCallback, TrainerCallback, set_seed
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig

from evaluation.models import load_model
from training.attention import attend_within_documents
from training.collator import Collator
from training.config import Config, Data
from training.data import Record, pack, read_records, training_set
from training.model import make_model
from training.trainer import Trainer

MODEL = "model"
"""The folder, within ``out``, of the finished model; it appears whole or not at all."""

CHECKPOINTS = "checkpoints"
"""The folder, within ``out``, of what an interrupted run goes on from."""

RECORD = "tmtail.json"
"""The file beside a trained model that says how it was made."""

_VERSIONS = ("tmtail", "torch", "transformers", "trl", "peft", "datasets", "tokenizers")


class Trained(NamedTuple):
    """What a run made.

    Attributes
    ----------
    model
        The folder of the model, or of the adapter, and its tokenizer.
    loss
        (step, mean training loss since the one before) at every report.
    tokens
        Tokens trained on, prompts and padding included.
    seconds
        Wall time of the training loop.
    """

    model: Path
    loss: tuple[tuple[int, float], ...]
    tokens: int
    seconds: float


def train(
    config: Config, *, resume: bool = False, callbacks: tuple[TrainerCallback, ...] = ()
) -> Trained:
    """Train as ``config`` says; the model stands in ``config.out`` when this returns.

    Parameters
    ----------
    resume
        Go on from the newest checkpoint in ``config.out`` (``schedule.save_every``).
    callbacks
        The trainer's, for a progress bar.

    Raises
    ------
    ValueError
        The model cannot be loaded, the corpus cannot be read or holds nothing of the tasks and
        ranges asked for, a record is too long, or ``out`` holds something already.
    """
    checkpoint = _checkpoint(config.out, resume)
    set_seed(config.seed)
    dtype = torch.bfloat16 if config.schedule.precision == "bf16" else torch.float32
    records = list(_chosen(config.data))
    if config.model.base is None:
        texts = (record.prompt + record.completion for record in records)
        model, tokenizer = make_model(config.model, texts, dtype)
    else:
        model, tokenizer = load_model(config.model.base, dtype)
    data = config.data
    dataset = training_set(records, tokenizer, data.max_length, chat=data.chat)
    if data.pack:
        dataset = pack(dataset, data.pack, config.seed)
        attend_within_documents(model)
    trainer = Trainer(
        model=model,
        args=_arguments(config),
        train_dataset=dataset,
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, config.positions, config.seed),
        peft_config=_lora(config),
        callbacks=list(callbacks),
    )
    trainer.remove_callback(PrinterCallback)  # stdout belongs to the caller
    result = trainer.train(resume_from_checkpoint=checkpoint)
    history = trainer.state.log_history
    trained = Trained(
        model=config.out / MODEL,
        loss=tuple((row["step"], row["loss"]) for row in history if "loss" in row),
        tokens=trainer.state.num_input_tokens_seen,
        seconds=result.metrics["train_runtime"],
    )
    part = config.out / (MODEL + ".part")
    trainer.model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    _write_record(part / RECORD, config, trained, len(records))
    part.rename(trained.model)
    return trained


def _checkpoint(out: Path, resume: bool) -> str | None:
    """The checkpoint to go on from; ``ValueError`` when that, or a fresh start, cannot be."""
    if (out / MODEL).exists():
        raise ValueError(f"{out} holds a trained model already; give another `out`")
    newest: str | None = None
    if (out / CHECKPOINTS).is_dir():
        newest = get_last_checkpoint(str(out / CHECKPOINTS))
    if resume and newest is None:
        raise ValueError(f"{out} holds no checkpoint to go on from; set schedule.save_every")
    if newest and not resume:
        raise ValueError(
            f"{out} holds an unfinished run; go on with it (resume), or give another `out`"
        )
    return newest


def _chosen(data: Data) -> Iterator[Record]:
    """The records of the tasks that are asked for; those of other ranges must not be among them."""
    found: set[tuple[str, str]] = set()
    for record in read_records(data.corpus):
        found.add((record.task, record.range))
        if data.tasks is None or record.task in data.tasks:
            if record.range not in data.ranges:
                raise ValueError(
                    f"{data.corpus} has records of {record.task} {record.range} to train on, and "
                    f"data.ranges are {', '.join(data.ranges)}: add {record.range}, if it is meant"
                )
            yield record
    if not any(data.tasks is None or task in data.tasks for task, _ in found):
        held = ", ".join(f"{task} {span}" for task, span in sorted(found)) or "nothing"
        raise ValueError(f"{data.corpus}: no record of what is asked for; it holds {held}")


def _arguments(config: Config) -> SFTConfig:
    schedule = config.schedule
    # `gradient_checkpointing` has a new name, which older releases that we support do not know.
    warnings.filterwarnings("ignore", "`gradient_checkpointing`", FutureWarning)
    return SFTConfig(
        output_dir=str(config.out / CHECKPOINTS),
        max_steps=schedule.steps,
        per_device_train_batch_size=schedule.batch_size // schedule.accumulate,
        gradient_accumulation_steps=schedule.accumulate,
        learning_rate=schedule.learning_rate,
        weight_decay=schedule.weight_decay,
        warmup_steps=round(schedule.warmup * schedule.steps),
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr_rate": 0.1},
        adam_beta2=0.98,
        max_grad_norm=1.0,
        seed=config.seed,
        data_seed=config.seed,
        bf16=schedule.precision == "bf16",
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
        gradient_checkpointing=schedule.checkpoint_activations,
        # The data path is ours: tokenised, masked, and refused where it is too long.
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        save_strategy="steps" if schedule.save_every else "no",
        save_steps=schedule.save_every or 1,
        save_total_limit=1,
        logging_steps=max(1, schedule.steps // 40),
        include_num_input_tokens_seen="all",
        report_to="none",
        disable_tqdm=True,
    )


def _lora(config: Config) -> LoraConfig | None:
    if (adapter := config.adapter) is None:
        return None
    return LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.alpha,
        lora_dropout=adapter.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def _write_record(file: Path, config: Config, trained: Trained, records: int) -> None:
    record: dict[str, Any] = {
        "config": dataclasses.asdict(config),
        "records": records,
        "tokens": trained.tokens,
        "seconds": trained.seconds,
        "loss": trained.loss,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _VERSIONS},
    }
    file.write_text(json.dumps(record, indent=1, default=str) + "\n", encoding="utf-8")
