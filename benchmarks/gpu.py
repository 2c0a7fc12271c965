"""How fast training is on this machine's GPU: the 7B model's true shape, random weights.

    python -m benchmarks.gpu --out results.json [--model Qwen/Qwen2.5-7B] [--packs 8192,4096,16384]
        [--ranks 16,64] [--steps 8] [--seconds 480]

Records of real TAIL text in Qwen2.5's vocabulary are trained on by LoRA, for every pack, attention
(ours: each document by itself, without a mask; SDPA: with one) and activation checkpointing at the
first rank, with our attention at the other ranks, and by TRL as it comes, which pads. Each case is
a few steps; the first two are not counted. Told are tokens a second (padding is none), the share of
the matrix ceiling that was measured in the same call, and the peak of memory. An operation count is
that of ``training.plan``: about 4 for each parameter and token, 6 with checkpointing. The first
pack is profiled: which kernels its time goes into. What matters most comes first; a case that fails
or that no time is left for says so, and the file is written after each.

``--model toy`` does all of it with a tiny model and vocabulary, on a CPU too: a rehearsal, whose
figures mean nothing.
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
LONG = ("kernels", "tokens_of_steps", "seconds_of_steps")
"""What stands in the file alone."""
GPU = torch.cuda.is_available()
DEVICE = "cuda" if GPU else "cpu"
DTYPE = torch.bfloat16 if GPU else torch.float32


def ceiling(size: int = 8192 if GPU else 512, repeats: int = 20) -> float:
    """Operations a second of one large product of matrices, the best of some."""
    one, other = (torch.randn(size, size, device=DEVICE, dtype=DTYPE) for _ in range(2))
    times = []
    for _ in range(repeats):
        synchronize()
        begin = time.perf_counter()
        one @ other
        synchronize()
        times.append(time.perf_counter() - begin)
    return 2 * size**3 / min(times)


def records(count: int, longest: int) -> Iterator[Record]:
    """Records of several tasks and of all lengths that fit."""
    for index in range(count):
        task = tasks.get(TASKS[index % len(TASKS)])
        instance = task.draw(tasks.Stream("gpu", task.name).at(index), "SML"[index % 3])
        trace = task.run(instance).trace
        assert trace is not None  # it was asked for
        text, prompt = render(task.table, trace).string, task.prompt(instance)
        if len(prompt + text) < longest:  # no character takes more than a token
            yield Record(f"{index}", task.name, "S", prompt, text)


def random_model(name: str, vocabulary: int) -> PreTrainedModel:
    """A model of random weights, made where it is used; ``toy`` is a tiny one."""
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
    """Figures of a few steps.

    With ``profiled`` they are the kernels that all steps' time goes into; profiling slows them.
    """
    gc.collect()  # trainers hold themselves, and so their models
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
        adapter = lora(Adapter(rank=rank, alpha=2 * rank))
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
        seen: list[int] = []
        step = trainer.training_step

        def counted(model: Any, inputs: dict[str, Any], *more: Any) -> Any:
            ids = inputs["input_ids"]
            seen.append(int((ids != tokenizer.pad_token_id).sum()))
            return step(model, inputs, *more)

        trainer.training_step = counted
        activity = ProfilerActivity.CUDA if GPU else ProfilerActivity.CPU
        try:
            with profile(activities=[activity]) if profiled else nullcontext() as profiler:
                trainer.train()
        finally:
            model.to("meta") if GPU else None
    if profiler:
        return {"kernels": kernels(profiler)}
    tokens = sum(seen[WARMUP_STEPS:])
    seconds = clock.ends[-1] - clock.ends[WARMUP_STEPS - 1]
    mean = sum(data["length"]) / max(1, sum(map(len, data["seq_lengths"])) if ours else len(data))
    each = operations(trainer.model, frozen=True, recompute=checkpointing, context=mean)
    return {
        "tokens_per_second": tokens / seconds,
        "operations_per_second": tokens * each / seconds,
        "peak_gigabytes": torch.cuda.max_memory_allocated() / 1e9 if GPU else None,
        "tokens_of_steps": seen,
        "seconds_of_steps": [after - before for before, after in pairwise(clock.ends)],
    }


def kernels(profiler: Any, count: int = 30) -> list[dict[str, Any]]:
    """Those that take the most time: their names, how often they ran, and their part of it all."""
    time_of = attrgetter("self_device_time_total" if GPU else "self_cpu_time_total")
    events = sorted(profiler.key_averages(), key=time_of, reverse=True)
    whole = sum(map(time_of, events))
    return [
        {"name": e.key[:120], "calls": e.count, "share": time_of(e) / whole} for e in events[:count]
    ]


def adapters(name: str, tokenizer: PreTrainedTokenizerBase, rank: int) -> dict[str, Any]:
    """Save an adapter of the model's size, load it, merge it, and generate with it."""
    model = random_model(name, len(tokenizer))
    adapted = get_peft_model(model.eval(), lora(Adapter(rank=rank, alpha=2 * rank)))
    with torch.no_grad():
        for key, value in adapted.named_parameters():
            if "lora_B" in key:  # zero at first, so that it would do nothing
                value.normal_(std=0.01)
    ids = torch.arange(64, device=DEVICE)[None]
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        before = adapted(ids).logits.float()
        adapted.save_pretrained(folder)
        size = sum(f.stat().st_size for f in Path(folder).iterdir())
        again: PreTrainedModel = PeftModel.from_pretrained(adapted.unload(), folder)
        loaded = again(ids).logits.float()
        merged = again.merge_and_unload()
        after = merged(ids).logits.float()
        begin = time.perf_counter()
        written = merged.generate(ids.repeat(16, 1), max_new_tokens=32, min_new_tokens=32)
        synchronize()
        seconds = time.perf_counter() - begin
    return {
        "adapter_megabytes": size / 1e6,
        "logits_differ_loaded": float((before - loaded).abs().max()),
        "logits_differ_merged": float((before - after).abs().max()),
        "greatest_logit": float(before.abs().max()),
        "generated_tokens_per_second": written[:, 64:].numel() / seconds,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every case, and write what came of it after each."""
    parser = argparse.ArgumentParser(description="how fast training is on this machine")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", default="Qwen/Qwen2.5-7B")
    parser.add_argument("--packs", default="8192,4096,16384")
    parser.add_argument("--ranks", default="16,64")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=480, help="begin no case that ends later")
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
    whole = training_set(records(count, min(packs)), tokenizer, max(packs))
    top = ceiling()
    cases: list[dict[str, Any]] = []
    taken: list[float] = []
    result: dict[str, Any] = {
        "device": torch.cuda.get_device_name() if GPU else platform.processor() or "cpu",
        "model": options.model,
        "ceiling_tflops": top / 1e12,
        "versions": {name: version(name) for name in ("torch", "transformers", "trl", "peft")},
        "cases": cases,
    }

    def save() -> None:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")

    def measure(size: int | None, **how: Any) -> None:
        before = time.monotonic()
        if before - begin + max(taken, default=0) > options.seconds:
            figures: dict[str, Any] = {"error": "no time was left"}
        else:
            data = packed[size] if size else whole
            try:
                figures = train(options.model, data, tokenizer, steps=options.steps, **how)
            except Exception as error:  # the other cases are worth their time all the same
                figures = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
            taken.append(time.monotonic() - before)
        if "operations_per_second" in figures:
            figures["of_the_ceiling"] = figures["operations_per_second"] / top
        cases.append({"pack": size, **how, **figures})
        save()
        print(json.dumps({k: v for k, v in cases[-1].items() if k not in LONG}), flush=True)

    def both(size: int, rank: int, attention: str) -> None:
        for checkpointing in (False, True):
            measure(size, rank=rank, attention=attention, checkpointing=checkpointing)

    packed = {size: pack(whole, size, seed=0) for size in packs}
    first, rank = packs[0], ranks[0]
    both(first, rank, "documents")
    rows = max(1, 8192 * len(whole) // sum(whole["length"]))  # as many tokens a step, about
    measure(None, rank=rank, ours=False, rows=rows, attention="sdpa", checkpointing=True)
    measure(first, rank=rank, checkpointing=True, profiled=True)
    both(first, rank, "sdpa")
    result["adapters"] = [{"rank": rank, **adapters(options.model, tokenizer, rank)}]
    save()
    for size in packs[1:]:
        both(size, rank, "documents")
    for size, other in product(packs, ranks[1:]):
        both(size, other, "documents")
    for size in packs[1:]:
        both(size, rank, "sdpa")


if __name__ == "__main__":
    main()
