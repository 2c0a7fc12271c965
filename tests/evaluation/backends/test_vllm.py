"""The vLLM backend, against a stand-in with vLLM's documented interface, which needs no GPU.

The stand-in decodes with transformers, accepts only the documented arguments, and rejects what vLLM
rejects: a prompt and limit beyond `max_model_len`, an adapter beyond `max_lora_rank`, a request for
an adapter without `enable_lora`.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2Config

from evaluation.backends.base import End, Sampling
from evaluation.backends.huggingface import HuggingFace
from evaluation.backends.vllm import VLLM
from evaluation.models.loading import TRAINING_RECORD_FILE, load_model
from evaluation.models.tokens import encode
from evaluation.problems.replays import EvalProblem
from evaluation.states.measurement import measure_states
from tasks.corpus import Form
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import outputs_of, without_margins
from tests.support.models.tiny_models import SHAPE, TOKENIZER, save_model, tiny_model


class TokensPrompt(dict[str, list[int]]):
    def __init__(self, *, prompt_token_ids: list[int]) -> None:
        super().__init__(prompt_token_ids=prompt_token_ids)


@dataclass
class SamplingParams:
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    max_tokens: int = 16
    stop_token_ids: list[int] = field(default_factory=list)
    logprobs: int | None = None
    prompt_logprobs: int | None = None
    detokenize: bool = True


class LoRARequest(NamedTuple):
    lora_name: str
    lora_int_id: int
    lora_path: str


class Logprob(NamedTuple):
    logprob: float
    rank: int | None
    decoded_token: str | None = None


Place = dict[int, Logprob]


class Completion(NamedTuple):
    text: str
    token_ids: list[int]
    finish_reason: str
    logprobs: list[Place] | None


class Result(NamedTuple):
    prompt_logprobs: list[Place | None] | None
    outputs: list[Completion]


def place_of(logits: torch.Tensor, token: int, likeliest: int) -> Place:
    """Return the token itself and the likeliest, as vLLM does: equal ranks are counted in full."""
    logs = logits.log_softmax(dim=-1)
    top = logits.topk(likeliest).indices.tolist()
    ranks = {
        token: int((logits >= logits[token]).sum()),
        **dict(zip(top, range(1, 9), strict=False)),
    }
    return {one: Logprob(float(logs[one]), rank) for one, rank in ranks.items()}


class LLM:
    created: list["LLM"] = []  # noqa: RUF012 - every instance

    def __init__(
        self,
        *,
        model: str,
        dtype: str,
        tensor_parallel_size: int,
        max_model_len: int,
        seed: int,
        load_format: str,
        generation_config: str,
        max_num_batched_tokens: int,
        enable_chunked_prefill: bool,
        enable_prefix_caching: bool,
        enable_lora: bool = False,
        max_loras: int = 1,
        max_lora_rank: int = 16,
        gpu_memory_utilization: float = 0.9,
    ) -> None:
        self.arguments = dict(vars(), self=None)
        self.context, self.rank = max_model_len, max_lora_rank if enable_lora else 0
        self.model = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
        self.tokenizer = AutoTokenizer.from_pretrained(model)
        self.adapter: LoRARequest | None = None
        self.read, self.written, self.longest_call = 0, 0, 0
        LLM.created.append(self)

    def generate(
        self,
        prompts: list[TokensPrompt],
        sampling_params: list[SamplingParams],
        *,
        use_tqdm: bool,
        lora_request: LoRARequest | None,
    ) -> list[Result]:
        assert not use_tqdm
        if lora_request and lora_request != self.adapter:
            assert self.rank >= 4, "the adapter's rank is above max_lora_rank"
            self.model.load_adapter(lora_request.lora_path)
            self.adapter = lora_request
        self.longest_call = max(self.longest_call, len(prompts))
        pairs = zip(prompts, sampling_params, strict=True)
        return [self._one(prompt["prompt_token_ids"], params) for prompt, params in pairs]

    def _one(self, prompt: list[int], params: SamplingParams) -> Result:
        assert len(prompt) + params.max_tokens <= self.context
        torch.manual_seed(params.seed or 0)
        sampling = {"temperature": params.temperature, "top_p": params.top_p, "top_k": 0}
        tokens = self.model.generate(
            torch.tensor([prompt]),
            max_new_tokens=params.max_tokens,
            do_sample=params.temperature > 0,
            eos_token_id=params.stop_token_ids,
            pad_token_id=TOKENIZER.pad_token_id,
            **(sampling if params.temperature else {}),
        )[0, len(prompt) :].tolist()
        stopped = tokens[-1] in params.stop_token_ids
        text = self.tokenizer.decode(tokens[:-1] if stopped else tokens)
        places: list[Place | None] | None = None
        if params.prompt_logprobs is not None:
            assert params.max_tokens == 1
            assert params.logprobs == params.prompt_logprobs
            with torch.inference_mode():
                logits = self.model(torch.tensor([prompt])).logits[0]
            following = [*prompt[1:], tokens[0]]
            places = [None]
            places += [
                place_of(row, token, params.prompt_logprobs)
                for row, token in zip(logits, following, strict=True)
            ]
            self.read += len(prompt)
        else:
            self.written += len(tokens)
        last = None if places is None else [place for place in places[-1:] if place]
        end = "stop" if stopped else "length"
        completion = Completion(text if params.detokenize else "", tokens, end, last)
        return Result(places and places[:-1], [completion])


@pytest.fixture(autouse=True)
def vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    module, lora, request = (ModuleType(n) for n in ("vllm", "vllm.lora", "vllm.lora.request"))
    for part in (LLM, SamplingParams, TokensPrompt):
        setattr(module, part.__name__, part)
    request.LoRARequest = LoRARequest  # type: ignore[attr-defined]
    for each in (module, lora, request):
        monkeypatch.setitem(sys.modules, each.__name__, each)
    module.__version__ = "0.10.0"  # type: ignore[attr-defined]
    LLM.created.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tiny_model()
    prompt = torch.tensor(encode(TOKENIZER, [replayed("S", 1)[0].prompt]))
    generated = model.generate(prompt, max_new_tokens=9, do_sample=False)[0].tolist()
    # A token that the model generates is declared an end token.
    model.generation_config.eos_token_id = [TOKENIZER.eos_token_id, generated[-4]]
    return save_model(tmp_path / "model", model)


def test_outputs_equal_those_of_hf(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.backends.vllm.REQUESTS_PER_CALL", 3)
    problems = replayed("S", 7, wordings=3)
    backend = VLLM(str(folder), dtype="float32")
    plain = HuggingFace(*load_model(str(folder)), name="tiny", decode="plain")
    assert without_margins(outputs_of(backend, problems, 20)) == outputs_of(plain, problems, 20)
    assert backend.count(["abc"]) == [3]
    assert backend.description["vllm"] == "0.10.0"
    assert backend.count_prompts(problems) == plain.count_prompts(problems)
    assert backend.context == plain.context == 2048
    ends = {output.end for limit in (2, 60) for output in outputs_of(backend, problems, limit)}
    assert ends == {End.STOP, End.LENGTH}


def test_an_adapter_runs_on_its_base_model_only(folder: Path, tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    base, tokenizer = load_model(str(folder))
    torch.manual_seed(1)
    lora = LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False)
    adapter = get_peft_model(base, lora)
    adapter.save_pretrained(tmp_path / "adapter")
    tokenizer.save_pretrained(tmp_path / "adapter")
    problems = replayed("S", 4)
    backend = VLLM(str(tmp_path / "adapter"), base=str(folder), dtype="float32", gpus=2)
    assert LLM.created[0].arguments["max_lora_rank"] == 4
    assert LLM.created[0].arguments["tensor_parallel_size"] == 2
    merged = HuggingFace(*load_model(str(tmp_path / "adapter"), base=str(folder)), name="a")
    outputs = [output[:3] for output in outputs_of(backend, problems, 15)]
    assert outputs == [output[:3] for output in outputs_of(merged, problems, 15)]
    assert outputs != [output[:3] for output in outputs_of(VLLM(str(folder)), problems, 15)]
    with pytest.raises(ValueError, match="is not an adapter"):
        VLLM(str(folder), base=str(folder))
    (tmp_path / "adapter" / TRAINING_RECORD_FILE).write_text('{"base": "another"}')
    with pytest.raises(ValueError, match="trained on another base"):
        VLLM(str(tmp_path / "adapter"), base=str(folder))


def test_an_output_ends_with_the_context(folder: Path) -> None:
    (problem,) = replayed("S", 1)
    (output,) = outputs_of(VLLM(str(folder)), [problem], 10_000)
    assert output.tokens <= 2048 - len(problem.prompt)


def test_each_sample_has_a_seed_of_its_own(folder: Path) -> None:
    sampling = Sampling(samples=4, temperature=1.0, seed=3)
    drawn = outputs_of(VLLM(str(folder), sampling=sampling), replayed("S", 1), 20, samples=4)
    assert len(set(drawn)) == 4
    assert drawn == outputs_of(
        VLLM(str(folder), sampling=sampling), replayed("S", 1), 20, samples=4
    )


def test_memory_is_bounded(folder: Path) -> None:
    backend = VLLM(str(folder), context=300, gpu_memory=0.5)
    assert backend.context == 300
    arguments = LLM.created[-1].arguments
    assert arguments["max_model_len"] == 300
    assert arguments["gpu_memory_utilization"] == 0.5
    with pytest.raises(ValueError, match=r"its context is .* tokens, not 99,999"):
        VLLM(str(folder), context=99_999)


def test_neighbouring_seeds_share_no_sample(folder: Path) -> None:
    problems = replayed("S", 4)
    texts = [
        {output.text for output in outputs_of(
            VLLM(str(folder), sampling=Sampling(samples=4, temperature=1.0, seed=seed)),
            problems, 12, samples=4,
        )}
        for seed in (0, 1)
    ]  # fmt: skip
    assert not texts[0] & texts[1]


def edited(tokens: list[int], edits: int, rng: random.Random) -> list[int]:
    """Return a draft: tokens of which some are replaced, and one is inserted."""
    draft = list(tokens)
    for _ in range(edits):
        draft[rng.randrange(len(draft))] = rng.randrange(40, 90)
    draft.insert(rng.randrange(len(draft)), 65)
    return draft if edits else list(tokens)


@pytest.fixture
def varied(tmp_path: Path) -> Path:
    """Return the folder of a model whose outputs vary and do not repeat at once."""
    torch.manual_seed(11)
    model = AutoModelForCausalLM.from_config(Qwen2Config(**{**SHAPE, "initializer_range": 0.8}))
    return save_model(tmp_path / "varied", model)


@pytest.mark.parametrize("edits", [0, 1, 8])
def test_any_draft_gives_the_outputs_of_plain_decoding(
    varied: Path, monkeypatch: pytest.MonkeyPatch, edits: int
) -> None:
    problems, rng, limit = replayed("S", 3, wordings=3), random.Random(edits), 100
    monkeypatch.setattr("evaluation.backends.vllm.BURST_TOKENS", 16)
    monkeypatch.setattr("evaluation.backends.vllm.TEXT_PER_DRAFT", 100)
    plain = VLLM(str(varied), dtype="float32", decode="plain")
    expected = outputs_of(plain, problems, limit)
    assert plain.description["decode"] == "plain"
    assert LLM.created[-1].read == 0
    tokens = [written_tokens(LLM.created[-1], plain, problem, limit) for problem in problems]
    verified = VLLM(str(varied), dtype="float32")
    monkeypatch.setattr(verified, "drafts", lambda _: [edited(t, edits, rng) for t in tokens])
    outputs = outputs_of(verified, problems, limit)
    assert without_margins(outputs) == expected
    assert verified.description["decode"] == "verified"
    counters, engine = verified.counters, LLM.created[-1]
    assert (counters.outputs, counters.broken) == (3, 3 if edits else 0)
    assert counters.accepted > 20
    margins = [output.verification.divergence_margin for output in outputs if output.verification]
    assert [margin is not None for margin in margins] == [bool(edits)] * 3
    # What is accepted, and the token after it, is not written.
    assert engine.written < sum(map(len, tokens)) - counters.accepted


def written_tokens(engine: LLM, backend: VLLM, problem: EvalProblem, limit: int) -> list[int]:
    """Return the tokens that the engine writes after a prompt."""
    (prompt,) = backend.encode_prompts([problem.prompt])
    room = min(limit, backend.context - len(prompt))
    params = SamplingParams(temperature=0.0, max_tokens=room, stop_token_ids=[*backend.end_tokens])
    return engine._one(prompt, params).outputs[0].token_ids


def test_near_ties_are_decided_by_decoding(varied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (problem,), limit = replayed("S", 1), 60
    plain = VLLM(str(varied), dtype="float32", decode="plain")
    tokens = written_tokens(LLM.created[-1], plain, problem, limit)
    # The reading of the last draft rounds so that every token seems to be another one, by a hair.
    read = VLLM._read

    def rounded(backend: VLLM, texts: list[list[int]], likeliest: int) -> Iterator[Result]:
        for result in read(backend, texts, likeliest):
            for place in [*(result.prompt_logprobs or [])[1:], *(result.outputs[0].logprobs or [])]:
                assert place is not None
                first, second = sorted(place, key=lambda token: -place[token].logprob)[:2]
                place[second] = Logprob(place[first].logprob + 1e-6, 1)
            yield result

    monkeypatch.setattr(VLLM, "_read", rounded)
    verified = VLLM(str(varied), dtype="float32")
    monkeypatch.setattr(verified, "drafts", lambda _: [tokens])
    (output,) = outputs_of(verified, [problem], limit)
    assert (output,) == (plain.output(tokens)._replace(verification=output.verification),)
    assert output.verification is not None
    assert output.verification.near_ties == len(tokens)
    assert output.verification.divergence_margin is None
    assert verified.counters.broken == 0


def test_every_state_is_read_as_by_hf(varied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.backends.vllm.MAX_SCORED_TOKENS", 1500)
    keyed = Form(prompt="keyed")
    problems = [*replayed("S", 4, form=keyed), *replayed("M", 2, form=keyed)]
    backend = VLLM(str(varied), dtype="float32")
    ours = measure_states(backend, problems)
    theirs = measure_states(HuggingFace(*load_model(str(varied)), name="tiny"), problems)
    assert LLM.created[-1].longest_call < 6
    columns = [name for name in ours.column_names if name != "log_probabilities"]
    assert ours.select(columns).equals(theirs.select(columns))
    read, expected = (np.concatenate(t["log_probabilities"].to_pylist()) for t in (ours, theirs))
    np.testing.assert_allclose(read, expected, atol=1e-4)
    assert backend.longest_read == backend.context - 1
