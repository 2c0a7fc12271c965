"""A training run: from a corpus to the folder of a model, by TRL's ``SFTTrainer`` and PEFT."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from pickle import UnpicklingError
from typing import Literal, NamedTuple

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
from tasks.base import AnyTask
from tasks.corpus.dataset import Corpus
from tasks.corpus.restoring import restore_tasks
from tasks.registry import from_file
from tm.support.files import atomic_folder, remove_drafts, sole_writer
from training.checkpoints import (
    CHECKPOINTS,
    CheckpointMarker,
    check_checkpoint,
    checkpoint_of_step,
    newest_checkpoint,
    save_weights,
)
from training.config import Config
from training.data.collator import Collator
from training.data.records import Record, chosen_records, corpus_digest, operand_units
from training.data.tokenisation import count_eos, lengths, pack, training_set
from training.models.adapters import lora
from training.models.attention import attend_within_documents
from training.models.averaging import average_with_base
from training.models.card import scores_for_record, write_model_card
from training.models.random import make_model
from training.models.tokenizer import MIN_VOCABULARY
from training.plan import (
    CPU,
    DEVICES,
    MAX_MEMORY_FRACTION,
    MAX_SAMPLED_RECORDS,
    Plan,
    in_bf16,
    make_plan,
    on_gpu,
    this_device,
    weight_type,
)
from training.probes import ProbeCallback, best_step, rows_of_step
from training.provenance import (
    check_same_run,
    describe_run,
    store_run,
    tokens_digest,
    write_provenance,
)
from training.trainer import Trainer

MODEL = "model"
"""Folder of the finished model, within ``out``; it appears only when it is complete."""


TOKENS = "tokens"
"""Folder of the tokenised records, within ``out``, until the run has ended."""

Resume = bool | Literal["if-any"]
Announce = Callable[[Plan], None]


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
    config: Config,
    *,
    resume: Resume = False,
    callbacks: tuple[TrainerCallback, ...] = (),
    announce: Announce | None = None,
) -> TrainingResult:
    """Train a model and write it to ``config.out``.

    Parameters
    ----------
    resume
        Whether to resume from the newest complete checkpoint in ``config.out``; checkpoints need
        ``schedule.save_every``. ``if-any``: resume if there is one, else start.
    callbacks
        Callbacks of the trainer, such as ``training.progress.ProgressCallback``.
    announce
        Called with an estimate of a new run before it begins; it may raise to cancel the run. If
        there are several processes, the first one calls it.

    Raises
    ------
    ValueError
        If ``bf16`` has neither a GPU nor ``use_cpu``, the model cannot be loaded, the corpus cannot
        be read, is unfinished or damaged, has no record of the tasks or has records of other
        ranges, a record is too long, positions exceed the model's context, ``out`` is inside the
        corpus, has a model or an unfinished run, or that of another recipe, a checkpoint is
        damaged, or training diverges.
    RuntimeError
        If the GPU has too little memory; the message says which settings to change.
    FolderInUseError
        If another process is writing to ``out``.
    """
    if config.out.resolve().is_relative_to(config.data.corpus.resolve()):
        raise ValueError(
            f"{config.out}: `out` is inside the corpus {config.data.corpus}, which must not "
            "change; set another `out`"
        )
    # If a run has several processes, the first one locks the folder for all.
    first = os.environ.get("RANK", "0") == "0"
    with sole_writer(config.out) if first else nullcontext():
        return _train(config, resume, callbacks, announce if first else None)


def _train(
    config: Config,
    resume: Resume,
    callbacks: tuple[TrainerCallback, ...],
    announce: Announce | None,
) -> TrainingResult:
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
    if config.base_share and sharded:
        raise ValueError("`base_share` needs whole weights, which no process has under FSDP")
    set_seed(config.seed)
    data = config.data
    dtype = weight_type(config)
    records_digest = corpus_digest(data.corpus)
    sample = list(islice(chosen_records(data), MAX_SAMPLED_RECORDS))
    if config.model.base is None:
        has_words = config.model.vocabulary > MIN_VOCABULARY
        records = list(chosen_records(data)) if has_words else []
        texts = [record.prompt + record.completion for record in records]
        model, tokenizer = make_model(config.model, texts, dtype, spelled=operand_units(records))
    else:
        model, tokenizer = load_model(config.model.base, dtype)
    _check_positions(config, model)
    if sharded and model.config.get_text_config().tie_word_embeddings:
        raise ValueError(
            "FSDP cannot shard this model, because its output head is tied to its embedding; train "
            "with a copy on every GPU (`tmtail show accelerate/ddp`)"
        )
    if announce is not None and checkpoint is None:
        announce(_plan(config, sample))
    base = fingerprint(model) if config.adapter else None
    identity = describe_run(config, records_digest, tokenizer, fingerprint(model))
    if checkpoint:
        check_checkpoint(checkpoint)
        check_same_run(config.out, identity)
    elif os.environ.get("RANK", "0") == "0":
        store_run(config.out, identity)
    dataset = training_set(
        chosen_records(data),
        tokenizer,
        data.max_length,
        chat=data.chat,
        drop_long=data.long_records == "drop",
        file=config.out / TOKENS / f"{tokens_digest(identity)}.arrow",
    )
    if config.role_weights and "roles" not in dataset.column_names:
        raise ValueError(
            f"{data.corpus}: `role_weights` needs records with spans, and these have none; build "
            "the corpus without --no-spans"
        )
    record_count, record_tokens = dataset.num_rows, sum(lengths(dataset))
    if data.pack:
        dataset = pack(dataset, data.pack, config.seed)
        attend_within_documents(model)
    if (eos_count := count_eos(dataset, tokenizer)) < record_count:
        raise RuntimeError(
            f"internal error: {record_count - eos_count} of {record_count} records lost their EOS "
            "token; please report this"
        )
    trainer = Trainer(
        short_first=data.order == "short-first",
        plain_first=config.positions.after,
        role_weights=config.role_weights,
        model=model,
        args=_arguments(config, sample),
        train_dataset=dataset,
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, config.positions, config.seed),
        peft_config=lora(config.adapter, model) if config.adapter else None,
        callbacks=[CheckpointMarker(), *_probe_callbacks(config, tokenizer), *callbacks],
    )
    trainer.remove_callback(PrinterCallback)  # it would print to the caller's stdout
    try:
        output = trainer.train(resume_from_checkpoint=checkpoint and str(checkpoint))
    except torch.OutOfMemoryError as error:
        raise RuntimeError(f"{_OUT_OF_MEMORY} ({str(error).splitlines()[0]})") from None
    except RuntimeError as error:
        if "inline_container" not in str(error):  # PyTorch's writer of archives
            raise
        reason = str(error).splitlines()[0]
        raise OSError(
            f"{config.out}: a checkpoint cannot be written, perhaps since the disk is full "
            f"({reason}); free some space, and resume"
        ) from None
    except SafetensorError as error:  # checkpoints that are read have been compared with digests
        raise RuntimeError(f"{config.out}: the weights cannot be written: {error}") from None
    except UnpicklingError:
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
    if config.base_share:
        assert config.model.base is not None  # as `Config` checks
        average_with_base(trainer.model, config.model.base, config.base_share)
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
                scores=scores_for_record(rows_of_step(config.out, step), "probe"),
            )
            write_model_card(draft)
    trainer.accelerator.wait_for_everyone()
    if is_writer:
        shutil.rmtree(config.out / TOKENS, ignore_errors=True)
    return result


_OUT_OF_MEMORY = (
    "the GPU has too little memory; reduce schedule.device_batch or data.pack, or set "
    "schedule.checkpoint_activations: true; `tmtail train CONFIG --plan` shows what needs memory"
)


def _checkpoint_to_resume(out: Path, resume: Resume) -> Path | None:
    """Return the checkpoint to resume from, or None for a new run.

    Raises
    ------
    ValueError
        If there is nothing to resume, or a new run would overwrite another one.
    """
    if (out / MODEL).exists():
        raise ValueError(f"{out} already has a trained model; set another `out`")
    checkpoint = newest_checkpoint(out)
    if resume is True and checkpoint is None:
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
            list(
                load_problems(
                    corpus, "probe", probe.ranges, probe.items, tasks=_probed_tasks(config, corpus)
                )
            ),
            tokenizer,
            every=probe.every,
            batch_size=probe.batch_size,
            chat=config.data.chat,
        )


def _probed_tasks(config: Config, corpus: Corpus) -> Sequence[AnyTask]:
    """Return the tasks of a corpus, those in the files of ``probe.tasks`` included."""
    own_tasks = [from_file(path) for path in config.probe.tasks]
    return list(restore_tasks(corpus, own_tasks)) if own_tasks else ()


def _arguments(config: Config, records: Sequence[Record]) -> SFTConfig:
    schedule = config.schedule
    gpu = on_gpu(schedule)
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
        logging_nan_inf_filter=False,  # it would report 0 for a loss that is not a number
        seed=config.seed,
        data_seed=config.seed,
        bf16=in_bf16(schedule),
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


def _process_count() -> int:
    """Return the number of processes of this run, which their launcher sets."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _plan(config: Config, sample: Sequence[Record]) -> Plan:
    """Return the plan of a run on this computer; records are counted if epochs give its length."""
    device = this_device(config.schedule)
    records = sample if config.schedule.steps else chosen_records(config.data)
    return make_plan(config, records, device=device, devices=_process_count())


def _recomputes_activations(config: Config, records: Sequence[Record]) -> bool:
    """Return whether to recompute activations: as configured, or if the memory needs it."""
    setting = config.schedule.checkpoint_activations
    if setting is not None:
        return setting
    plan = make_plan(config, records[:MAX_SAMPLED_RECORDS], devices=_process_count())
    memory = DEVICES[CPU].memory
    if on_gpu(config.schedule):
        memory = torch.cuda.get_device_properties(0).total_memory
    needed = plan.weights + plan.optimiser + plan.activations[False]
    return needed > MAX_MEMORY_FRACTION * memory
