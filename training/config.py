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
    layers, heads
        Of a model that is made: layers, and attention heads of each.
    width
        The model's dimension.
    head_width
        That of an attention head.
    feed_forward
        That inside the MLP.
    context
        Positions that the model declares (``max_position_embeddings``).
    rope_theta
        Base of the rotary positions.
    vocabulary
        Tokens: the 256 bytes and two special ones, and above 258 words learned from the corpus.
    start
        Of the random weights: ``mimetic``, attention that looks for its like (arXiv 2305.09828);
        ``induction``, ours, attention that looks up what followed the same context before, as
        pretrained models do. It wants three heads or more, and a large ``rope_theta``.
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
    start: Literal["mimetic", "induction"] = "mimetic"

    def __post_init__(self) -> None:
        _at_least(1, layers=self.layers, width=self.width, heads=self.heads, context=self.context)
        _at_least(1, feed_forward=self.feed_forward)
        _at_least(258, vocabulary=self.vocabulary)
        if self.head_width < 2 or self.head_width % 2:
            raise ValueError(f"head_width {self.head_width} must be even, for rotary positions")
        if self.start == "induction":
            least = min(self.layers / 2, self.heads / 3, self.head_width / 4)
            if least < 1 or self.width < 3 * self.head_width:
                raise ValueError(
                    "start: induction needs 2 layers, 3 heads, a head_width of 4, "
                    "a width of 3 × head_width, or more"
                )
            if self.rope_theta < 1e6:
                raise ValueError(
                    f"start: induction needs a rope_theta of 1e6 or more, not {self.rope_theta:g}: "
                    "else few dimensions are alike at any distance"
                )


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """A LoRA adapter (arXiv 2106.09685) on every linear layer but the output head.

    Attributes
    ----------
    rank
        Of the two matrices whose product is added to a layer's.
    alpha
        The product is scaled by ``alpha / rank``.
    dropout
        The share of a layer's inputs that the adapter does not see in training.
    """

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0

    def __post_init__(self) -> None:
        _at_least(1, rank=self.rank, alpha=self.alpha)
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout {self.dropout} must be at least 0 and less than 1")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast: AdamW, a linear warm-up, a cosine down to ``min_learning_rate``.

    Attributes
    ----------
    steps
        Of the run; or give ``epochs``.
    epochs
        How often every record is seen; or give ``steps``.
    batch_size
        Rows of a step, over all devices: records, or packs of them.
    device_batch
        Rows that a device takes at a time; None: all of its share of a step.
    learning_rate
        The highest, after the warm-up.
    min_learning_rate
        Where the cosine ends; None: a tenth of ``learning_rate``.
    warmup
        The part of the steps in which the learning rate rises.
    weight_decay
        Of AdamW.
    precision
        Of the arithmetic; ``bf16`` needs a GPU that has it, or ``use_cpu``. Weights that are
        trained are kept in fp32 all the same, for bf16 would round small updates away; the others
        as computed with.
    use_cpu
        Whether to train on the CPU, even where there is a GPU.
    checkpoint_activations
        Whether to compute activations twice in order to keep fewer; None: where the memory that
        ``training.plan`` expects is more than the GPU has.
    save_every
        Steps between checkpoints, from which an interrupted run goes on; 0: none.
    """

    steps: int | None = None
    epochs: float | None = None
    batch_size: int = 16
    device_batch: int | None = None
    learning_rate: float = 2e-4
    min_learning_rate: float | None = None
    warmup: float = 0.05
    weight_decay: float = 0.01
    precision: Literal["fp32", "bf16"] = "fp32"
    use_cpu: bool = False
    checkpoint_activations: bool | None = None
    save_every: int = 0

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("give `steps` or `epochs`, one of the two")
        _at_least(1, steps=1 if self.steps is None else self.steps, batch_size=self.batch_size)
        _at_least(0, save_every=self.save_every, weight_decay=self.weight_decay)
        if self.epochs is not None and not 0 < self.epochs < 10_000:
            raise ValueError(f"epochs {self.epochs} must lie between 0 and 10,000")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate {self.learning_rate} must lie between 0 and 1")
        if not 0 <= (self.min_learning_rate or 0) <= self.learning_rate:
            raise ValueError(
                f"min_learning_rate {self.min_learning_rate} must be at most learning_rate"
            )
        if not 0 <= self.warmup < 1:
            raise ValueError(f"warmup {self.warmup} must be at least 0 and less than 1")
        if self.device_batch is not None:
            _at_least(1, device_batch=self.device_batch)

    def split(self, devices: int) -> tuple[int, int]:
        """Rows that each device takes at a time, and how often in a step.

        Raises
        ------
        ValueError
            When a step's rows cannot be shared out so.
        """
        rows = self.device_batch or max(1, self.batch_size // devices)
        times, rest = divmod(self.batch_size, rows * devices)
        if rest or not times:
            raise ValueError(
                f"batch_size {self.batch_size} is no multiple of {rows} rows on each of {devices} "
                "devices: change schedule.batch_size or schedule.device_batch"
            )
        return rows, times


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Scores by replay while training, on the corpus's ``probe`` split, never on ``eval``.

    Attributes
    ----------
    every
        Steps between two of them; 0: none.
    items
        Problems of each task and range.
    ranges
        The ranges to look at. M and L show how length generalisation comes; they choose nothing.
    batch_size
        Problems that are decoded at once.
    keep
        Which weights the run ends with: the ``last``, or the ``best`` by exact chains on S alone.
    """

    every: int = 0
    items: int = 50
    ranges: tuple[str, ...] = ("S", "M", "L")
    batch_size: int = 50
    keep: Literal["last", "best"] = "last"

    def __post_init__(self) -> None:
        _at_least(0, every=self.every)
        _at_least(1, items=self.items, batch_size=self.batch_size)
        if self.keep == "best" and not (self.every and "S" in self.ranges):
            raise ValueError("keep: best needs probes of S: set `every`, and S among `ranges`")


@dataclass(frozen=True, kw_only=True)
class Positions:
    """How the tokens of a record are numbered in training; see ``training.data.positions``.

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
    """A whole training run.

    Attributes
    ----------
    out
        The folder of the model, its tokenizer and the record of how it was made.
    data, schedule, model, positions, probe
        See below.
    adapter
        See below; without it all weights are trained.
    seed
        Of random weights, of the order of records and of positions.
    tensorboard
        Whether to write losses and probes for TensorBoard, into ``out/tensorboard``.
    """

    out: Path
    data: Data
    schedule: Schedule
    model: Model = field(default_factory=Model)
    adapter: Adapter | None = None
    positions: Positions = field(default_factory=Positions)
    probe: Probe = field(default_factory=Probe)
    seed: int = 0
    tensorboard: bool = False

    @property
    def half_weights(self) -> bool:
        """Whether the model's weights are kept in bf16: those that an adapter leaves alone."""
        return self.schedule.precision == "bf16" and self.adapter is not None

    def __post_init__(self) -> None:
        if self.adapter and self.model.base is None:
            raise ValueError("`adapter` needs `model.base`: random weights are trained in full")
        if self.probe.keep == "best" and self.schedule.save_every != self.probe.every:
            raise ValueError("keep: best needs a checkpoint a probe: save_every equal to every")


def _at_least(least: int, **values: float) -> None:
    for name, value in values.items():
        if value < least:
            raise ValueError(f"{name} {value} must be at least {least}")
