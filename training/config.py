"""What a training run is: a YAML file that ``tmtail train`` reads.

A model is fine-tuned from a folder or a hub name (``model: base: ...``), or made from random
weights (``model: layers: ...``); with ``adapter:`` only a LoRA adapter is trained::

    out: out/run
    data: {corpus: out/corpus, ranges: [S], max_length: 512}
    model: {base: path/to/model}
    adapter: {rank: 16}
    schedule: {steps: 2000, batch_size: 16, learning_rate: 2e-4}
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Data:
    """Which records are trained on.

    Attributes
    ----------
    corpus
        A file or folder that ``training.data.read_records`` reads.
    max_length
        Tokens a record may have at most, prompt and eos included; a longer one is an error.
    pack
        Tokens of a row that records are packed into, each attending to itself alone; None: records
        of like length are padded. A batch has so many rows, or so many records.
    chat
        Whether prompts are put into the model's chat template, here and when it is scored.
    tasks
        The ones to train on; None for all that the corpus holds.
    ranges
        The ones to train on. Records of others are refused, lest a study of length generalisation
        trains on what it scores.
    """

    corpus: Path
    max_length: int
    pack: int | None = None
    chat: bool = False
    tasks: tuple[str, ...] | None = None
    ranges: tuple[str, ...] = ("S",)

    def __post_init__(self) -> None:
        _at_least(1, max_length=self.max_length)
        if self.pack is not None and self.pack < self.max_length:
            raise ValueError(
                f"pack {self.pack} must be at least max_length {self.max_length}: none is split"
            )


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model to start from, or the shape of one to make.

    Attributes
    ----------
    base
        A folder or hub name of a causal language model. None makes a Qwen2 of random weights,
        with the shape below.
    layers, width, heads, head_width, feed_forward
        The shape: ``width`` is the model dimension, ``head_width`` that of one attention head,
        ``feed_forward`` that inside the MLP.
    context
        Positions that the model declares (``max_position_embeddings``).
    rope_theta
        Base of the rotary positions.
    vocabulary
        Tokens: the 256 bytes and two special ones, and above 258 words learned from the corpus.
    """

    base: str | None = None
    layers: int = 3
    width: int = 64
    heads: int = 4
    head_width: int = 32
    feed_forward: int = 256
    context: int = 4096
    rope_theta: float = 10_000.0
    vocabulary: int = 258

    def __post_init__(self) -> None:
        _at_least(1, layers=self.layers, width=self.width, heads=self.heads, context=self.context)
        _at_least(1, feed_forward=self.feed_forward)
        _at_least(258, vocabulary=self.vocabulary)
        if self.head_width < 2 or self.head_width % 2:
            raise ValueError(f"head_width {self.head_width} must be even, for rotary positions")


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """A LoRA adapter (arXiv 2106.09685) on every linear layer but the output head."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0

    def __post_init__(self) -> None:
        _at_least(1, rank=self.rank, alpha=self.alpha)
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout {self.dropout} must be at least 0 and less than 1")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast: AdamW, a linear warm-up, a cosine down to a tenth.

    Attributes
    ----------
    batch_size
        Records a step.
    accumulate
        Forward passes that a step's records are split over.
    warmup
        The part of the steps in which the learning rate rises.
    precision
        Of weights and arithmetic; ``bf16`` needs a GPU that has it.
    save_every
        Steps between checkpoints, from which an interrupted run goes on; 0: none.
    """

    steps: int
    batch_size: int = 16
    accumulate: int = 1
    learning_rate: float = 2e-4
    warmup: float = 0.05
    weight_decay: float = 0.01
    precision: Literal["fp32", "bf16"] = "fp32"
    checkpoint_activations: bool = False
    save_every: int = 0

    def __post_init__(self) -> None:
        _at_least(1, steps=self.steps, batch_size=self.batch_size, accumulate=self.accumulate)
        _at_least(0, save_every=self.save_every, weight_decay=self.weight_decay)
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate {self.learning_rate} must lie between 0 and 1")
        if not 0 <= self.warmup < 1:
            raise ValueError(f"warmup {self.warmup} must be at least 0 and less than 1")
        if self.batch_size % self.accumulate:
            raise ValueError(
                f"accumulate {self.accumulate} must divide batch_size {self.batch_size}"
            )


@dataclass(frozen=True, kw_only=True)
class Positions:
    """How the tokens of a record are numbered in training; see ``training.positions``.

    Attributes
    ----------
    kind
        ``plain``: 0, 1, 2 …, as in the paper and wherever texts are scored. ``gaps``: random gaps
        after lines, ours. ``random``: random increasing positions (arXiv 2305.16843).
    reach
        Positions that may be used: as many as the longest text that will be scored has tokens.
    """

    kind: Literal["plain", "gaps", "random"] = "plain"
    reach: int = 8192

    def __post_init__(self) -> None:
        _at_least(1, reach=self.reach)


@dataclass(frozen=True, kw_only=True)
class Config:
    """A whole training run; ``out`` is the folder of the model, its tokenizer and this record."""

    out: Path
    data: Data
    schedule: Schedule
    model: Model = field(default_factory=Model)
    adapter: Adapter | None = None
    positions: Positions = field(default_factory=Positions)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.adapter and self.model.base is None:
            raise ValueError("`adapter` needs `model.base`: random weights are trained in full")


def _at_least(least: int, **values: float) -> None:
    for name, value in values.items():
        if value < least:
            raise ValueError(f"{name} {value} must be at least {least}")
