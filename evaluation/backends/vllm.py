"""Backend for vLLM: much faster than ``hf`` on a GPU, on several GPUs, with or without an adapter.

It uses vLLM's documented interface for offline inference (``LLM.generate``), version 0.10 or later.
vLLM is an optional extra and needs a GPU that its build supports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, GenerationConfig

from evaluation.backends.base import GREEDY, Description, End, Output, OutputRequest, Sampling
from evaluation.backends.decoder import Decoder
from evaluation.models.hub import model_source
from evaluation.models.loading import (
    ADAPTER_CONFIG_FILE,
    base_of,
    check_base,
    is_adapter,
    load_model,
    load_tokenizer,
    read_training_record,
)
from tm.support.strict_json import read_json

REQUESTS_PER_CALL = 512
"""Number of requests that vLLM gets at once; their outputs are stored when all are finished."""


class VLLM(Decoder):
    """Causal language model, or a LoRA adapter on one, that vLLM runs in this process.

    Parameters
    ----------
    name
        Folder of a model or of an adapter, or a name on the hub.
    base
        Base model of an adapter; None means the one that the adapter's configuration names.
    dtype
        Number type of weights and activations.
    gpus
        Number of GPUs that the weights are split over (tensor parallelism).
    gpu_memory
        Share of each GPU's memory that vLLM may take; None means its default.
    context
        Maximum length of prompt and output, in tokens, for which vLLM reserves memory; None means
        that of the model.
    chat
        See ``Decoder``.

    Raises
    ------
    ValueError
        If an adapter was trained on another base model, or the model's context is shorter than
        ``context``.
    """

    def __init__(
        self,
        name: str,
        *,
        base: str | None = None,
        dtype: str = "bfloat16",
        gpus: int = 1,
        gpu_memory: float | None = None,
        context: int | None = None,
        chat: bool = False,
        sampling: Sampling = GREEDY,
    ) -> None:
        from vllm import LLM, __version__
        from vllm.lora.request import LoRARequest

        adapter = is_adapter(name, base)
        base_name = model_source(base or (base_of(name) if adapter else name))
        if adapter and read_training_record(name).get("base"):  # vLLM itself does not check it
            check_base(name, load_model(base_name, torch.bfloat16)[0])
        super().__init__(name, load_tokenizer(model_source(name)), chat=chat, sampling=sampling)
        self._version = str(__version__)
        self.dtype = dtype
        self.gpus = gpus
        config = AutoConfig.from_pretrained(base_name, trust_remote_code=False)
        positions = int(config.get_text_config().max_position_embeddings)
        if context is not None and context > positions:
            raise ValueError(f"model {name}: its context is {positions:,} tokens, not {context:,}")
        self.context = context or positions
        options: dict[str, Any] = {}
        if adapter:
            rank = int(read_json(Path(name) / ADAPTER_CONFIG_FILE)["r"])
            options = {"enable_lora": True, "max_loras": 1, "max_lora_rank": rank}
        if gpu_memory is not None:
            options["gpu_memory_utilization"] = gpu_memory
        self._end_tokens = sorted({self.tokenizer.eos_token_id, *_declared_end_tokens(base_name)})
        self._adapter = LoRARequest("adapter", 1, str(Path(name).resolve())) if adapter else None
        self._engine = LLM(
            model=base_name,
            dtype=dtype,
            tensor_parallel_size=gpus,
            max_model_len=self.context,
            seed=sampling.seed,
            load_format="safetensors",  # other formats may be pickles
            # The model's own defaults (sampling, penalties) would not be greedy decoding.
            generation_config="vllm",
            **options,
        )

    @property
    def description(self) -> Description:
        """See ``Backend``."""
        return {
            "backend": "vllm",
            **super().description,
            "dtype": self.dtype,
            "gpus": self.gpus,
            "vllm": self._version,
        }

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """See ``Backend``."""
        from vllm import SamplingParams, TokensPrompt

        prompts = self.encode_prompts([request.problem.prompt for request in requests])
        for first in range(0, len(requests), REQUESTS_PER_CALL):
            indices = range(first, min(first + REQUESTS_PER_CALL, len(requests)))
            results = self._engine.generate(
                [TokensPrompt(prompt_token_ids=prompts[index]) for index in indices],
                [
                    SamplingParams(
                        temperature=self.sampling.temperature,
                        top_p=self.sampling.top_p if self.sampling.temperature else 1.0,
                        seed=self.sampling.output_seed(requests[index]),
                        max_tokens=min(max_new_tokens, self.context - len(prompts[index])),
                        stop_token_ids=self._end_tokens,
                    )
                    for index in indices
                ],
                lora_request=self._adapter,
                use_tqdm=False,
            )
            for index, result in zip(indices, results, strict=True):
                yield index, _output(result.outputs[0])


def _declared_end_tokens(model: str) -> Sequence[int]:
    """Return the end tokens of a model's generation configuration, if it has one."""
    try:
        tokens = GenerationConfig.from_pretrained(model).eos_token_id
    except OSError:
        return []
    return tokens if isinstance(tokens, list) else [] if tokens is None else [tokens]


def _output(completion: Any) -> Output:
    end = End.STOP if completion.finish_reason == "stop" else End.LENGTH
    return Output(completion.text, end, len(completion.token_ids))
