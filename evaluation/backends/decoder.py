"""Base class of the backends that run a model in this process."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from transformers import PreTrainedTokenizerBase

from evaluation.backends.base import GREEDY, Description, Sampling
from evaluation.models.tokens import encode, encode_prompts


class Decoder:
    """Tokenizer, prompts and description of a model in this process.

    Parameters
    ----------
    name
        Name of the model in reports.
    chat
        Whether prompts are put into the model's chat template, as they were in training.
    """

    unit = "tokens"

    def __init__(
        self,
        name: str,
        tokenizer: PreTrainedTokenizerBase,
        *,
        chat: bool = False,
        sampling: Sampling = GREEDY,
    ) -> None:
        self.name = name
        self.tokenizer = tokenizer
        self.chat = chat
        self.sampling = sampling

    @property
    def description(self) -> Description:
        """See ``Backend``."""
        return {
            "model": self.name,
            "chat": self.chat,
            **self.sampling.description,
            "torch": version("torch"),
            "transformers": version("transformers"),
        }

    def count(self, texts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        return [len(ids) for ids in encode(self.tokenizer, texts)]

    def count_prompts(self, prompts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        return [len(ids) for ids in self.encode_prompts(prompts)]

    def encode_prompts(self, prompts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each prompt as the model receives it."""
        return encode_prompts(self.tokenizer, prompts, chat=self.chat)
