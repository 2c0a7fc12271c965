"""Decoding with vLLM: many times the speed of ``hf`` on a GPU, on several too, with an adapter.

Written for vLLM's documented interface for offline inference (``LLM.generate``), version 0.10 or
later; vLLM is an optional extra and needs a GPU of its own kind of build.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, GenerationConfig

from evaluation.backends.base import GREEDY, Description, End, Output, OutputRequest, Sampling
from evaluation.backends.decoder import Decoder
from evaluation.models.loading import (
    ADAPTER,
    base_of,
    check_base,
    is_adapter,
    load_model,
    load_tokenizer,
    record_of,
)
from tm.support.strict_json import read_json

CHUNK = 512
"""Requests that are handed over at once, and whose outputs are kept at once."""


class VLLM(Decoder):
    """A causal language model, or a LoRA adapter on one, served by vLLM in this process.

    Parameters
    ----------
    name
        A model's folder, an adapter's, or a hub name.
    base
        The model that an adapter stands on, where it is not where it was; it must be the same.
    dtype
        Number type of weights and activations.
    gpus
        GPUs that the weights are split over (tensor parallelism).
    chat
        See ``Decoder``.

    Raises
    ------
    ValueError
        When an adapter was trained on another base.
    """

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

        adapter = is_adapter(name, base)
        stands_on = base or (base_of(name) if adapter else name)
        if adapter and record_of(name).get("base"):  # vLLM itself cannot tell
            check_base(name, load_model(stands_on, torch.bfloat16)[0])
        super().__init__(name, load_tokenizer(name), chat=chat, sampling=sampling)
        self._version = str(__version__)
        self.dtype = dtype
        self.gpus = gpus
        config = AutoConfig.from_pretrained(stands_on, trust_remote_code=False)
        self.context = int(config.get_text_config().max_position_embeddings)
        options: dict[str, Any] = {}
        if adapter:
            rank = int(read_json(Path(name) / ADAPTER)["r"])
            options = {"enable_lora": True, "max_loras": 1, "max_lora_rank": rank}
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
            **super().description,
            "dtype": self.dtype,
            "gpus": self.gpus,
            "vllm": self._version,
        }

    def generate(
        self, requests: Sequence[OutputRequest], limit: int
    ) -> Iterator[tuple[int, Output]]:
        from vllm import SamplingParams, TokensPrompt

        prompts = self.prompts([request.item.prompt for request in requests])
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
