"""Common part of the backends ``hf`` and ``vllm``: tokenizer, prompts, drafts, end tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib.metadata import version
from typing import Any

from transformers import GenerationConfig, PreTrainedTokenizerBase

from evaluation.backends.base import (
    GREEDY,
    Description,
    End,
    Output,
    OutputRequest,
    Sampling,
    Verification,
)
from evaluation.models.tokens import encode, encode_chats, encode_prompts
from evaluation.problems.replays import EvalProblem


class Decoder:
    """Tokenizer, prompts and description of a model in this process.

    Parameters
    ----------
    name
        Name of the model in reports.
    ends
        Tokens that end an output.
    chat
        Whether prompts are put into the model's chat template, as they were in training.
    """

    unit = "tokens"

    def __init__(
        self,
        name: str,
        tokenizer: PreTrainedTokenizerBase,
        ends: Collection[int],
        *,
        chat: bool = False,
        sampling: Sampling = GREEDY,
    ) -> None:
        self.name = name
        self.tokenizer = tokenizer
        self.end_tokens = frozenset(ends)
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

    def count_prompts(self, problems: Sequence[EvalProblem]) -> list[int]:
        """See ``Backend``."""
        return [len(ids) for ids in self.encode_problems(problems)]

    def encode_problems(self, problems: Sequence[EvalProblem]) -> list[list[int]]:
        """Return the token ids of each prompt with its preface, as the model receives it."""
        if self.chat:
            return encode_chats(self.tokenizer, [problem.messages for problem in problems])
        return encode(self.tokenizer, [problem.text for problem in problems])

    def encode_prompts(self, prompts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each prompt as the model receives it."""
        return encode_prompts(self.tokenizer, prompts, chat=self.chat)

    def drafts(self, requests: Sequence[OutputRequest]) -> list[list[int]]:
        """Return the tokens of each request's reference with its end; empty means no draft."""
        drafts: list[list[int]] = [[] for _ in requests]
        drafted = [
            index
            for index, request in enumerate(requests)
            if request.problem.fits and not request.problem.replay.free
        ]
        texts = [requests[index].problem.completion for index in drafted]
        for index, ids in zip(drafted, encode(self.tokenizer, texts), strict=True):
            drafts[index] = [*ids, self.tokenizer.eos_token_id]
        return drafts

    def output(self, tokens: Sequence[int], verification: Verification | None = None) -> Output:
        """Return the output with these tokens; without an end token, the limit cut it."""
        ended = tokens[-1] in self.end_tokens
        text_tokens = tokens[:-1] if ended else tokens
        text: Any = self.tokenizer.decode(text_tokens, clean_up_tokenization_spaces=False)
        end = End.STOP if ended else End.LENGTH
        return Output(str(text), end, len(tokens), verification=verification)


def end_tokens(
    tokenizer: PreTrainedTokenizerBase, configuration: GenerationConfig | None
) -> set[int]:
    """Return every token that ends a text, by the tokenizer or by the model's configuration."""
    declared = configuration.eos_token_id if configuration else None
    listed = declared if isinstance(declared, list) else [declared]
    return {token for token in [tokenizer.eos_token_id, *listed] if token is not None}
