"""Configuration of a training run: the sections of the YAML file that ``tmtail train`` reads.

A model is fine-tuned from a folder or a hub name (``model: base: ...``), or initialised with random
weights (``model: layers: ...``). With ``adapter:``, only a LoRA adapter is trained::

    out: out/run
    data: {corpus: out/corpus, ranges: [S], max_length: 512}
    model: {base: path/to/model}
    adapter: {rank: 16}
    schedule: {steps: 2000, batch_size: 16, learning_rate: 2e-4}

``training.recipe_page`` makes the documentation of the keys from the docstrings of this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from compiler import Role
from tm.support.suggestions import did_you_mean


@dataclass(frozen=True, kw_only=True)
class Data:
    """Selection and tokenisation of the training records.

    Attributes
    ----------
    corpus
        Folder that ``tmtail corpus build`` wrote, or a ``.parquet`` or ``.jsonl`` file of records.
    max_length
        Maximum number of tokens of a record: prompt, completion and the EOS token. A longer record
        is an error; texts are never truncated.
    pack
        Tokens in one row of packed records, at least ``max_length``. Records in a row do not attend
        to each other. None: one record a row, padded, with records of similar length in a batch.
    chat
        Whether to put prompts into the model's chat template. Scoring the trained model does the
        same.
    tasks
        Tasks to train on. None: all tasks of the corpus.
    ranges
        Ranges to train on. A training record of another range is an error, so that a study of
        length generalisation does not train on the lengths it scores.
    prompt
        Kind of prompts that the corpus must have: ``plain``, the question as a person writes it, or
        ``keyed``, which also gives index hints. It is not checked if ``corpus`` is a file.
    long_records
        What to do with records of more than ``max_length`` tokens: ``error``, or ``drop``: leave
        them out.
    order
        Order of the records in the first epoch: ``random``, or ``short-first``: each record comes
        at a random time, mostly soon, after its rank by length.
    """

    corpus: Path
    max_length: int
    pack: int | None = None
    chat: bool = False
    tasks: tuple[str, ...] | None = None
    ranges: tuple[str, ...] = ("S",)
    prompt: Literal["plain", "keyed"] = "plain"
    long_records: Literal["error", "drop"] = "error"
    order: Literal["random", "short-first"] = "random"

    def __post_init__(self) -> None:
        _check_minimum(1, max_length=self.max_length)
        if self.pack is not None and self.pack < self.max_length:
            raise ValueError(
                f"`pack` must be at least `max_length` ({self.max_length}), not {self.pack}: "
                "records are not split"
            )


@dataclass(frozen=True, kw_only=True)
class Model:
    """The pretrained model to start from, or the shape of a model with random weights.

    Attributes
    ----------
    base
        Folder or hub name of a causal language model. None: a Qwen2 model with random weights and
        the shape given by the other keys.
    layers
        Number of layers.
    width
        Dimension of the residual stream.
    heads
        Number of attention heads in each layer.
    head_width
        Dimension of an attention head; even.
    feed_forward
        Hidden dimension of the MLP.
    context
        Maximum number of tokens of a text (``max_position_embeddings``).
    rope_theta
        Base of the rotary position embedding.
    vocabulary
        Number of tokens, at least 258: the 256 bytes, two special tokens, and common words of the
        corpus.
    start
        Initialisation of attention. ``mimetic``: tokens attend to similar tokens
        (arXiv 2305.09828). ``induction``, a method of this project: tokens attend to what followed
        the same context earlier, and digits are in order, as in pretrained models; what finds the
        context is not trained, so ``weight_decay`` must be 0. It needs at least 5 heads of width
        20 and a ``rope_theta`` of at least 1e6.
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
        _check_minimum(
            1, layers=self.layers, width=self.width, heads=self.heads, context=self.context
        )
        _check_minimum(1, feed_forward=self.feed_forward)
        _check_minimum(258, vocabulary=self.vocabulary)
        if self.head_width < 2 or self.head_width % 2:
            raise ValueError(
                f"`head_width` must be even and at least 2, not {self.head_width}: rotary "
                "positions rotate pairs of dimensions"
            )
        if self.start == "induction":
            if min(self.layers / 2, self.heads / 5, self.head_width / 20, self.width / 20) < 1:
                raise ValueError(
                    "`start: induction` needs at least 2 layers, 5 heads, a `head_width` of 20 and "
                    "a `width` of 20"
                )
            if self.rope_theta < 1e6:
                raise ValueError(
                    f"`start: induction` needs a `rope_theta` of at least 1e6, not "
                    f"{self.rope_theta:g}: with a smaller base, too few dimensions are independent "
                    "of the distance"
                )


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """A LoRA adapter (arXiv 2106.09685) on linear layers other than the output head.

    Attributes
    ----------
    rank
        Rank of the update that is added to each weight matrix.
    alpha
        Scale of the update, which is multiplied by ``alpha / rank``.
    dropout
        Probability with which an input of the adapter is dropped in training.
    targets
        Names of the linear layers, in every block, that get an update, such as ``v_proj``. None:
        all of them.
    """

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    targets: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        _check_minimum(1, rank=self.rank, alpha=self.alpha)
        if not 0 <= self.dropout < 1:
            raise ValueError(f"`dropout` must be at least 0 and less than 1, not {self.dropout}")
        if self.targets == ():
            raise ValueError("`targets` must name at least one layer; leave it out for all of them")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Duration and optimiser: AdamW, linear warm-up, cosine decay to ``min_learning_rate``.

    Attributes
    ----------
    steps
        Number of optimiser steps. Give either ``steps`` or ``epochs``.
    epochs
        Number of passes over the records. Give either ``steps`` or ``epochs``.
    batch_size
        Rows in one step, over all devices. A row is a record, or a pack of records if ``data.pack``
        is set.
    device_batch
        Rows that a device processes at a time. None: all rows of the device's share of a step.
    learning_rate
        Maximum learning rate, reached after the warm-up.
    min_learning_rate
        Learning rate at the end of the run. None: a tenth of ``learning_rate``.
    warmup
        Fraction of the steps in which the learning rate rises.
    weight_decay
        Weight decay of AdamW.
    precision
        Number format of the computation. ``bf16`` needs a GPU that supports it, or ``use_cpu``;
        ``auto`` is ``bf16`` where the GPU, or the CPU without one, has instructions for it.
        Trained weights are stored in fp32 in either case, because bf16 would round small updates to
        zero; frozen weights are stored in the format of the computation.
    use_cpu
        Whether to train on the CPU even if a GPU is available.
    checkpoint_activations
        Whether to recompute activations in the backward pass to save memory. None: only if the
        estimate of ``training.plan`` exceeds the memory of the GPU, or of the computer.
    save_every
        Steps between checkpoints, from which an interrupted run resumes. 0: no checkpoints.
    """

    steps: int | None = None
    epochs: float | None = None
    batch_size: int = 16
    device_batch: int | None = None
    learning_rate: float = 2e-4
    min_learning_rate: float | None = None
    warmup: float = 0.05
    weight_decay: float = 0.01
    precision: Literal["fp32", "bf16", "auto"] = "fp32"
    use_cpu: bool = False
    checkpoint_activations: bool | None = None
    save_every: int = 0

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("give either `steps` or `epochs`")
        _check_minimum(1, steps=1 if self.steps is None else self.steps, batch_size=self.batch_size)
        _check_minimum(0, save_every=self.save_every, weight_decay=self.weight_decay)
        if self.epochs is not None and not 0 < self.epochs < 10_000:
            raise ValueError(f"`epochs` must be greater than 0 and below 10,000, not {self.epochs}")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"`learning_rate` must be between 0 and 1, not {self.learning_rate}")
        if not 0 <= (self.min_learning_rate or 0) <= self.learning_rate:
            raise ValueError(
                f"`min_learning_rate` must be between 0 and `learning_rate` "
                f"({self.learning_rate}), not {self.min_learning_rate}"
            )
        if not 0 <= self.warmup < 1:
            raise ValueError(f"`warmup` must be at least 0 and less than 1, not {self.warmup}")
        if self.device_batch is not None:
            _check_minimum(1, device_batch=self.device_batch)

    def split(self, devices: int) -> tuple[int, int]:
        """Return the rows that each device processes at a time, and how often it does in a step.

        Raises
        ------
        ValueError
            If the rows of a step cannot be divided evenly between the devices.
        """
        rows = self.device_batch or max(1, self.batch_size // devices)
        accumulation_steps, remainder = divmod(self.batch_size, rows * devices)
        if remainder or not accumulation_steps:
            raise ValueError(
                f"batch_size {self.batch_size} is not a multiple of {rows} rows on each of "
                f"{devices} devices; change schedule.batch_size or schedule.device_batch"
            )
        return rows, accumulation_steps


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Scores during training, on the corpus's ``probe`` split; ``eval`` is never used.

    Attributes
    ----------
    every
        Steps between two probes. 0: no probes.
    items
        Number of problems of each task and range.
    ranges
        Ranges to score. M and L show length generalisation; they do not influence the run.
    batch_size
        Number of problems that are decoded at once.
    keep
        Weights that the run ends with: those of the ``last`` step, or those of the ``best`` probe,
        which has the most exact texts on S.
    tasks
        Python files of the tasks of the corpus that are not built in. Their code is run.
    """

    every: int = 0
    items: int = 50
    ranges: tuple[str, ...] = ("S", "M", "L")
    batch_size: int = 50
    keep: Literal["last", "best"] = "last"
    tasks: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        _check_minimum(0, every=self.every)
        _check_minimum(1, items=self.items, batch_size=self.batch_size)
        if self.keep == "best" and not (self.every and "S" in self.ranges):
            raise ValueError("`keep: best` needs probes of S; set `every`, and add S to `ranges`")


@dataclass(frozen=True, kw_only=True)
class Positions:
    """Position ids of the tokens of a record in training; scored texts always use 0, 1, 2, ….

    Attributes
    ----------
    kind
        ``plain``: 0, 1, 2, …, as in the paper. ``gaps``, a method of this project: random gaps
        after line breaks. ``skip``: one random gap after a random line break, which PoSE
        (arXiv 2309.10400) has anywhere. ``random``: random increasing positions (arXiv 2305.16843).
    reach
        Number of positions that the kinds other than ``plain`` may use. Set it to the number of
        tokens of the longest text that will be scored.
    share
        Fraction of the records that have such positions; the others have plain ones.
    after
        Fraction of the steps, the first ones, in which all records have plain positions.
    """

    kind: Literal["plain", "gaps", "skip", "random"] = "plain"
    reach: int = 8192
    share: float = 1.0
    after: float = 0.0

    def __post_init__(self) -> None:
        _check_minimum(1, reach=self.reach)
        if not 0 < self.share <= 1:
            raise ValueError(f"`share` must be above 0 and at most 1, not {self.share}")
        if not 0 <= self.after < 1:
            raise ValueError(f"`after` must be at least 0 and less than 1, not {self.after}")


@dataclass(frozen=True, kw_only=True)
class Config:
    """A training run.

    Attributes
    ----------
    out
        Folder to write. The model, its tokenizer and a description of the run go to ``out/model``.
    data, schedule, model, positions, probe
        Section of keys, described below.
    adapter
        Section of keys, described below. None: all weights are trained.
    role_weights
        Factors of the loss of tokens by the role of their span, such as ``solve: 4``; 1 for other
        roles. They need a corpus with spans, which ``corpus build`` writes by default.
    base_share
        Share of the base model's weights in the average with the trained ones that is saved
        (arXiv 2109.01903). For an adapter, this scales the update.
    seed
        Seed of random weights, of the order of records and of random positions.
    tensorboard
        Whether to write losses and probes for TensorBoard to ``out/tensorboard``.
    """

    out: Path
    data: Data
    schedule: Schedule
    model: Model = field(default_factory=Model)
    adapter: Adapter | None = None
    positions: Positions = field(default_factory=Positions)
    probe: Probe = field(default_factory=Probe)
    role_weights: dict[str, float] = field(default_factory=dict)
    base_share: float = 0.0
    seed: int = 0
    tensorboard: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**32:
            raise ValueError(f"`seed` must be at least 0 and less than 2^32, not {self.seed}")
        if self.adapter and self.model.base is None:
            raise ValueError("`adapter` needs `model.base`: random weights are trained in full")
        if not 0 <= self.base_share < 1:
            raise ValueError(f"`base_share` must be at least 0 and below 1, not {self.base_share}")
        if self.base_share and self.model.base is None:
            raise ValueError("`base_share` needs `model.base`, whose weights are averaged with")
        for name, weight in self.role_weights.items():
            if name not in tuple(Role):
                help = did_you_mean(name, tuple(Role)) or f"the roles are {', '.join(Role)}"
                raise ValueError(f"`role_weights`: no role is called `{name}`; {help}")
            if not 0 <= weight < 1000:
                raise ValueError(
                    f"`role_weights.{name}` must be at least 0 and below 1000, not {weight}"
                )
        if self.model.start == "induction" and self.schedule.weight_decay:
            raise ValueError(
                "`start: induction` needs `schedule.weight_decay: 0`: decay would change the "
                "weights that are not trained"
            )
        if self.probe.keep == "best" and self.schedule.save_every != self.probe.every:
            raise ValueError(
                "`keep: best` needs a checkpoint at every probe; set `schedule.save_every` equal "
                "to `probe.every`"
            )


def _check_minimum(minimum: int, **values: float) -> None:
    for name, value in values.items():
        if value < minimum:
            raise ValueError(f"`{name}` must be at least {minimum}, not {value}")
