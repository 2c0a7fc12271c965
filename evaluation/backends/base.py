"""The interface of a backend, and the data that passes through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from math import inf
from typing import NamedTuple, Protocol, runtime_checkable

from evaluation.problems.replays import EvalProblem

OutputKey = tuple[str, int]
"""Key of an output: the id of its problem, and the number of the sample."""


MAX_TOKEN_COUNT = 2**63 - 1
"""Maximum number of tokens of an output that results can hold."""


class End(StrEnum):
    """Reason why an output ended."""

    STOP = "stop"  # the model wrote an end token
    LENGTH = "length"  # the token limit cut the output
    NO_FIT = "no_fit"  # prompt and reference exceed the context, so nothing was generated


class Verification(NamedTuple):
    """Margins and near ties of an output that was decoded with a draft.

    A margin is the lead of a token's logit over the second largest, rounded to thousandths: the
    smaller, the more likely is another token with other kernels, batches or number types.

    Attributes
    ----------
    near_ties
        Number of tokens whose margin was so small that plain decoding decided them.
    least_margin
        Least margin of the tokens up to the first that is not the reference's, with it; None if no
        margin is known.
    divergence_margin
        Margin of the first token that is not the reference's; None without such a token, or if its
        margin is not known.
    """

    near_ties: int
    least_margin: float | None
    divergence_margin: float | None


class Output(NamedTuple):
    """Output of a backend for one problem.

    Attributes
    ----------
    text
        The text that is scored.
    end
        Why the text ended.
    tokens
        Number of tokens generated, including the end token.
    reasoning
        Reasoning that a server returned separately; it is not scored.
    verification
        Margins and near ties; None if the output was not decoded with a draft.
    """

    text: str
    end: End
    tokens: int
    reasoning: str = ""
    verification: Verification | None = None


class OutputRequest(NamedTuple):
    """Request for one output of a problem; samples are numbered from 0."""

    problem: EvalProblem
    sample: int = 0

    @property
    def key(self) -> OutputKey:
        """Key under which the output is stored."""
        return self.problem.id, self.sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Choice of the next token: the likeliest one at temperature 0, otherwise at random.

    Attributes
    ----------
    samples
        Number of outputs for each problem.
    temperature
        Divisor of the logits; 0 means greedy decoding. None means that a server is sent neither a
        temperature nor ``top_p`` and ``seed``, and uses its own.
    top_p
        Nucleus sampling: sample from the smallest set of tokens whose total probability is at least
        ``top_p``.
    seed
        Seed of the random numbers.

    Raises
    ------
    ValueError
        If a value is out of range, or several samples are requested at temperature 0.
    """

    samples: int = 1
    temperature: float | None = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise ValueError(f"`samples` must be at least 1, not {self.samples}")
        if self.temperature is not None and not 0 <= self.temperature < inf:
            raise ValueError(f"`temperature` must be at least 0, not {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"`top_p` must be above 0 and at most 1, not {self.top_p}")
        if self.samples > 1 and self.temperature == 0:
            raise ValueError("several samples are all the same at temperature 0; set a temperature")

    @property
    def description(self) -> Description:
        """The entries that a backend's description has for these settings."""
        if self.temperature is None:
            return {"decoding": "the server's default", "samples": self.samples}
        if not self.temperature:
            return {"decoding": "greedy"}
        return {
            "decoding": "sampled",
            "samples": self.samples,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "sampling_seed": self.seed,
        }

    def output_seed(self, request: OutputRequest) -> int:
        """Return the seed of one output, of 31 bits, for backends that draw their own numbers.

        Seeds s and s + 1 must not share outputs, so the seed is not that of the first sample plus
        the number of the sample.
        """
        key = f"{self.seed} {request.sample} {request.problem.id}".encode()
        return int.from_bytes(blake2b(key, digest_size=4).digest()) >> 1


GREEDY = Sampling()
"""Greedy decoding, one output for each problem."""

Description = dict[str, str | int | float]
"""Settings that are needed to repeat a result: model, number type, batch size, versions."""

Advance = Callable[[int], None]
"""Progress callback; it receives the number of outputs that were finished since the last call."""


class Backend(Protocol):
    """Source of outputs."""

    @property
    def description(self) -> Description:
        """Settings that are needed to repeat a result."""
        ...

    @property
    def unit(self) -> str:
        """Unit of all lengths: ``tokens``, or ``bytes`` or ``characters`` without a tokenizer."""
        ...

    @property
    def context(self) -> int | None:
        """Maximum length of prompt and output together; None if it is not known."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the length of each completion."""
        ...

    def count_prompts(self, problems: Sequence[EvalProblem]) -> list[int]:
        """Return the length of each prompt with its preface and with a chat template, if used."""
        ...

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """Yield each output with the index of its request, as soon as it is finished.

        An output has at most ``max_new_tokens`` tokens, including the end token, and never exceeds
        the context.
        """
        ...


class StepTime(NamedTuple):
    """Speed of plain decoding.

    Attributes
    ----------
    batch
        Number of outputs that are decoded at once.
    step
        Seconds in which each output of a batch gets a token.
    read
        Seconds for each token of a prompt.
    """

    batch: int
    step: float
    read: float


@runtime_checkable
class StepTimer(Protocol):
    """A backend that measures how long it decodes."""

    def time_step(self, outputs: int, length: int) -> StepTime:
        """Return the speed at which ``outputs`` texts of ``length`` tokens are written."""
        ...


class Reference:
    """Backend that returns the machine's own text, to test the scorer itself."""

    unit = "characters"
    context = None

    @property
    def description(self) -> Description:
        """See ``Backend``."""
        return {"backend": "reference"}

    def count(self, texts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        return [len(text) for text in texts]

    def count_prompts(self, problems: Sequence[EvalProblem]) -> list[int]:
        """See ``Backend``."""
        return self.count([problem.text for problem in problems])

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """See ``Backend``."""
        for index, (problem, _) in enumerate(requests):
            yield index, Output(problem.completion, End.STOP, len(problem.completion))

    def time_step(self, outputs: int, length: int) -> StepTime:
        """See ``StepTimer``; nothing is decoded."""
        return StepTime(outputs, 0.0, 0.0)
