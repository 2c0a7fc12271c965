"""Speed of training on the GPU of this machine, with the shape of a 7B model and random weights.

    python -m benchmarks.gpu --out results.json [--model Qwen/Qwen2.5-7B] [--packs 8192,4096,16384]
        [--ranks 16,64] [--steps 8] [--seconds 480]

LoRA is trained on records of real TAIL text in Qwen2.5's vocabulary. At the first rank, the cases
are every pack size, attention (ours: each document separately, without a mask; SDPA: with a mask)
and activation checkpointing; at the other ranks, our attention only. One more case is TRL's
default, which pads. A case is a few steps, of which the first two are not counted. Figures are
tokens per second (without padding), the fraction of the matrix-product ceiling measured in the same
call, and peak memory. Operations are counted as in ``training.plan``: about 4 for each parameter
and token, 6 with checkpointing. For the first pack, a profile shows the kernels that take the time.
The most important cases come first. The file is written after each case; a case that fails, or for
which no time is left, has an error in it.

``--model toy`` runs everything with a tiny model and vocabulary, also on a CPU, as a rehearsal; its
figures are meaningless.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from importlib.metadata import version
from itertools import pairwise, product
from operator import attrgetter
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import PeftModel, get_peft_model
from torch.profiler import ProfilerActivity, profile
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from trl import SFTConfig, SFTTrainer

import tasks
from compiler import render
from compiler.vocabulary import qwen_folder
from training.config import Adapter, Model, Positions
from training.data.collator import Collator
from training.data.records import Record
from training.data.tokenisation import pack, training_set
from training.models.adapters import lora
from training.models.attention import attend_within_documents
from training.models.shapes import KNOWN, random_configuration
from training.models.tokenizer import byte_tokenizer
from training.plan import operations
from training.progress import WARMUP_STEPS, StepClock, synchronize
from training.trainer import Trainer

TASKS = ("bubble_sort", "compare_numbers", "binary_search", "large_number_addition")
"""Tasks of the records."""

FILE_ONLY = ("kernels", "tokens_of_steps", "seconds_of_steps")
"""Figures that are written to the file and not printed."""

TOKENS_PER_STEP = 8192
"""Approximate number of tokens in a step of the padded case."""

GPU = torch.cuda.is_available()
DEVICE = "cuda" if GPU else "cpu"
DTYPE = torch.bfloat16 if GPU else torch.float32


def ceiling(size: int = 8192 if GPU else 512, repeats: int = 20) -> float:
    """Return the operations per second of a large matrix product, the best of ``repeats``."""
    left, right = (torch.randn(size, size, device=DEVICE, dtype=DTYPE) for _ in range(2))
    times = []
    for _ in range(repeats):
        synchronize()
        begin = time.perf_counter()
        left @ right
        synchronize()
        times.append(time.perf_counter() - begin)
    return 2 * size**3 / min(times)


def records(count: int, longest: int) -> Iterator[Record]:
    """Yield records of several tasks and ranges whose texts have fewer than ``longest`` bytes."""
    loaded = [tasks.get(name) for name in TASKS]
    for index in range(count):
        task = loaded[index % len(TASKS)]
        instance = task.draw(tasks.Stream("gpu", task.name).at(index), "SML"[index % 3])
        trace = task.run(instance).trace
        assert trace is not None
        text, prompt = render(task.table, trace).string, task.prompt(instance)
        if len(prompt + text) < longest:  # a token has at least one byte
            yield Record(f"{index}", task.name, "S", prompt, text)


def random_model(name: str, vocabulary: int) -> PreTrainedModel:
    """Return a model with random weights, created on the device; ``toy`` is a tiny one."""
    toy = Model(layers=2, width=32, heads=4, head_width=8, feed_forward=64, context=32_768)
    shape = random_configuration(toy, vocabulary) if name == "toy" else KNOWN[name]
    with torch.device(DEVICE):
        model: PreTrainedModel = AutoModelForCausalLM.from_config(shape, dtype=DTYPE)
    return model


def train(
    name: str,
    data: Dataset,
    tokenizer: PreTrainedTokenizerBase,
    *,
    rank: int,
    steps: int,
    ours: bool = True,
    attention: str = "documents",
    checkpointing: bool = False,
    rows: int = 1,
    profiled: bool = False,
) -> dict[str, Any]:
    """Train for a few steps, and return the figures.

    Parameters
    ----------
    ours
        Whether to use this project's trainer; False: TRL's, with padding.
    attention
        ``documents``: attention within documents; otherwise Transformers' default.
    rows
        Rows in a step.
    profiled
        Whether to return the kernels that take the time instead; profiling slows training down.
    """
    gc.collect()  # trainers are in reference cycles, which keep their models in memory
    if GPU:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    model = random_model(name, len(tokenizer))
    if ours and attention == "documents":
        attend_within_documents(model)
    clock = StepClock()
    with tempfile.TemporaryDirectory() as folder:
        arguments = SFTConfig(
            output_dir=folder,
            max_steps=steps + WARMUP_STEPS,
            per_device_train_batch_size=rows,
            gradient_checkpointing=checkpointing,
            bf16=GPU,
            use_cpu=not GPU,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
            remove_unused_columns=not ours,
            save_strategy="no",
            data_seed=0,
            report_to="none",
            disable_tqdm=True,
            logging_steps=1000,
        )
        adapter = lora(Adapter(rank=rank, alpha=2 * rank), model)
        extra = {"data_collator": Collator(tokenizer, Positions(), 0)} if ours else {}
        trainer = (Trainer if ours else SFTTrainer)(
            model=model,
            args=arguments,
            train_dataset=data if ours else data.select_columns(["input_ids", "labels"]),
            processing_class=tokenizer,
            peft_config=adapter,
            callbacks=[clock],
            **extra,
        )
        tokens_of_steps: list[int] = []
        training_step = trainer.training_step

        def counting_step(model: Any, inputs: dict[str, Any], *arguments: Any) -> Any:
            ids = inputs["input_ids"]
            tokens_of_steps.append(int((ids != tokenizer.pad_token_id).sum()))
            return training_step(model, inputs, *arguments)

        trainer.__dict__["training_step"] = counting_step
        activity = ProfilerActivity.CUDA if GPU else ProfilerActivity.CPU
        try:
            with profile(activities=[activity]) if profiled else nullcontext() as profiler:
                trainer.train()
        finally:
            model.to("meta") if GPU else None
    if profiler:
        return {"kernels": slowest_kernels(profiler)}
    tokens = sum(tokens_of_steps[WARMUP_STEPS:])
    seconds = clock.ends[-1] - clock.ends[WARMUP_STEPS - 1]
    documents = sum(map(len, data["seq_lengths"])) if ours else len(data)
    context = sum(data["length"]) / max(1, documents)
    per_token = operations(trainer.model, frozen=True, recompute=checkpointing, context=context)
    return {
        "tokens_per_second": tokens / seconds,
        "operations_per_second": tokens * per_token / seconds,
        "peak_gigabytes": torch.cuda.max_memory_allocated() / 1e9 if GPU else None,
        "tokens_of_steps": tokens_of_steps,
        "seconds_of_steps": [end - start for start, end in pairwise(clock.ends)],
    }


def slowest_kernels(profiler: Any, count: int = 30) -> list[dict[str, Any]]:
    """Return the kernels that take the most time: name, calls, and share of the total time."""
    time_of = attrgetter("self_device_time_total" if GPU else "self_cpu_time_total")
    events = sorted(profiler.key_averages(), key=time_of, reverse=True)
    total = sum(map(time_of, events))
    return [
        {"name": e.key[:120], "calls": e.count, "share": time_of(e) / total} for e in events[:count]
    ]


def adapter_figures(name: str, tokenizer: PreTrainedTokenizerBase, rank: int) -> dict[str, Any]:
    """Save an adapter, load it, merge it and generate with it; return sizes, differences, speed."""
    model = random_model(name, len(tokenizer))
    adapter = lora(Adapter(rank=rank, alpha=2 * rank), model)
    adapted = get_peft_model(model.eval(), adapter)
    with torch.no_grad():
        for key, value in adapted.named_parameters():
            if "lora_B" in key:  # initially zero, without effect
                value.normal_(std=0.01)
    ids = torch.arange(64, device=DEVICE)[None]
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        before = adapted(ids).logits.float()
        adapted.save_pretrained(folder)
        size = sum(f.stat().st_size for f in Path(folder).iterdir())
        reloaded: PreTrainedModel = PeftModel.from_pretrained(adapted.unload(), folder)
        loaded = reloaded(ids).logits.float()
        merged = reloaded.merge_and_unload()
        after = merged(ids).logits.float()
        begin = time.perf_counter()
        generated = merged.generate(ids.repeat(16, 1), max_new_tokens=32, min_new_tokens=32)
        synchronize()
        seconds = time.perf_counter() - begin
    return {
        "adapter_megabytes": size / 1e6,
        "logits_differ_loaded": float((before - loaded).abs().max()),
        "logits_differ_merged": float((before - after).abs().max()),
        "greatest_logit": float(before.abs().max()),
        "generated_tokens_per_second": generated[:, 64:].numel() / seconds,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every case, and write the file after each."""
    parser = argparse.ArgumentParser(description="Measure the speed of training.")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--model", default="Qwen/Qwen2.5-7B", help="a model of a recipe, or toy")
    parser.add_argument("--packs", default="8192,4096,16384", help="tokens in a pack")
    parser.add_argument("--ranks", default="16,64", help="ranks of LoRA")
    parser.add_argument("--steps", type=int, default=8, help="counted steps of a case")
    parser.add_argument(
        "--seconds", type=float, default=480, help="seconds in which cases may start"
    )
    options = parser.parse_args(arguments)
    begin = time.monotonic()
    if options.model == "toy":
        tokenizer: PreTrainedTokenizerBase = byte_tokenizer()
    else:
        tokenizer = AutoTokenizer.from_pretrained(qwen_folder())
        tokenizer.pad_token = "<|fim_pad|>"
    packs = [int(size) for size in options.packs.split(",")]
    ranks = [int(rank) for rank in options.ranks.split(",")]
    count = 40 * (options.steps + WARMUP_STEPS) * max(packs) // 4096 + 40
    unpacked = training_set(records(count, min(packs)), tokenizer, max(packs))
    max_operations = ceiling()
    cases: list[dict[str, Any]] = []
    durations: list[float] = []
    result: dict[str, Any] = {
        "device": torch.cuda.get_device_name() if GPU else platform.processor() or "cpu",
        "model": options.model,
        "ceiling_tflops": max_operations / 1e12,
        "versions": {name: version(name) for name in ("torch", "transformers", "trl", "peft")},
        "cases": cases,
    }

    def save() -> None:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")

    def measure(size: int | None, **settings: Any) -> None:
        started = time.monotonic()
        if started - begin + max(durations, default=0) > options.seconds:
            figures: dict[str, Any] = {"error": "no time is left"}
        else:
            data = packed[size] if size else unpacked
            try:
                figures = train(options.model, data, tokenizer, steps=options.steps, **settings)
            except Exception as error:  # the other cases are still of use
                figures = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
            durations.append(time.monotonic() - started)
        if "operations_per_second" in figures:
            figures["of_the_ceiling"] = figures["operations_per_second"] / max_operations
        cases.append({"pack": size, **settings, **figures})
        save()
        print(json.dumps({k: v for k, v in cases[-1].items() if k not in FILE_ONLY}), flush=True)

    def measure_both(size: int, rank: int, attention: str) -> None:
        for checkpointing in (False, True):
            measure(size, rank=rank, attention=attention, checkpointing=checkpointing)

    packed = {size: pack(unpacked, size, seed=0) for size in packs}
    first, rank = packs[0], ranks[0]
    measure_both(first, rank, "documents")
    rows = max(1, TOKENS_PER_STEP * len(unpacked) // sum(unpacked["length"]))
    measure(None, rank=rank, ours=False, rows=rows, attention="sdpa", checkpointing=True)
    measure(first, rank=rank, checkpointing=True, profiled=True)
    measure_both(first, rank, "sdpa")
    result["adapters"] = [{"rank": rank, **adapter_figures(options.model, tokenizer, rank)}]
    save()
    for size in packs[1:]:
        measure_both(size, rank, "documents")
    for size, other in product(packs, ranks[1:]):
        measure_both(size, other, "documents")
    for size in packs[1:]:
        measure_both(size, rank, "sdpa")


if __name__ == "__main__":
    main()
