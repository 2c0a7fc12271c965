"""What a run will take, before anything is spent: no GPU and no weights are needed.

Parameters are counted on a model without memory (PyTorch's ``meta`` device). Tokens are those of
the corpus. Memory and time are estimates, by the formulas below:

- operations: of a token, 2 for every parameter of a matrix forward and 4 backward; a frozen matrix
  takes 2 backward; activations computed again take 2 more; attention takes 4 · layers · width for
  every token that is looked at, half of the context on average, forward, and twice that backward;
- memory: weights (and a copy in the type that is computed with, where that is another), gradients
  and AdamW's two moments in the types they are kept in, activations of the rows that a device takes
  at a time (with a fused attention, that keeps no scores), and the tiles of the output head.
"""

from __future__ import annotations

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
from training.config import Config
from training.data.records import Record
from training.models.adapters import lora
from training.models.shapes import configuration
from training.models.tokenizer import byte_tokenizer

BYTES_PER_TOKEN = 1.9
"""Of our texts in Qwen2.5's vocabulary, where a run's own tokenizer is not at hand."""
SAMPLED = 500
"""Records whose tokens are counted; the others are taken to be alike."""
SHARE = 0.4
"""Of a device's peak that training is assumed to reach, until it is measured."""
TILE = 2**28
"""Bytes of the output head's tiles, about."""


class Device(NamedTuple):
    """A GPU: bytes of memory, and dense bf16 operations a second by its data sheet."""

    memory: float
    peak: float


DEVICES = {
    "A100-40GB": Device(40e9, 312e12),
    "A100": Device(80e9, 312e12),
    "H100": Device(80e9, 989e12),
    "H200": Device(141e9, 989e12),
    "L40S": Device(48e9, 362e12),
    "RTX4090": Device(24e9, 165e12),
}


@dataclass(frozen=True)
class Plan:
    """What a run is expected to take.

    Attributes
    ----------
    parameters, trainable
        Of the model; of those that are trained.
    records, tokens, longest
        Of the corpus, and tokens of its longest record, prompts and ends included; ``counted`` says
        how tokens were counted.
    steps, step_tokens
        Of the run; of one step, over all devices.
    weights, optimiser, activations
        Bytes on each device: of the weights; of gradients and moments; of what the backward pass
        needs, without checkpointing and with it.
    checkpoint_activations
        Whether activations are to be computed twice.
    operations
        Floating point operations of the whole run.
    seconds
        On the named devices, at ``SHARE`` of their peak.
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
        """Bytes on each device."""
        return self.weights + self.optimiser + self.activations[self.checkpoint_activations]


def make_plan(
    config: Config,
    records: Iterable[Record],
    *,
    device: str = "H100",
    devices: int = 1,
    sharded: bool = False,
) -> Plan:
    """Plan a run.

    Parameters
    ----------
    device, devices
        One of ``DEVICES``, and how many there are.
    sharded
        Whether weights, gradients and moments are shared out over them (FSDP).

    Raises
    ------
    ValueError
        For a device that is not known, a model without a configuration, or no records.
    """
    if device not in DEVICES:
        raise ValueError(f"no device is called {device}; known are {', '.join(DEVICES)}")
    memory, peak = DEVICES[device]
    model = meta_model(config)
    whole, trainable = _parameters(model)
    count, tokens, longest, counted = _tokens(config, records)
    schedule = config.schedule
    rows_at_once, _ = schedule.split(devices)
    rows = ceil(tokens / config.data.pack) if config.data.pack else count
    row = config.data.pack or tokens / count
    steps = schedule.steps or ceil((schedule.epochs or 0) * rows / schedule.batch_size)
    size = 2 if schedule.precision == "bf16" else 4
    share = devices if sharded else 1
    # What is trained is kept in fp32, and cast where bf16 is computed with; AdamW's moments too.
    copy = size if size < 4 and not config.half_weights else 0
    weights = whole * ((2 if config.half_weights else 4) + copy) / share
    kept = trainable * (4 * 4 if config.adapter else 3 * 4) / share
    room = config.data.pack or config.data.max_length
    stream = 2 if config.half_weights else 4  # autocast leaves what layers add up as it is kept
    activations = _activations(model, rows_at_once * room, size, stream)
    again = schedule.checkpoint_activations
    if again is None:
        again = weights + kept + activations[0] > 0.9 * memory
    token = operations(model, trainable < whole, again, tokens / count)
    work = steps * schedule.batch_size * row * token
    return Plan(
        parameters=whole,
        trainable=trainable,
        records=count,
        tokens=tokens,
        longest=longest,
        counted=counted,
        steps=steps,
        step_tokens=round(schedule.batch_size * row),
        weights=weights,
        optimiser=kept,
        activations=activations,
        checkpoint_activations=again,
        operations=work,
        seconds=work / (devices * peak * SHARE),
    )


def meta_model(config: Config) -> PreTrainedModel:
    """The run's model, its adapter included, without memory."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(configuration(config.model))
        return get_peft_model(model, lora(config.adapter)) if config.adapter else model


def _parameters(model: PreTrainedModel) -> tuple[int, int]:
    parameters = list(model.parameters())
    return sum(p.numel() for p in parameters), sum(p.numel() for p in parameters if p.requires_grad)


def _tokens(config: Config, records: Iterable[Record]) -> tuple[int, int, int, str]:
    """How many records and tokens there are, the most of a record, and how they were counted."""
    texts = iter(record.prompt + record.completion for record in records)
    first = list(islice(texts, SAMPLED))
    if not first:
        raise ValueError(f"{config.data.corpus}: there is no record to train on")
    sizes = [len(text) for text in first]
    count, size, most = len(first), sum(sizes), max(sizes)
    for text in texts:
        count, size, most = count + 1, size + len(text), max(most, len(text))
    try:
        base = config.model.base
        tokenizer = (
            load_tokenizer(base, local_files_only=True)
            if base
            else byte_tokenizer(first, config.model.vocabulary)
        )
    except (OSError, ValueError):
        tokenizer = None
    if tokenizer is None:
        each = 1 / BYTES_PER_TOKEN
        how = f"at {BYTES_PER_TOKEN} bytes a token, without the model's tokenizer"
    else:
        each = sum(map(len, encode(tokenizer, first))) / sum(sizes)
        how = f"by the model's tokenizer, from {len(first)} records"
    return count, round(size * each) + count, round(most * each) + 1, how


def _activations(
    model: PreTrainedModel, tokens: int, size: int, stream: int
) -> tuple[float, float]:
    """Bytes of what the backward pass needs, without checkpointing and with it.

    Parameters
    ----------
    size, stream
        Bytes of a number: in what matrices give, and in what goes from layer to layer.
    """
    shape = model.config
    width, inner = shape.hidden_size, shape.intermediate_size
    head = getattr(shape, "head_dim", None) or width // shape.num_attention_heads
    queries, keys = head * shape.num_attention_heads, head * shape.num_key_value_heads
    # Two norms with their inputs, q, k, v twice (before and after the rotation, but v), what
    # attention gives, and of the MLP: gate, its activation, up and their product.
    layer = tokens * (stream * 6 * width + size * (3 * queries + 3 * keys + 4 * inner))
    layers = shape.num_hidden_layers
    return layers * layer + TILE, layers * tokens * stream * width + layer + TILE


def operations(model: PreTrainedModel, frozen: bool, again: bool, context: float) -> float:
    """Floating point operations of training on one token: forward, backward, and forward again.

    Parameters
    ----------
    frozen
        Whether most weights are, as under an adapter.
    again
        Whether activations are computed twice.
    context
        Tokens of a record.
    """
    shape = model.config
    matrices: int = sum(p.numel() for p in model.parameters() if p.ndim == 2)
    if not shape.tie_word_embeddings:
        matrices -= shape.vocab_size * shape.hidden_size  # a look-up is no product
    attention: float = 4 * shape.num_hidden_layers * shape.hidden_size * context / 2
    backward = (2 if frozen else 4) * matrices + 2 * attention
    return (2 * matrices + attention) * (2 if again else 1) + backward
