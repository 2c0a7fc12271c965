"""Estimate of the memory and time of a run, before it starts, without a GPU and without weights.

Parameters are counted on a model without memory (PyTorch's ``meta`` device), tokens in the corpus.
Memory and time are estimated by these formulas:

- Operations for one token: 2 for each parameter of a matrix in the forward pass and 4 in the
  backward pass (2 if the matrix is frozen), and 2 more if activations are recomputed. Attention
  takes 4 · layers · width for each token attended to, on average half of the context, in the
  forward pass, and twice that in the backward pass.
- Memory: the weights (and a copy in the type of the computation, if it differs), gradients and
  AdamW's two moments in the types they are stored in, the activations of the rows that a device
  processes at a time (with fused attention, which stores no scores), and the tiles of the output
  head.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import NamedTuple

import torch
from peft import get_peft_model
from transformers import AutoModelForCausalLM, PreTrainedModel

from evaluation.models.loading import load_tokenizer
from evaluation.models.tokens import encode
from training.config import Config, Schedule
from training.data.records import Record
from training.models.adapters import lora
from training.models.shapes import configuration
from training.models.tokenizer import byte_tokenizer

BYTES_PER_TOKEN = 1.9
"""Mean bytes per token of our texts in Qwen2.5's vocabulary; used if the run's tokenizer is not
available."""

MAX_SAMPLED_RECORDS = 500
"""Number of records whose tokens are counted; the count of the others is extrapolated."""

ASSUMED_UTILISATION = 0.4
"""Fraction of a GPU's peak that training is assumed to reach."""

MAX_MEMORY_FRACTION = 0.9
"""Fraction of a GPU's memory above which activations are recomputed."""

HEAD_TILE_BYTES = 2**28
"""Approximate memory of the output head's tiles, in bytes."""

_CPU_BF16 = ("avx512_bf16", "amx_bf16", "bf16")
"""Capabilities of CPUs, x86 and Arm, with which PyTorch multiplies matrices in bf16."""

CPU = "CPU"
"""Name of one core of this computer among ``DEVICES``."""

CPU_OPERATIONS_PER_SECOND = 35e9
"""Speed of training on one core of a CPU, in floating-point operations a second: the demo's 7.4
million tokens took 929 s (docs/length-generalisation.md)."""

CPU_BF16_OPERATIONS_PER_SECOND = 150e9
"""The same in bf16, for a larger model: an adapter of a model of half a billion parameters trained
on 79 tokens a second (docs/results/study-small.md)."""


class Device(NamedTuple):
    """A GPU, or one core of a CPU.

    Attributes
    ----------
    memory
        Memory, in bytes.
    peak
        Dense bf16 operations a second, according to its data sheet; of a CPU, the speed of which
        ``ASSUMED_UTILISATION`` gives the measured one.
    """

    memory: float
    peak: float


DEVICES = {
    "A100-40GB": Device(40e9, 312e12),
    "A100": Device(80e9, 312e12),
    "H100": Device(80e9, 989e12),
    "H200": Device(141e9, 989e12),
    "L40S": Device(48e9, 362e12),
    "RTX4090": Device(24e9, 165e12),
    CPU: Device(
        float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")),
        CPU_OPERATIONS_PER_SECOND / ASSUMED_UTILISATION,
    ),
}
"""Known GPUs, by name, and a core of this computer."""


def on_gpu(schedule: Schedule) -> bool:
    """Return whether a run on this computer uses a GPU."""
    return torch.cuda.is_available() and not schedule.use_cpu


def in_bf16(schedule: Schedule) -> bool:
    """Return whether a run on this computer computes in bf16."""
    if schedule.precision != "auto":
        return schedule.precision == "bf16"
    if on_gpu(schedule):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return any(torch.cpu.get_capabilities().get(name, False) for name in _CPU_BF16)


def weight_type(config: Config) -> torch.dtype:
    """Return the type of the stored weights: below an adapter, that of the computation."""
    return torch.bfloat16 if config.adapter and in_bf16(config.schedule) else torch.float32


def this_device(schedule: Schedule) -> str:
    """Return the name of this computer's GPU among ``DEVICES``, of an A100 if it is not known.

    Without a GPU it is ``CPU``.
    """
    if not on_gpu(schedule):
        return CPU
    name = torch.cuda.get_device_name().replace(" ", "")
    return next((known for known in DEVICES if known in name), "A100")


@dataclass(frozen=True)
class Plan:
    """Estimate of a run.

    Attributes
    ----------
    parameters, trainable
        Number of parameters of the model, and of those that are trained.
    records, tokens, longest
        Number of records, of their tokens, and of the longest record's tokens; prompts and EOS
        tokens are included.
    counted
        How tokens were counted.
    steps, step_tokens
        Number of steps of the run, and of tokens in a step, over all devices.
    weights, optimiser
        Bytes on each device: of the weights; of gradients and AdamW's moments.
    activations
        Bytes of activations on each device, if they are stored, and if they are recomputed.
    checkpoint_activations
        Whether activations are recomputed in the backward pass.
    operations
        Floating-point operations of the run.
    seconds
        Duration of the run, with ``ASSUMED_UTILISATION``.
    """

    parameters: int
    trainable: int
    records: int
    tokens: int
    longest: int
    counted: str
    steps: int
    step_tokens: int
    weights: float
    optimiser: float
    activations: tuple[float, float]
    checkpoint_activations: bool
    operations: float
    seconds: float

    @property
    def memory(self) -> float:
        """Memory on each device, in bytes."""
        return self.weights + self.optimiser + self.activations[self.checkpoint_activations]

    def faults(self, memory: float, max_length: int) -> list[str]:
        """Return why the run would fail on devices of this memory, in bytes; empty if it would not.

        ``max_length`` is the maximum number of tokens of a record.
        """
        faults = []
        if self.longest > max_length:
            faults.append(
                f"the longest record has about {self.longest:,} tokens, more than data.max_length "
                f"({max_length:,}); raise it, or build the corpus with --max-tokens {max_length}"
            )
        if self.memory > memory:
            faults.append(
                f"it needs {self.memory / 1e9:.1f} GB on each GPU, which has {memory / 1e9:.0f} "
                "GB; train an adapter, set schedule.device_batch lower, or shard the weights "
                "(--sharded) over more GPUs"
            )
        return faults


def make_plan(
    config: Config,
    records: Iterable[Record],
    *,
    count: int | None = None,
    device: str = "H100",
    devices: int = 1,
    sharded: bool = False,
) -> Plan:
    """Estimate the memory and time of a run.

    Parameters
    ----------
    records, count
        Records of the run, and their number; if it is None, ``records`` are all of them.
    device, devices
        Name of the GPU, one of ``DEVICES``, and number of GPUs.
    sharded
        Whether weights, gradients and moments are sharded over the GPUs (FSDP).

    Raises
    ------
    ValueError
        If the GPU is unknown, the configuration of the model cannot be loaded, or there are no
        records.
    """
    if device not in DEVICES:
        raise ValueError(f"unknown device {device}; known devices are {', '.join(DEVICES)}")
    memory, peak = DEVICES[device]
    model = meta_model(config)
    parameters, trainable = _count_parameters(model)
    sampled, tokens, longest, counted = _count_tokens(config, records)
    count = count or sampled
    tokens = round(tokens * count / sampled)
    schedule = config.schedule
    device_rows, _ = schedule.split(devices)
    rows = ceil(tokens / config.data.pack) if config.data.pack else count
    row_tokens = config.data.pack or tokens / count
    steps = schedule.steps or ceil((schedule.epochs or 0) * rows / schedule.batch_size)
    computed_bytes = 2 if in_bf16(schedule) else 4
    stored_bytes = weight_type(config).itemsize
    shards = devices if sharded else 1
    # Trained weights and AdamW's moments are stored in fp32; bf16 computes with a copy.
    copy_bytes = computed_bytes if computed_bytes < stored_bytes else 0
    weights = parameters * (stored_bytes + copy_bytes) / shards
    optimiser = trainable * (4 * 4 if config.adapter else 3 * 4) / shards
    max_row_tokens = config.data.pack or config.data.max_length
    # Autocast leaves the residual stream in the type of the stored weights.
    activations = _activations(model, device_rows * max_row_tokens, computed_bytes, stored_bytes)
    recompute = schedule.checkpoint_activations
    if recompute is None:
        recompute = weights + optimiser + activations[0] > MAX_MEMORY_FRACTION * memory
    token_operations = operations(model, trainable < parameters, recompute, tokens / count)
    speed = peak * ASSUMED_UTILISATION
    if device == CPU and computed_bytes < 4:
        speed = CPU_BF16_OPERATIONS_PER_SECOND
    run_operations = steps * schedule.batch_size * row_tokens * token_operations
    return Plan(
        parameters=parameters,
        trainable=trainable,
        records=count,
        tokens=tokens,
        longest=longest,
        counted=counted,
        steps=steps,
        step_tokens=round(schedule.batch_size * row_tokens),
        weights=weights,
        optimiser=optimiser,
        activations=activations,
        checkpoint_activations=recompute,
        operations=run_operations,
        seconds=run_operations / (devices * speed),
    )


def meta_model(config: Config) -> PreTrainedModel:
    """Return the run's model, including its adapter, on the ``meta`` device."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(configuration(config.model))
        return get_peft_model(model, lora(config.adapter, model)) if config.adapter else model


def _count_parameters(model: PreTrainedModel) -> tuple[int, int]:
    parameters = list(model.parameters())
    return sum(p.numel() for p in parameters), sum(p.numel() for p in parameters if p.requires_grad)


def _count_tokens(config: Config, records: Iterable[Record]) -> tuple[int, int, int, str]:
    """Return the number of records, of tokens, of the longest record's tokens, and the method."""
    texts = iter(record.prompt + record.completion for record in records)
    sample = list(islice(texts, MAX_SAMPLED_RECORDS))
    if not sample:
        raise ValueError(f"{config.data.corpus}: there is no record to train on")
    sizes = [len(text) for text in sample]
    count, size, longest = len(sample), sum(sizes), max(sizes)
    for text in texts:
        count, size, longest = count + 1, size + len(text), max(longest, len(text))
    try:
        base = config.model.base
        tokenizer = (
            load_tokenizer(base, local_files_only=True)
            if base
            else byte_tokenizer(sample, config.model.vocabulary)
        )
    except (OSError, ValueError):
        tokenizer = None
    if tokenizer is None:
        tokens_per_character = 1 / BYTES_PER_TOKEN
        method = f"at {BYTES_PER_TOKEN} bytes a token, as the model's tokenizer is not available"
    else:
        tokens_per_character = sum(map(len, encode(tokenizer, sample))) / sum(sizes)
        method = f"by the model's tokenizer, from {len(sample)} records"
    tokens = round(size * tokens_per_character) + count
    return count, tokens, round(longest * tokens_per_character) + 1, method


def _activations(
    model: PreTrainedModel, tokens: int, computed_bytes: int, stream_bytes: int
) -> tuple[float, float]:
    """Return the bytes of activations, if they are stored, and if they are recomputed.

    Parameters
    ----------
    computed_bytes, stream_bytes
        Bytes of a number in the outputs of matrices, and in the residual stream.
    """
    shape = model.config
    width, inner = shape.hidden_size, shape.intermediate_size
    head = getattr(shape, "head_dim", None) or width // shape.num_attention_heads
    queries, keys = head * shape.num_attention_heads, head * shape.num_key_value_heads
    # Two norms with their inputs; queries and keys before and after the rotation, values, and the
    # output of attention; of the MLP: gate, its activation, up, and their product.
    computed = 3 * queries + 3 * keys + 4 * inner
    layer = tokens * (stream_bytes * 6 * width + computed_bytes * computed)
    layers = shape.num_hidden_layers
    inputs = layers * tokens * stream_bytes * width
    return layers * layer + HEAD_TILE_BYTES, inputs + layer + HEAD_TILE_BYTES


def operations(model: PreTrainedModel, frozen: bool, recompute: bool, context: float) -> float:
    """Return the floating-point operations of training on one token.

    Parameters
    ----------
    frozen
        Whether most weights are frozen, as below an adapter.
    recompute
        Whether activations are recomputed in the backward pass.
    context
        Number of tokens of a record.
    """
    shape = model.config
    matrices: int = sum(p.numel() for p in model.parameters() if p.ndim == 2)
    if not shape.tie_word_embeddings:
        matrices -= shape.vocab_size * shape.hidden_size  # an embedding is a look-up, not a product
    attention: float = 4 * shape.num_hidden_layers * shape.hidden_size * context / 2
    backward = (2 if frozen else 4) * matrices + 2 * attention
    return (2 * matrices + attention) * (2 if recompute else 1) + backward
