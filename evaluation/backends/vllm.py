"""Backend for vLLM: much faster than ``hf`` on a GPU, on several GPUs, with or without an adapter.

It uses vLLM's documented interface for offline inference (``LLM.generate``), version 0.10 or later.
vLLM is an optional extra and needs a GPU that its build supports.

Verified decoding asks for ``prompt_logprobs``: a request whose prompt ends in a draft returns, for
each token of it, the likeliest tokens in its place. vLLM's speculative decoding cannot take the
reference as a draft, since a custom proposer does not learn which request it drafts for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from transformers import AutoConfig, GenerationConfig

from evaluation.backends.base import GREEDY, Description, Output, OutputRequest, Sampling
from evaluation.backends.config import Decode
from evaluation.backends.decoder import Decoder, end_tokens
from evaluation.backends.drafts import TIE_TOLERANCE, Counters, DraftedOutput, agreement
from evaluation.models.hub import model_source
from evaluation.models.loading import (
    ADAPTER_CONFIG_FILE,
    base_of,
    check_base,
    check_generation_config,
    is_adapter,
    load_model,
    load_tokenizer,
    read_training_record,
)
from evaluation.states.reading import TokenScores
from tm.support.strict_json import read_json

REQUESTS_PER_CALL = 512
"""Number of requests that vLLM gets at once; their outputs are stored when all are finished."""
MAX_SCORED_TOKENS = 1 << 18
"""Prompt tokens of one call whose likeliest tokens are returned; each takes about a kilobyte."""
TOKENS_PER_STEP = 2048
"""Tokens that vLLM reads in one step: it holds the logits of all of them, in fp32."""
MAX_ROUNDS = 4
"""Drafts of one output, at most: vLLM reads its whole text again for each."""
TEXT_PER_DRAFT = 8
"""A draft pays if the tokens before it are at most so many times its own."""
BURST_TOKENS = 64
"""Tokens to decode plainly before an output is compared with its reference again."""


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
    decode
        ``verified`` decodes greedily with the reference as a draft; ``plain`` token by token.

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
        decode: Decode = "verified",
    ) -> None:
        from vllm import LLM, __version__
        from vllm.lora.request import LoRARequest

        adapter = is_adapter(name, base)
        base_name = model_source(base or (base_of(name) if adapter else name))
        if adapter and read_training_record(name).get("base"):  # vLLM itself does not check it
            check_base(name, load_model(base_name, torch.bfloat16)[0])
        tokenizer = load_tokenizer(model_source(name))
        ends = end_tokens(tokenizer, _generation_config(base_name))
        super().__init__(name, tokenizer, ends, chat=chat, sampling=sampling)
        self.counters = Counters()
        self._verifies = decode == "verified" and not sampling.temperature
        self._tolerance = TIE_TOLERANCE.get(dtype, max(TIE_TOLERANCE.values()))
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
        self._adapter = LoRARequest("adapter", 1, str(Path(name).resolve())) if adapter else None
        self._engine = LLM(
            model=base_name,
            dtype=dtype,
            tensor_parallel_size=gpus,
            max_model_len=self.context,
            seed=sampling.seed,
            load_format="safetensors",  # other formats may be pickles
            max_num_batched_tokens=TOKENS_PER_STEP,
            enable_chunked_prefill=True,
            enable_prefix_caching=True,  # a text that goes on is not read again
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
            "decode": "verified" if self._verifies else "plain",
        }

    @property
    def longest_read(self) -> int:
        """See ``ReferenceReader``; a request writes at least one token."""
        return self.context - 1

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """See ``Backend``."""
        prompts = self.encode_problems([request.problem for request in requests])
        drafts = self.drafts(requests) if self._verifies else [[] for _ in requests]
        for first in range(0, len(requests), REQUESTS_PER_CALL):
            texts = [
                _Text(
                    index,
                    prompts[index],
                    DraftedOutput(
                        index,
                        [],
                        drafts[index],
                        min(max_new_tokens, self.context - len(prompts[index])),
                        pointer=0 if drafts[index] else None,
                    ),
                    self.sampling.output_seed(requests[index]),
                )
                for index in range(first, min(first + REQUESTS_PER_CALL, len(requests)))
            ]
            while texts:
                self._advance(texts)
                for text in texts:
                    if self._ended(text.row):
                        self.counters.outputs += 1
                        self.counters.broken += text.row.broken
                        verification = text.row.verification if text.row.reference else None
                        yield text.index, self.output(text.row.written, verification)
                texts = [text for text in texts if not self._ended(text.row)]

    def read(
        self, prompts: Sequence[Sequence[int]], references: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, TokenScores]]:
        """Yield the scores of each reference's tokens; see ``ReferenceReader``.

        Of equal logits outside the likeliest, vLLM gives all the highest rank.
        """
        texts = [[*p, *r] for p, r in zip(prompts, references, strict=True)]
        for index, result in enumerate(self._read(texts, likeliest=1)):
            start = len(prompts[index])
            entries = [
                entry[token]
                for entry, token in zip(
                    result.prompt_logprobs[start:], references[index], strict=True
                )
            ]
            yield (
                index,
                TokenScores(
                    np.array([entry.rank for entry in entries], np.int32),
                    np.array([entry.logprob for entry in entries], np.float32),
                ),
            )

    def _advance(self, texts: Sequence[_Text]) -> None:
        """Have each text verified as far as its draft reaches, or continued if it has none."""
        drafts = [text.draft() for text in texts]
        drafted = [(text, draft) for text, draft in zip(texts, drafts, strict=True) if draft]
        others = [text for text, draft in zip(texts, drafts, strict=True) if not draft]
        results = self._read([[*text.tokens, *draft] for text, draft in drafted], likeliest=2)
        readings = [
            _Reading(text, draft, *_predictions(result, len(draft)))
            for (text, draft), result in zip(drafted, results, strict=True)
        ]
        self._decide_ties(readings)
        for reading in readings:
            self._accept(reading)
        written = self._write(
            [text.tokens for text in others],
            [text.room for text in others],
            [text.seed for text in others],
        )
        for text, tokens in zip(others, written, strict=True):
            for token in tokens:
                text.row.accept([token], 0)
        self.counters.passes += 1

    def _accept(self, reading: _Reading) -> None:
        """Write the tokens of a draft that the model would have written, and the next."""
        row, draft = reading.text.row, reading.draft
        length = agreement(draft, reading.tokens, self.end_tokens)
        ties = sum(margin < self._tolerance for margin in reading.margins[: length + 1])
        row.near_ties += ties
        row.accept([*draft[:length], reading.tokens[length]], len(draft), reading.margins)
        self.counters.drafted += len(draft)
        self.counters.accepted += length
        self.counters.near_ties += ties

    def _decide_ties(self, readings: Sequence[_Reading]) -> None:
        """Decide tokens with a small margin again, by decoding from the token before them."""
        ties = [(reading, place) for reading in readings for place in reading.ties(self._tolerance)]
        starts = [[*reading.text.tokens, *reading.draft[:place]] for reading, place in ties]
        # The token before is written again, so that a step of one token decides, as in decoding.
        back = [int(place + len(reading.text.row.written) > 0) for reading, place in ties]
        results = self._write(
            [before[: len(before) - one] for before, one in zip(starts, back, strict=True)],
            [1 + one for one in back],
            [0] * len(ties),
        )
        for (reading, place), before, one, tokens in zip(ties, starts, back, results, strict=True):
            if len(tokens) == 1 + one and tokens[:one] == before[len(before) - one :]:
                reading.tokens[place] = tokens[-1]

    def _read(self, texts: Sequence[Sequence[int]], likeliest: int) -> Iterator[Any]:
        """Yield a result for each text, with the likeliest tokens in every place and after it."""
        from vllm import SamplingParams

        params = SamplingParams(
            temperature=0.0,
            max_tokens=1,
            logprobs=likeliest,
            prompt_logprobs=likeliest,
            detokenize=False,
        )
        first = 0
        while first < len(texts):
            last, tokens = first + 1, len(texts[first])
            while last < len(texts) and tokens + len(texts[last]) <= MAX_SCORED_TOKENS:
                tokens += len(texts[last])
                last += 1
            yield from self._call(texts[first:last], [params] * (last - first))
            first = last

    def _write(
        self, texts: Sequence[Sequence[int]], limits: Sequence[int], seeds: Sequence[int]
    ) -> list[list[int]]:
        """Return what the model writes after each text, with the end token."""
        from vllm import SamplingParams

        params = [
            SamplingParams(
                temperature=self.sampling.temperature,
                top_p=self.sampling.top_p if self.sampling.temperature else 1.0,
                seed=seed,
                max_tokens=limit,
                stop_token_ids=sorted(self.end_tokens),
                detokenize=False,
            )
            for limit, seed in zip(limits, seeds, strict=True)
        ]
        return [list(result.outputs[0].token_ids) for result in self._call(texts, params)]

    def _call(self, texts: Sequence[Sequence[int]], params: Sequence[Any]) -> list[Any]:
        """Return vLLM's result for each text."""
        from vllm import TokensPrompt

        if not texts:
            return []
        results: list[Any] = self._engine.generate(
            [TokensPrompt(prompt_token_ids=list(text)) for text in texts],
            list(params),
            lora_request=self._adapter,
            use_tqdm=False,
        )
        return results

    def _ended(self, row: DraftedOutput) -> bool:
        return row.written[-1] in self.end_tokens or len(row.written) >= row.limit


@dataclass(slots=True)
class _Text:
    """A prompt, and the output in progress after it.

    Attributes
    ----------
    seed
        Seed of its random numbers, if any are drawn.
    rounds
        Drafts that were read.
    """

    index: int
    prompt: list[int]
    row: DraftedOutput
    seed: int
    rounds: int = 0

    @property
    def tokens(self) -> list[int]:
        """Prompt and output so far."""
        return [*self.prompt, *self.row.written]

    @property
    def room(self) -> int:
        """Tokens to write before the output is compared with its reference again, if ever."""
        room = self.row.limit - len(self.row.written)
        may_rejoin = self.row.reference and self.row.pointer is None and self.rounds < MAX_ROUNDS
        return min(room, BURST_TOKENS) if may_rejoin else room

    def draft(self) -> Sequence[int]:
        """Return all of the reference that may follow; nothing if a draft does not pay."""
        self.row.draft_length = len(self.row.reference)
        draft = self.row.draft(len(self.row.reference))
        if self.rounds == MAX_ROUNDS or TEXT_PER_DRAFT * len(draft) < len(self.tokens):
            return ()
        self.rounds += 1
        return draft


class _Reading(NamedTuple):
    """Tokens that the model would write instead of each token of a draft, and after the last."""

    text: _Text
    draft: Sequence[int]
    tokens: list[int]
    margins: list[float]

    def ties(self, tolerance: float) -> Iterator[int]:
        """Yield the places with a smaller margin, up to the first that clearly differs."""
        for place, (token, margin) in enumerate(zip(self.tokens, self.margins, strict=True)):
            if margin < tolerance:
                yield place
            elif place == len(self.draft) or token != self.draft[place]:
                return


def _predictions(result: Any, drafted: int) -> tuple[list[int], list[float]]:
    """Return the likeliest token in each place of a draft and after it, and its margin."""
    places = [*result.prompt_logprobs[-drafted:], result.outputs[0].logprobs[0]]
    pairs = [_likeliest(place) for place in places]
    return [token for token, _ in pairs], [margin for _, margin in pairs]


def _likeliest(place: Mapping[int, Any]) -> tuple[int, float]:
    """Return the likeliest token of a place, and the lead of its log-probability."""
    (token, first), (_, second) = sorted(place.items(), key=lambda pair: -pair[1].logprob)[:2]
    return token, first.logprob - second.logprob


def _generation_config(model: str) -> GenerationConfig | None:
    """Return a model's generation configuration, if it has one."""
    check_generation_config(model)
    try:
        config: GenerationConfig = GenerationConfig.from_pretrained(model)
    except OSError:
        return None
    return config
