"""Who writes the outputs that are scored: the machine itself, or a language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from evaluation.problems.replays import EvalProblem


class End(StrEnum):
    """Why an output ended."""

    STOP = "stop"  # the model ended it
    LENGTH = "length"  # it was cut at the token limit
    NO_FIT = "no_fit"  # prompt and reference are more than the context: nothing was generated


class Output(NamedTuple):
    """What a backend wrote for one item, and how many tokens it took.

    Attributes
    ----------
    text
        What is scored.
    reasoning
        What a server told apart as reasoning; no part of what is scored.
    """

    text: str
    end: End
    tokens: int
    reasoning: str = ""


class OutputRequest(NamedTuple):
    """An output that is wanted: the ``sample``-th for an item."""

    item: EvalProblem
    sample: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """What the output is kept under."""
        return self.item.id, self.sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How tokens are chosen: greedily at temperature 0, else drawn.

    Attributes
    ----------
    samples
        Outputs for each item.
    temperature
        What logits are divided by.
    top_p
        Draw from the likeliest tokens alone that have so much probability between them.
    seed
        Of the draws.

    Raises
    ------
    ValueError
        For values out of their range, or several samples that would all be the same.
    """

    samples: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise ValueError(f"samples {self.samples} must be at least 1")
        if self.temperature < 0:
            raise ValueError(f"temperature {self.temperature} must be at least 0")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p {self.top_p} must be above 0 and at most 1")
        if self.samples > 1 and not self.temperature:
            raise ValueError("samples are all the same at temperature 0: give a temperature")

    @property
    def description(self) -> dict[str, str | int | float]:
        """As a part of a backend's."""
        if not self.temperature:
            return {"decoding": "greedy"}
        return {
            "decoding": "sampled",
            "samples": self.samples,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "sampling_seed": self.seed,
        }


GREEDY = Sampling()

Description = dict[str, str | int | float]
"""What a reader needs to repeat a result: model, number type, batch size, versions."""

Advance = Callable[[int], None]
"""Told, now and then, how many more outputs are done."""


class Backend(Protocol):
    """A source of outputs."""

    @property
    def description(self) -> Description:
        """See ``Description``."""
        ...

    @property
    def unit(self) -> str:
        """What ``count`` counts: ``tokens``, or what stands for them where nobody knows."""
        ...

    @property
    def context(self) -> int | None:
        """Tokens that prompt and output may have together; None where nobody knows."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """The length of each completion, in the backend's tokens."""
        ...

    def count_prompts(self, prompts: Sequence[str]) -> list[int]:
        """The length of each prompt as the model is given it, in the backend's tokens."""
        ...

    def generate(
        self, requests: Sequence[OutputRequest], limit: int
    ) -> Iterator[tuple[int, Output]]:
        """The output for each request, with its place among them, as soon as there is one.

        An output has at most ``limit`` tokens with its end, and no more than the context allows.
        """
        ...


class Reference:
    """The machine itself: what every score is measured against, and a test of the scorer."""

    unit = "characters"
    context = None

    @property
    def description(self) -> Description:
        return {"backend": "reference"}

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    count_prompts = count

    def generate(
        self, requests: Sequence[OutputRequest], limit: int
    ) -> Iterator[tuple[int, Output]]:
        for place, (item, _) in enumerate(requests):
            yield place, Output(item.completion, End.STOP, len(item.completion))
