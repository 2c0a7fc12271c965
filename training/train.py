"""A training run: from a corpus to the folder of a model, by TRL's ``SFTTrainer`` and PEFT."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from pickle import UnpicklingError
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    TrainerCallback,
    set_seed,
)
from trl import SFTConfig

from evaluation.models.loading import fingerprint, load_model
from evaluation.problems.selection import load_problems
from tasks.corpus.dataset import Corpus
from tm.support.files import atomic_folder, remove_drafts, sole_writer
from training.checkpoints import (
    CHECKPOINTS,
    CheckpointMarker,
    checkpoint_of_step,
    newest_checkpoint,
    save_weights,
)
from training.config import Config, Schedule
from training.data.collator import Collator
from training.data.records import Record, chosen_records
from training.data.tokenisation import count_eos, pack, training_set
from training.models.adapters import lora
from training.models.attention import attend_within_documents
from training.models.random import make_model
from training.plan import MAX_MEMORY_FRACTION, MAX_SAMPLED_RECORDS, make_plan
from training.probes import ProbeCallback, best_step
from training.provenance import write_provenance
from training.trainer import Trainer

MODEL = "model"
"""Folder of the finished model, within ``out``; it appears only when it is complete."""


class TrainingResult(NamedTuple):
    """Result of a training run.

    Attributes
    ----------
    model
        Folder of the model, or of the adapter, and of its tokenizer.
    loss
        (step, mean training loss since the previous report), for each report.
    tokens
        Number of tokens processed, including prompts and padding.
    seconds
        Wall time of the training loop, in seconds.
    """

    model: Path
    loss: tuple[tuple[int, float], ...]
    tokens: int
    seconds: float


def train(
    config: Config, *, resume: bool = False, callbacks: tuple[TrainerCallback, ...] = ()
) -> TrainingResult:
    """Train a model and write it to ``config.out``.

    Parameters
    ----------
    resume
        Whether to resume from the newest complete checkpoint in ``config.out``; checkpoints need
        ``schedule.save_every``.
    callbacks
        Callbacks of the trainer, such as ``training.progress.ProgressCallback``.

    Raises
    ------
    ValueError
        If ``bf16`` has neither a GPU nor ``use_cpu``, the model cannot be loaded, the corpus cannot
        be read, has no record of the tasks or has records of other ranges, a record is too long,
        positions exceed the model's context, ``out`` has a model or an unfinished run, or a
        checkpoint is damaged.
    RuntimeError
        If the GPU has too little memory; the message says which settings to change.
    FolderInUseError
        If another process is writing to ``out``.
    """
    # If a run has several processes, the first one locks the folder for all.
    first = os.environ.get("RANK", "0") == "0"
    with sole_writer(config.out) if first else nullcontext():
        return _train(config, resume, callbacks)


def _train(config: Config, resume: bool, callbacks: tuple[TrainerCallback, ...]) -> TrainingResult:
    checkpoint = _checkpoint_to_resume(config.out, resume)
    if os.environ.get("RANK", "0") == "0":
        remove_drafts(config.out)
    schedule = config.schedule
    if schedule.precision == "bf16" and not schedule.use_cpu and not torch.cuda.is_available():
        raise ValueError(
            "schedule.precision is bf16, but PyTorch finds no GPU; set schedule.precision: fp32 "
            "(for small models, see `tmtail show tiny-cpu`), or schedule.use_cpu: true to "
            "compute in bf16 on the CPU"
        )
    sharded = os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"
    if config.probe.every and sharded:
        raise ValueError(
            "probes decode in one process, which has only a shard of the model under FSDP; set "
            "probe.every: 0, and score the trained model"
        )
    set_seed(config.seed)
    data = config.data
    dtype = torch.bfloat16 if config.half_weights else torch.float32
    records = list(chosen_records(data))
    if config.model.base is None:
        texts = (record.prompt + record.completion for record in records)
        model, tokenizer = make_model(config.model, texts, dtype)
    else:
        model, tokenizer = load_model(config.model.base, dtype)
    _check_positions(config, model)
    if sharded and model.config.get_text_config().tie_word_embeddings:
        raise ValueError(
            "FSDP cannot shard this model, because its output head is tied to its embedding; train "
            "with a copy on every GPU (`tmtail show accelerate/ddp`)"
        )
    base = fingerprint(model) if config.adapter else None
    dataset = training_set(records, tokenizer, data.max_length, chat=data.chat)
    record_count, record_tokens = dataset.num_rows, sum(dataset["length"])
    if data.pack:
        dataset = pack(dataset, data.pack, config.seed)
        attend_within_documents(model)
    if (eos_count := count_eos(dataset, tokenizer)) < record_count:
        raise RuntimeError(
            f"internal error: {record_count - eos_count} of {record_count} records lost their EOS "
            "token; please report this"
        )
    trainer = Trainer(
        model=model,
        args=_arguments(config, records),
        train_dataset=dataset,
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, config.positions, config.seed),
        peft_config=lora(config.adapter) if config.adapter else None,
        callbacks=[CheckpointMarker(), *_probe_callbacks(config, tokenizer), *callbacks],
    )
    trainer.remove_callback(PrinterCallback)  # it would print to the caller's stdout
    try:
        output = trainer.train(resume_from_checkpoint=checkpoint and str(checkpoint))
    except torch.OutOfMemoryError as error:
        raise RuntimeError(f"{_OUT_OF_MEMORY} ({str(error).splitlines()[0]})") from None
    except (UnpicklingError, SafetensorError):  # training reads no other file than a checkpoint
        raise ValueError(
            f"{checkpoint} is damaged; delete it to resume from the previous checkpoint"
        ) from None
    history = trainer.state.log_history
    result = TrainingResult(
        model=config.out / MODEL,
        loss=tuple((row["step"], row["loss"]) for row in history if "loss" in row),
        tokens=trainer.state.num_input_tokens_seen,
        seconds=output.metrics["train_runtime"],
    )
    if config.probe.keep == "best":
        step = best_step(config.out)
        trainer._load_from_checkpoint(str(checkpoint_of_step(config.out, step)))
    else:
        step = trainer.state.global_step
    is_writer = trainer.is_world_process_zero()
    with atomic_folder(result.model, is_writer=is_writer) as draft:
        save_weights(trainer, draft)
        if is_writer:
            tokenizer.save_pretrained(draft)
            write_provenance(
                draft,
                config,
                device=trainer.args.device,
                base=base,
                step=step,
                records=record_count,
                record_tokens=record_tokens,
                tokens=result.tokens,
                seconds=result.seconds,
                history=history,
            )
    trainer.accelerator.wait_for_everyone()
    return result


_OUT_OF_MEMORY = (
    "the GPU has too little memory; reduce schedule.device_batch or data.pack, or set "
    "schedule.checkpoint_activations: true; `tmtail train CONFIG --plan` shows what needs memory"
)


def _checkpoint_to_resume(out: Path, resume: bool) -> Path | None:
    """Return the checkpoint to resume from, or None for a new run.

    Raises
    ------
    ValueError
        If there is nothing to resume, or a new run would overwrite another one.
    """
    if (out / MODEL).exists():
        raise ValueError(f"{out} already has a trained model; set another `out`")
    checkpoint = newest_checkpoint(out)
    if resume and checkpoint is None:
        raise ValueError(
            f"{out} has no checkpoint to resume from; checkpoints need schedule.save_every"
        )
    if checkpoint and not resume:
        raise ValueError(f"{out} has an unfinished run; resume it, or set another `out`")
    return checkpoint


def _check_positions(config: Config, model: PreTrainedModel) -> None:
    context = model.config.get_text_config().max_position_embeddings
    reach = 0 if config.positions.kind == "plain" else config.positions.reach
    for name, value in (("positions.reach", reach), ("data.max_length", config.data.max_length)):
        if value > context:
            raise ValueError(
                f"{name} must be at most the model's context of {context} tokens, not {value}"
            )


def _probe_callbacks(
    config: Config, tokenizer: PreTrainedTokenizerBase
) -> Iterator[TrainerCallback]:
    probe = config.probe
    if probe.every:
        corpus = Corpus.open(config.data.corpus)
        yield ProbeCallback(
            config.out,
            list(load_problems(corpus, "probe", probe.ranges, probe.items)),
            tokenizer,
            every=probe.every,
            batch_size=probe.batch_size,
            chat=config.data.chat,
        )


def _arguments(config: Config, records: Sequence[Record]) -> SFTConfig:
    schedule = config.schedule
    gpu = _on_gpu(schedule)
    device_batch, accumulation_steps = schedule.split(_process_count())
    min_learning_rate = schedule.min_learning_rate
    if min_learning_rate is None:
        min_learning_rate = schedule.learning_rate / 10
    # Transformers reads the folder of TensorBoard's files from the environment only.
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(config.out / "tensorboard")
    return SFTConfig(
        output_dir=str(config.out / CHECKPOINTS),
        max_steps=schedule.steps or -1,
        num_train_epochs=schedule.epochs or 1,
        per_device_train_batch_size=device_batch,
        gradient_accumulation_steps=accumulation_steps,
        learning_rate=schedule.learning_rate,
        weight_decay=schedule.weight_decay,
        warmup_steps=schedule.warmup,  # a value below 1 is a fraction of all steps
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr": min_learning_rate},
        adam_beta2=0.98,
        max_grad_norm=1.0,
        seed=config.seed,
        data_seed=config.seed,
        bf16=schedule.precision == "bf16",
        use_cpu=not gpu,
        dataloader_pin_memory=gpu,
        gradient_checkpointing=_recomputes_activations(config, records),
        # The data set is already tokenised and masked, and no record is too long.
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        save_strategy="steps" if schedule.save_every else "no",
        save_steps=schedule.save_every or 1,
        # Two, so that one is complete while the other is being written; `best` may need any.
        save_total_limit=2 if config.probe.keep == "last" else None,
        logging_strategy="steps",
        logging_steps=max(1, schedule.steps // 40) if schedule.steps else 0.025,
        include_num_input_tokens_seen="all",
        report_to="tensorboard" if config.tensorboard else "none",
        disable_tqdm=True,
    )


def _on_gpu(schedule: Schedule) -> bool:
    return torch.cuda.is_available() and not schedule.use_cpu


def _process_count() -> int:
    """Return the number of processes of this run, which their launcher sets."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _recomputes_activations(config: Config, records: Sequence[Record]) -> bool:
    """Return whether to recompute activations: as configured, or if the GPU's memory needs it."""
    setting = config.schedule.checkpoint_activations
    if setting is not None or not _on_gpu(config.schedule):
        return bool(setting)
    plan = make_plan(config, records[:MAX_SAMPLED_RECORDS], devices=_process_count())
    memory: int = torch.cuda.get_device_properties(0).total_memory
    needed = plan.weights + plan.optimiser + plan.activations[False]
    return needed > MAX_MEMORY_FRACTION * memory
