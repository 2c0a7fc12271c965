"""Greedy decoding with a Hugging Face model, many prompts at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig, PreTrainedModel, PreTrainedTokenizerBase

from evaluation.backends import Advance, End, Output
from evaluation.items import Item
from evaluation.models import encode, encode_prompts


class HuggingFace:
    """A causal language model that answers greedily.

    Batches hold prompts of like length, padded on the left. In fp32 an output does not depend on
    its batch; in bf16 it may, so the description tells number type and batch size.

    Parameters
    ----------
    name
        What reports call the model.
    batch_size
        Prompts decoded at once.
    chat
        Whether prompts are put into the model's chat template, as they were in training.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        batch_size: int = 64,
        chat: bool = False,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size {batch_size} must be at least 1")
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.name = name
        self.batch_size = batch_size
        self.chat = chat
        self.ends = frozenset(_end_tokens(model, tokenizer))
        # A model's own defaults (sampling, a penalty on repetition) would not be greedy decoding.
        self.model.generation_config = GenerationConfig(
            do_sample=False,
            num_beams=1,
            eos_token_id=sorted(self.ends),
            pad_token_id=tokenizer.pad_token_id,
        )

    @property
    def description(self) -> dict[str, str | int]:
        return {
            "backend": "hf",
            "model": self.name,
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "dtype": str(self.model.dtype).removeprefix("torch."),
            "device": self.model.device.type,
            "batch_size": self.batch_size,
            "chat": self.chat,
            "torch": version("torch"),
            "transformers": version("transformers"),
        }

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in encode(self.tokenizer, texts)]

    def generate(self, items: Sequence[Item], limit: int, advance: Advance) -> list[Output]:
        prompts = encode_prompts(self.tokenizer, [item.prompt for item in items], chat=self.chat)
        context = self.model.config.get_text_config().max_position_embeddings
        outputs: dict[int, Output] = {}
        fitting = []
        for i, prompt in enumerate(prompts):
            if len(prompt) + limit > context:
                outputs[i] = Output("", End.NO_FIT, 0)
            else:
                fitting.append(i)
        advance(len(outputs))
        # The longest first: a batch that needs too much memory says so at once.
        fitting.sort(key=lambda i: -len(prompts[i]))
        for first in range(0, len(fitting), self.batch_size):
            chosen = fitting[first : first + self.batch_size]
            written = self._decode([prompts[i] for i in chosen], limit)
            outputs.update(zip(chosen, map(self._output, written), strict=True))
            advance(len(chosen))
        return [outputs[i] for i in range(len(items))]

    @torch.inference_mode()
    def _decode(self, prompts: Sequence[Sequence[int]], limit: int) -> list[list[int]]:
        longest = max(map(len, prompts))
        ids = torch.full((len(prompts), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt) :] = torch.tensor(prompt)
            mask[row, longest - len(prompt) :] = 1
        device = self.model.device
        generated: Tensor = self.model.generate(
            input_ids=ids.to(device), attention_mask=mask.to(device), max_new_tokens=limit
        )
        written: list[list[int]] = generated[:, longest:].tolist()
        return written

    def _output(self, tokens: Sequence[int]) -> Output:
        """The text up to the first end token; without one, the output was cut."""
        stop = next((i for i, token in enumerate(tokens) if token in self.ends), None)
        text: Any = self.tokenizer.decode(tokens[:stop], clean_up_tokenization_spaces=False)
        if stop is None:
            return Output(str(text), End.LENGTH, len(tokens))
        return Output(str(text), End.STOP, stop + 1)


def _end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Iterable[int]:
    """Every token that ends a text: the tokenizer's, and those that the model declares."""
    declared = model.generation_config.eos_token_id if model.generation_config else None
    listed = declared if isinstance(declared, list) else [declared]
    return {token for token in [tokenizer.eos_token_id, *listed] if token is not None}
