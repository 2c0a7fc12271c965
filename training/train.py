"""One training run: records in, a model folder out, through TRL's ``SFTTrainer`` and PEFT."""

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
from evaluation.problems.selection import held_out
from tasks.corpus.dataset import Corpus
from tm.support.files import atomic_folder, sole_writer
from training.checkpoints import FOLDER, MarkWhole, at, newest, save_weights
from training.config import Config, Schedule
from training.data.collator import Collator
from training.data.records import Record, chosen_records, count_ends, pack, training_set
from training.models.adapters import lora
from training.models.attention import attend_within_documents
from training.models.random import make_model
from training.plan import SAMPLED, make_plan
from training.probes import Probes, best_step
from training.record import write_record
from training.trainer import Trainer

MODEL = "model"
"""The folder, within ``out``, of the finished model; it appears whole or not at all."""


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
        Go on from the newest whole checkpoint in ``config.out`` (``schedule.save_every``).
    callbacks
        The trainer's, for a progress bar.

    Raises
    ------
    ValueError
        There is no GPU for ``bf16``, and no ``use_cpu``; the model cannot be loaded, the corpus
        cannot be read or holds nothing of the tasks asked for or something of other ranges, a
        record is too long, positions reach past the model's context, ``out`` holds something
        already, or a checkpoint is damaged.
    RuntimeError
        The GPU has too little memory; the message says what to change.
    FolderInUseError
        Another run is writing into ``out``.
    """
    # Of the processes of one run the first holds the folder for all.
    first = os.environ.get("RANK", "0") == "0"
    with sole_writer(config.out) if first else nullcontext():
        return _train(config, resume, callbacks)


def _train(config: Config, resume: bool, callbacks: tuple[TrainerCallback, ...]) -> Trained:
    checkpoint = _checkpoint(config.out, resume)
    schedule = config.schedule
    if schedule.precision == "bf16" and not schedule.use_cpu and not torch.cuda.is_available():
        raise ValueError(
            "PyTorch finds no GPU: train where there is one, or set schedule.precision: fp32, as "
            "a small model takes on a CPU (training/configs/tiny-cpu.yaml), or schedule.use_cpu: "
            "true, where the CPU computes in bf16"
        )
    shared_out = os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"
    if config.probe.every and shared_out:
        raise ValueError(
            "probes decode on one process, which of a model that is shared out (FSDP) has only a "
            "part: set probe.every: 0, and score the model when it is done"
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
    if shared_out and model.config.get_text_config().tie_word_embeddings:
        raise ValueError(
            "the model's output head is its embedding, and FSDP would part them: train with a "
            "copy on every GPU (training/configs/accelerate/ddp.yaml)"
        )
    base = fingerprint(model) if config.adapter else None
    dataset = training_set(records, tokenizer, data.max_length, chat=data.chat)
    counted = dataset.num_rows, sum(dataset["length"])
    if data.pack:
        dataset = pack(dataset, data.pack, config.seed)
        attend_within_documents(model)
    if (ends := count_ends(dataset, tokenizer)) < counted[0]:
        raise RuntimeError(f"only {ends} of {counted[0]} records kept their end; this is our fault")
    trainer = Trainer(
        model=model,
        args=_arguments(config, records),
        train_dataset=dataset,
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, config.positions, config.seed),
        peft_config=lora(config.adapter) if config.adapter else None,
        callbacks=[MarkWhole(), *_probes(config, tokenizer), *callbacks],
    )
    trainer.remove_callback(PrinterCallback)  # stdout belongs to the caller
    try:
        result = trainer.train(resume_from_checkpoint=checkpoint and str(checkpoint))
    except torch.OutOfMemoryError as error:
        raise RuntimeError(f"{_OUT_OF_MEMORY} ({str(error).splitlines()[0]})") from None
    except (UnpicklingError, SafetensorError):  # only a checkpoint is read here
        raise ValueError(
            f"{checkpoint} is damaged; delete it, to go on from the one before it"
        ) from None
    history = trainer.state.log_history
    trained = Trained(
        model=config.out / MODEL,
        loss=tuple((row["step"], row["loss"]) for row in history if "loss" in row),
        tokens=trainer.state.num_input_tokens_seen,
        seconds=result.metrics["train_runtime"],
    )
    if config.probe.keep == "best":
        step = best_step(config.out)
        trainer._load_from_checkpoint(str(at(config.out, step)))
    else:
        step = trainer.state.global_step
    is_writer = trainer.is_world_process_zero()
    with atomic_folder(trained.model, is_writer=is_writer) as draft:
        save_weights(trainer, draft)
        if is_writer:
            tokenizer.save_pretrained(draft)
            write_record(
                draft,
                config,
                device=trainer.args.device,
                base=base,
                step=step,
                records=counted[0],
                record_tokens=counted[1],
                tokens=trained.tokens,
                seconds=trained.seconds,
                history=history,
            )
    trainer.accelerator.wait_for_everyone()
    return trained


_OUT_OF_MEMORY = (
    "the GPU has too little memory: make schedule.device_batch or data.pack smaller, or set "
    "schedule.checkpoint_activations: true; `tmtail train CONFIG --plan` tells what takes it"
)


def _checkpoint(out: Path, resume: bool) -> Path | None:
    """The checkpoint to go on from; ``ValueError`` when that, or a fresh start, cannot be."""
    if (out / MODEL).exists():
        raise ValueError(f"{out} holds a trained model already; give another `out`")
    found = newest(out)
    if resume and found is None:
        raise ValueError(f"{out} holds no checkpoint to go on from; set schedule.save_every")
    if found and not resume:
        raise ValueError(
            f"{out} holds an unfinished run; go on with it (resume), or give another `out`"
        )
    return found


def _check_positions(config: Config, model: PreTrainedModel) -> None:
    context = model.config.get_text_config().max_position_embeddings
    reach = 0 if config.positions.kind == "plain" else config.positions.reach
    for name, asked in (("positions.reach", reach), ("data.max_length", config.data.max_length)):
        if asked > context:
            raise ValueError(f"{name} {asked} is more than the model's context, {context} tokens")


def _probes(config: Config, tokenizer: PreTrainedTokenizerBase) -> Iterator[TrainerCallback]:
    probe = config.probe
    if probe.every:
        corpus = Corpus.open(config.data.corpus)
        yield Probes(
            config.out,
            list(held_out(corpus, "probe", probe.ranges, probe.items)),
            tokenizer,
            every=probe.every,
            batch_size=probe.batch_size,
            chat=config.data.chat,
        )


def _arguments(config: Config, records: Sequence[Record]) -> SFTConfig:
    schedule = config.schedule
    gpu = _on_gpu(schedule)
    rows, times = schedule.split(_devices())
    lowest = schedule.min_learning_rate
    lowest = schedule.learning_rate / 10 if lowest is None else lowest
    # Where TensorBoard's files go; Transformers reads it from the environment alone.
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(config.out / "tensorboard")
    return SFTConfig(
        output_dir=str(config.out / FOLDER),
        max_steps=schedule.steps or -1,
        num_train_epochs=schedule.epochs or 1,
        per_device_train_batch_size=rows,
        gradient_accumulation_steps=times,
        learning_rate=schedule.learning_rate,
        weight_decay=schedule.weight_decay,
        warmup_steps=schedule.warmup,  # below 1: a share of all steps
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr": lowest},
        adam_beta2=0.98,
        max_grad_norm=1.0,
        seed=config.seed,
        data_seed=config.seed,
        bf16=schedule.precision == "bf16",
        use_cpu=not gpu,
        dataloader_pin_memory=gpu,
        gradient_checkpointing=_checkpoints_activations(config, records),
        # The data path is ours: tokenised, masked, and refused where it is too long.
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        save_strategy="steps" if schedule.save_every else "no",
        save_steps=schedule.save_every or 1,
        # Two: the older stands until the newer is marked as whole. To choose among, all.
        save_total_limit=2 if config.probe.keep == "last" else None,
        logging_strategy="steps",
        logging_steps=max(1, schedule.steps // 40) if schedule.steps else 0.025,
        include_num_input_tokens_seen="all",
        report_to="tensorboard" if config.tensorboard else "none",
        disable_tqdm=True,
    )


def _on_gpu(schedule: Schedule) -> bool:
    return torch.cuda.is_available() and not schedule.use_cpu


def _devices() -> int:
    """How many processes train together, as their launcher tells each of them."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _checkpoints_activations(config: Config, records: Sequence[Record]) -> bool:
    """Whether to compute activations twice: as asked, else where the GPU needs it."""
    asked = config.schedule.checkpoint_activations
    if asked is not None or not _on_gpu(config.schedule):
        return bool(asked)
    plan = make_plan(config, records[:SAMPLED], devices=_devices())
    memory: int = torch.cuda.get_device_properties(0).total_memory
    return plan.weights + plan.optimiser + plan.activations[False] > 0.9 * memory
