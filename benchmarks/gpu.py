"""How fast training is on this machine's GPU: the 7B model's true shape, random weights.

    python -m benchmarks.gpu --out results.json [--model Qwen/Qwen2.5-7B] [--packs 4096,8192,16384]
        [--ranks 16,64] [--steps 8]

Records of real TAIL text in Qwen2.5's vocabulary are trained on by LoRA, in every combination of
pack, rank, attention (ours: each document by itself, without a mask; SDPA: with one) and activation
checkpointing, and by TRL as it comes, which pads. Each case is a few steps; the first two are not
counted. Told are tokens a second (padding is none), the share of the matrix ceiling that was
measured in the same call, and the peak of memory. An operation count is that of ``training.plan``:
about 4 for each parameter and token, 6 with checkpointing. A case that runs out of memory says so.

``--model toy`` does all of it with a tiny model and vocabulary, on a CPU too: a rehearsal, whose
figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import PeftModel, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Qwen2Config,
    TrainerCallback,
)
from trl import SFTConfig, SFTTrainer

import tasks
from compiler import render
from compiler.lint.vocabulary import qwen_folder
from training.adapters import lora
from training.attention import attend_within_documents
from training.collator import Collator
from training.config import Adapter, Positions
from training.data import Record, pack, training_set
from training.plan import operations
from training.shapes import KNOWN
from training.tokenizer import byte_tokenizer
from training.trainer import Trainer

TASKS = ("bubble_sort", "compare_numbers", "binary_search", "large_number_addition")
UNCOUNTED = 2
"""Steps at the beginning, in which memory is found and kernels are chosen."""
GPU = torch.cuda.is_available()
DEVICE = "cuda" if GPU else "cpu"
DTYPE = torch.bfloat16 if GPU else torch.float32


def ceiling(size: int = 8192 if GPU else 512, repeats: int = 20) -> float:
    """Operations a second of one large product of matrices, the best of some."""
    one, other = (torch.randn(size, size, device=DEVICE, dtype=DTYPE) for _ in range(2))
    times = []
    for _ in range(repeats):
        _wait()
        begin = time.perf_counter()
        one @ other
        _wait()
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


def shape(name: str, vocabulary: int) -> Any:
    """A model's configuration; ``toy`` is a tiny one."""
    if name != "toy":
        return KNOWN[name]
    return Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=32_768,
    )


class Clock(TrainerCallback):
    """When each step ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        _wait()
        self.ends.append(time.perf_counter())


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
) -> dict[str, Any]:
    """Figures of a few steps; ``error`` where there is too little memory."""
    if GPU:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    with torch.device(DEVICE):
        model = AutoModelForCausalLM.from_config(shape(name, len(tokenizer)), dtype=DTYPE)
    if ours and attention == "documents":
        attend_within_documents(model)
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        arguments = SFTConfig(
            output_dir=folder,
            max_steps=steps + UNCOUNTED,
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

        trainer.training_step = counted  # type: ignore[method-assign]
        try:
            trainer.train()
        except torch.OutOfMemoryError:
            return {"error": "out of memory"}
        finally:
            model.to("meta") if GPU else None
    tokens = sum(seen[UNCOUNTED:])
    seconds = clock.ends[-1] - clock.ends[UNCOUNTED - 1]
    mean = sum(data["length"]) / max(1, sum(map(len, data["seq_lengths"])) if ours else len(data))
    each = operations(trainer.model, frozen=True, again=checkpointing, context=mean)
    return {
        "tokens_per_second": tokens / seconds,
        "operations_per_second": tokens * each / seconds,
        "peak_gigabytes": torch.cuda.max_memory_allocated() / 1e9 if GPU else None,
    }


def adapters(name: str, tokenizer: PreTrainedTokenizerBase, rank: int) -> dict[str, Any]:
    """Save an adapter of the model's size, load it, merge it, and generate with it."""
    with torch.device(DEVICE):
        model = AutoModelForCausalLM.from_config(shape(name, len(tokenizer)), dtype=DTYPE).eval()
    adapted = get_peft_model(model, lora(Adapter(rank=rank, alpha=2 * rank)))
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
        _wait()
        seconds = time.perf_counter() - begin
    return {
        "adapter_megabytes": size / 1e6,
        "logits_differ_loaded": float((before - loaded).abs().max()),
        "logits_differ_merged": float((before - after).abs().max()),
        "greatest_logit": float(before.abs().max()),
        "generated_tokens_per_second": written[:, 64:].numel() / seconds,
    }


def _wait() -> None:
    if GPU:
        torch.cuda.synchronize()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every case, and write what came of it after each."""
    parser = argparse.ArgumentParser(description="how fast training is on this machine")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", default="Qwen/Qwen2.5-7B")
    parser.add_argument("--packs", default="4096,8192,16384")
    parser.add_argument("--ranks", default="16,64")
    parser.add_argument("--steps", type=int, default=8)
    options = parser.parse_args(arguments)
    if options.model == "toy":
        tokenizer: PreTrainedTokenizerBase = byte_tokenizer()
    else:
        tokenizer = AutoTokenizer.from_pretrained(qwen_folder())
        tokenizer.pad_token = "<|fim_pad|>"
    packs = [int(size) for size in options.packs.split(",")]
    ranks = [int(rank) for rank in options.ranks.split(",")]
    count = 40 * (options.steps + UNCOUNTED) * max(packs) // 4096 + 40
    whole = training_set(records(count, min(packs)), tokenizer, max(packs))
    top = ceiling()
    cases: list[dict[str, Any]] = []
    result = {
        "device": torch.cuda.get_device_name() if GPU else platform.processor() or "cpu",
        "model": options.model,
        "ceiling_tflops": top / 1e12,
        "versions": {name: version(name) for name in ("torch", "transformers", "trl", "peft")},
        "cases": cases,
    }

    def measure(label: dict[str, Any], data: Dataset, **more: Any) -> None:
        figures = train(options.model, data, tokenizer, steps=options.steps, **more)
        if "operations_per_second" in figures:
            figures["of_the_ceiling"] = figures["operations_per_second"] / top
        cases.append({**label, **figures})
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(cases[-1]))

    for size, rank in product(packs, ranks):
        packed = pack(whole, size, seed=0)
        for attention, checkpointing in product(("documents", "sdpa"), (False, True)):
            label = {"pack": size, "rank": rank, "attention": attention, "again": checkpointing}
            measure(label, packed, rank=rank, attention=attention, checkpointing=checkpointing)
    rows = max(1, 8192 * len(whole) // sum(whole["length"]))  # as many tokens a step, about
    label = {"pack": None, "rank": ranks[0], "attention": "sdpa", "again": True, "by": "plain TRL"}
    measure(label, whole, rank=ranks[0], ours=False, checkpointing=True, rows=rows)
    result["adapters"] = [
        {"rank": rank, **adapters(options.model, tokenizer, rank)} for rank in ranks
    ]
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
