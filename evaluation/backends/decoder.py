"""What backends that run a model in this process share."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from transformers import PreTrainedTokenizerBase

from evaluation.backends.base import GREEDY, Description, Sampling
from evaluation.models.tokens import encode, encode_prompts


class Decoder:
    """What backends that run a model in this process have in common: how it is given its prompts.

    Parameters
    ----------
    name
        What reports call the model.
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
        return [len(ids) for ids in self.prompts(prompts)]

    def prompts(self, prompts: Sequence[str]) -> list[list[int]]:
        """The token ids of each prompt as the model is given it."""
        return encode_prompts(self.tokenizer, prompts, chat=self.chat)
