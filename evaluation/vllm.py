"""Decoding with vLLM: many times the speed of ``hf`` on a GPU, on several too, with an adapter.

Written for vLLM's documented interface for offline inference (``LLM.generate``), version 0.10 or
later; vLLM is an optional extra and needs a GPU of its own kind of build.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from transformers import AutoConfig, GenerationConfig

from evaluation.backends import GREEDY, Description, End, Output, Request, Sampling
from evaluation.models import ADAPTER, encode, encode_prompts, load_tokenizer

CHUNK = 512
"""Requests that are handed over at once, and whose outputs are kept at once."""


class VLLM:
    """A causal language model, or a LoRA adapter on one, served by vLLM in this process.

    Parameters
    ----------
    name
        A model's folder, an adapter's, or a hub name.
    base
        The model that an adapter stands on, where it is not where it was.
    dtype
        Number type of weights and activations.
    gpus
        GPUs that the weights are split over (tensor parallelism).
    chat
        Whether prompts are put into the model's chat template, as they were in training.
    """

    unit = "tokens"

    def __init__(
        self,
        name: str,
        *,
        base: str | None = None,
        dtype: str = "bfloat16",
        gpus: int = 1,
        chat: bool = False,
        sampling: Sampling = GREEDY,
    ) -> None:
        from vllm import LLM, __version__
        from vllm.lora.request import LoRARequest

        adapter = _adapter(name)
        if base and not adapter:
            raise ValueError(f"model {name} is no adapter, and so stands on no base")
        self._version = str(__version__)
        self.name = name
        self.dtype = dtype
        self.gpus = gpus
        self.chat = chat
        self.sampling = sampling
        self.tokenizer = load_tokenizer(name)
        stands_on = str(base or adapter.get("base_model_name_or_path") or name)
        config = AutoConfig.from_pretrained(stands_on)
        self.context = int(config.get_text_config().max_position_embeddings)
        options: dict[str, Any] = {}
        if adapter:
            options = {"enable_lora": True, "max_loras": 1, "max_lora_rank": int(adapter["r"])}
        self._ends = sorted({self.tokenizer.eos_token_id, *_declared_ends(stands_on)})
        self._adapter = LoRARequest("adapter", 1, str(Path(name).resolve())) if adapter else None
        self._engine = LLM(
            model=stands_on,
            dtype=dtype,
            tensor_parallel_size=gpus,
            max_model_len=self.context,
            seed=sampling.seed,
            # The model's own defaults (sampling, penalties) would not be greedy decoding.
            generation_config="vllm",
            **options,
        )

    @property
    def description(self) -> Description:
        return {
            "backend": "vllm",
            "model": self.name,
            "dtype": self.dtype,
            "gpus": self.gpus,
            "chat": self.chat,
            **self.sampling.description,
            "vllm": self._version,
            "torch": version("torch"),
        }

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in encode(self.tokenizer, texts)]

    def count_prompts(self, prompts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in encode_prompts(self.tokenizer, prompts, chat=self.chat)]

    def generate(self, requests: Sequence[Request], limit: int) -> Iterator[tuple[int, Output]]:
        from vllm import SamplingParams, TokensPrompt

        texts = [request.item.prompt for request in requests]
        prompts = encode_prompts(self.tokenizer, texts, chat=self.chat)
        for first in range(0, len(requests), CHUNK):
            places = range(first, min(first + CHUNK, len(requests)))
            made = self._engine.generate(
                [TokensPrompt(prompt_token_ids=prompts[place]) for place in places],
                [
                    SamplingParams(
                        temperature=self.sampling.temperature,
                        top_p=self.sampling.top_p if self.sampling.temperature else 1.0,
                        seed=self.sampling.seed + requests[place].sample,
                        max_tokens=min(limit, self.context - len(prompts[place])),
                        stop_token_ids=self._ends,
                    )
                    for place in places
                ],
                lora_request=self._adapter,
                use_tqdm=False,
            )
            for place, result in zip(places, made, strict=True):
                yield place, _output(result.outputs[0])


def _adapter(name: str) -> dict[str, Any]:
    """What an adapter's folder says of it; empty where it is none."""
    file = Path(name) / ADAPTER
    about: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return about


def _declared_ends(model: str) -> Sequence[int]:
    """The tokens that a model itself says end a text."""
    try:
        ends = GenerationConfig.from_pretrained(model).eos_token_id
    except OSError:  # it comes without such a file
        return []
    return ends if isinstance(ends, list) else [] if ends is None else [ends]


def _output(completion: Any) -> Output:
    end = End.STOP if completion.finish_reason == "stop" else End.LENGTH
    return Output(completion.text, end, len(completion.token_ids))
