"""The configuration of a run: which backend answers, and in which form."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Literal

from evaluation.backends.installed import SHIPPED_BACKENDS, installed_backends
from evaluation.models.distances import FarPositions
from evaluation.problems.replays import ANY
from tm.support.suggestions import did_you_mean

Dtype = Literal["float32", "bfloat16", "float16"]
Decode = Literal["verified", "plain"]

DEFAULT_TIMEOUT_SECONDS = 1_800.0
"""Time that a server may stay silent while it writes one output."""

MODEL_BACKENDS = ("hf", "vllm", "openai")
"""Backends that need a model."""

LOCAL_BACKENDS = ("hf", "vllm")
"""Backends that load the model in this process."""

BACKEND_OPTIONS = {
    "base": LOCAL_BACKENDS,
    "far": ("hf",),
    "gpus": ("vllm",),
    "gpu_memory": ("vllm",),
    "window": ("vllm", "openai"),
    **dict.fromkeys(
        ("url", "tokenizer", "concurrency", "timeout", "omit_temperature"), ("openai",)
    ),
    **dict.fromkeys(("chat", "system", "shots"), MODEL_BACKENDS),
}
"""Options that only some of the shipped backends have, with the names of those backends."""


class OptionError(ValueError):
    """Invalid value of one option of a run.

    Attributes
    ----------
    option
        Name of the field of ``RunConfig``.
    reason
        What is wrong, as a clause that follows the name of the option.
    """

    def __init__(self, run: str, option: str, reason: str) -> None:
        self.option = option
        self.reason = reason
        super().__init__(f"run {run!r}: `{option}` {reason}")


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Backend that answers, and the form of its outputs.

    Attributes
    ----------
    name
        Name of the run in error messages.
    backend
        ``hf`` or ``vllm``: a model in this process; ``openai``: a model behind a server; ``file``:
        outputs written elsewhere; ``reference``: the machine itself; or the name of an installed
        backend, which gets all options.
    model
        Folder of a model or adapter, or its name on the hub or on the server.
    base
        Base model of an adapter; empty means the one that the adapter's configuration names.
    far
        For ``hf``: distances at which the model sees far tokens; None means their own.
    gpus, gpu_memory
        For ``vllm``: number of GPUs to split the model over, and the share of their memory that it
        may take; None means vLLM's default.
    window
        For ``vllm`` and ``openai``: maximum length of prompt and output, in tokens. None means the
        context of the model.
    url, tokenizer, concurrency, timeout
        For ``openai``: see ``evaluation.backends.server.Server``.
    omit_temperature
        For ``openai``: whether to send no temperature, for models that refuse one.
    chat
        Whether a prompt is sent as a user's turn of a chat. None means: as in training for ``hf``
        and ``vllm``, true for ``openai``.
    system
        System message before each problem: a turn of the chat, or the beginning of a plain text.
    shots
        Number of examples before each problem, from the task's training problems.
    outputs
        For ``file``: the JSON Lines file with the outputs.
    format, style
        Form that the run's model was trained on; empty means the form of the corpus. For example
        ``style: plain`` is plain chain of thought, ``format: answer`` the answer alone, and
        ``format: any`` any text that ends in an answer.
    prompt
        Kind of prompts: ``plain``, or ``keyed`` with index hints. Empty means that of the corpus.
    max_new_tokens
        Maximum number of tokens of an output; None means a limit derived from the longest
        reference.

    Raises
    ------
    OptionError
        If an option is missing, out of range, or has no effect with the backend.
    """

    name: str
    backend: str = "hf"
    model: str = ""
    base: str = ""
    far: FarPositions | None = None
    gpus: int = 1
    gpu_memory: float | None = None
    url: str = ""
    tokenizer: Path | None = None
    window: int | None = None
    concurrency: int = 16
    timeout: float = DEFAULT_TIMEOUT_SECONDS
    omit_temperature: bool = False
    chat: bool | None = None
    system: str = ""
    shots: int = 0
    outputs: Path | None = None
    format: str = ""
    style: str = ""
    prompt: Literal["", "plain", "keyed"] = ""
    max_new_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.backend in SHIPPED_BACKENDS:
            self._check_backend_options()
        elif self.backend not in installed_backends():
            known = (*SHIPPED_BACKENDS, *installed_backends())
            help = did_you_mean(self.backend, known) or f"the backends are {', '.join(known)}"
            raise OptionError(self.name, "backend", f"{self.backend!r} does not exist; {help}")
        for option in ("gpus", "window", "concurrency", "max_new_tokens"):
            if (count := getattr(self, option)) is not None and count < 1:
                raise OptionError(self.name, option, f"must be at least 1, not {count}")
        if self.shots < 0:
            raise OptionError(self.name, "shots", f"must be at least 0, not {self.shots}")
        if not 0 < self.timeout < inf:
            raise OptionError(self.name, "timeout", f"must be above 0, not {self.timeout}")
        if self.gpu_memory is not None and not 0 < self.gpu_memory <= 1:
            reason = f"must be above 0 and at most 1, not {self.gpu_memory}"
            raise OptionError(self.name, "gpu_memory", reason)
        generates = self.backend not in ("file", "reference")
        if self.format == ANY and generates and self.max_new_tokens is None:
            raise OptionError(self.name, "max_new_tokens", f"is required with format `{ANY}`")

    def _check_backend_options(self) -> None:
        """Check the options that only some of the shipped backends have."""
        if (self.backend in MODEL_BACKENDS) != bool(self.model):
            self._fail_backend("model", MODEL_BACKENDS)
        if (self.backend == "file") != (self.outputs is not None):
            self._fail_backend("outputs", ("file",))
        for option, backends in BACKEND_OPTIONS.items():
            is_set = getattr(self, option) != getattr(RunConfig, option)
            if is_set and self.backend not in backends:
                self._fail_backend(option, backends)

    def _fail_backend(self, option: str, backends: tuple[str, ...]) -> None:
        """Raise the error for an option that does not fit the backend."""
        if self.backend in backends:
            raise OptionError(self.name, option, f"is required with backend `{self.backend}`")
        names = ", ".join(f"`{name}`" for name in backends)
        reason = f"requires backend {names}, not `{self.backend}`"
        raise OptionError(self.name, option, reason)
