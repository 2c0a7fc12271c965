"""Decoding: a batch gives the outputs of single prompts, and every output ends as it should."""

from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, MistralConfig, Qwen2Config

from evaluation.backends.base import End, OutputRequest, Sampling
from evaluation.backends.config import Decode
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.tokens import encode
from evaluation.problems.replays import EvalProblem
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import Verdict
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import outputs_of
from tests.support.models.tiny_models import SHAPE, TOKENIZER, tiny_model


def problems_of_many_lengths(count: int) -> list[EvalProblem]:
    """Return problems whose prompts have many lengths, so that padding and order matter."""
    return replayed("S", count, wordings=3)


def backend(**options: Any) -> HuggingFace:
    return HuggingFace(tiny_model(), TOKENIZER, name="tiny", **{"decode": "plain", **options})


def test_a_batch_gives_the_outputs_of_single_prompts() -> None:
    problems = problems_of_many_lengths(11)
    together = outputs_of(backend(batch_size=4), problems, 24)
    single = backend(batch_size=1)
    for problem, output in zip(problems, together, strict=True):
        assert [output] == outputs_of(single, [problem], 24)
    assert len({output.text for output in together}) > 5


@pytest.mark.parametrize("decode", ["verified", "plain"])
@pytest.mark.parametrize(
    ("config", "more"),
    [
        (Qwen2Config, {}),
        (LlamaConfig, {}),
        (MistralConfig, {"sliding_window": 24}),
        (GPT2Config, {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 2048}),
    ],
)
def test_outputs_equal_those_of_transformers(
    config: Any, more: dict[str, int], decode: Decode
) -> None:
    torch.manual_seed(3)
    model = AutoModelForCausalLM.from_config(config(**{**SHAPE, **more}))
    problems = problems_of_many_lengths(6)
    batched = HuggingFace(model, TOKENIZER, name="tiny", batch_size=4, decode=decode)
    for problem, output in zip(problems, outputs_of(batched, problems, 20), strict=True):
        prompt = torch.tensor(encode(TOKENIZER, [problem.prompt]))
        generated = model.generate(prompt, max_new_tokens=20, do_sample=False)
        text = TOKENIZER.decode(generated[0, prompt.shape[1] :])
        assert text.removesuffix(TOKENIZER.eos_token) == output.text


def test_an_output_ends_at_an_end_token_or_is_cut() -> None:
    problems = problems_of_many_lengths(1)
    (cut,) = outputs_of(backend(), problems, 9)
    assert (cut.end, cut.tokens) == (End.LENGTH, 9)
    # A character of the cut output is declared an end token.
    character = next(c for c in cut.text[1:] if c.isascii())
    (ended,) = outputs_of(backend_with_ends(character), problems, 9)
    assert ended.end is End.STOP
    assert ended.text == cut.text[: cut.text.index(character)]
    assert 1 < ended.tokens < 9


def backend_with_ends(*characters: str, **options: Any) -> HuggingFace:
    """Return a backend whose model ends a text with any of some characters."""
    model = tiny_model()
    more = [token for ids in encode(TOKENIZER, characters) for token in ids]
    model.generation_config.eos_token_id = [TOKENIZER.eos_token_id, *more]
    return HuggingFace(model, TOKENIZER, name="tiny", **{"decode": "plain", **options})


def test_finished_rows_leave_the_batch_and_change_no_other() -> None:
    problems = problems_of_many_lengths(8)
    characters = {c for output in outputs_of(backend(), problems, 12) for c in output.text[1:5]}
    ends = [c for c in sorted(characters)[::2] if c.isascii()]
    batched = backend_with_ends(*ends, batch_size=8)
    rows: list[int] = []
    batched.model.register_forward_pre_hook(
        lambda _, __, options: rows.append(len(options["input_ids"])), with_kwargs=True
    )
    together = outputs_of(batched, problems, 30)
    assert rows[0] == 8
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) > 2
    assert together == outputs_of(backend_with_ends(*ends, batch_size=1), problems, 30)
    assert sum(rows) == sum(output.tokens for output in together)


def test_a_batch_that_exceeds_the_memory_is_halved() -> None:
    problems = problems_of_many_lengths(9)
    limited = backend(batch_size=8)
    forward, calls = limited.model.forward, []

    def forward_three_rows(*args: Any, input_ids: torch.Tensor, **options: Any) -> Any:
        calls.append(len(input_ids))
        if len(input_ids) > 3:
            raise torch.OutOfMemoryError("out of memory")
        return forward(*args, input_ids=input_ids, **options)

    limited.model.forward = forward_three_rows
    assert outputs_of(limited, problems, 7) == outputs_of(backend(), problems, 7)
    assert calls[:3] == [8, 4, 2]
    assert limited.description["batch_size"] == 2


@pytest.mark.parametrize(("free_bytes", "rows"), [(10**9, 1024), (10**7, 93), (10**6, 9), (10, 1)])
def test_a_batch_is_as_large_as_the_gpus_free_memory_allows(
    monkeypatch: pytest.MonkeyPatch, free_bytes: int, rows: int
) -> None:
    batches = []

    class OnGpu(HuggingFace):
        def _decode(self, requests: Any, prompts: Any, batch: Any, max_new_tokens: int) -> Any:
            batches.append(len(batch))
            return ((index, self.output([TOKENIZER.eos_token_id])) for index in batch)

    model = tiny_model()
    monkeypatch.setattr(type(model), "device", torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free_bytes, 10 * free_bytes))
    (problem,) = problems_of_many_lengths(1)
    requests = [OutputRequest(problem, sample) for sample in range(1100)]
    on_gpu = OnGpu(model, TOKENIZER, name="tiny", decode="plain")
    # Each text has 250 tokens, with keys and values in 2 layers of 1 head of 16 numbers of 4 bytes.
    list(on_gpu.generate(requests, 250 - on_gpu.count_prompts([problem])[0]))
    assert batches[0] == on_gpu.description["batch_size"] == rows


def test_too_little_memory_for_one_prompt_is_an_error() -> None:
    limited = backend(batch_size=2)

    def fail(*args: Any, **options: Any) -> Any:
        raise torch.OutOfMemoryError("out of memory")

    limited.model.forward = fail
    with pytest.raises(torch.OutOfMemoryError):
        outputs_of(limited, problems_of_many_lengths(2), 4)


def test_an_output_ends_with_the_context() -> None:
    (problem,) = problems_of_many_lengths(1)
    prompt = len(encode(TOKENIZER, [problem.prompt])[0])
    short = HuggingFace(tiny_model(prompt + 6), TOKENIZER, name="tiny")
    assert short.context == prompt + 6
    (cut,) = outputs_of(short, [problem], 50)
    assert (cut.end, cut.tokens) == (End.LENGTH, 6)


def test_problems_beyond_the_context_are_not_generated() -> None:
    problems = problems_of_many_lengths(6)
    sizes = [len(problem.prompt) + len(problem.completion) + 1 for problem in problems]
    short = HuggingFace(tiny_model(sorted(sizes)[2]), TOKENIZER, name="tiny")
    (row,), scores = evaluate(problems, short)
    fits = [score.verdict is not Verdict.NO_FIT for score in scores]
    assert fits == [size <= short.context for size in sizes]
    assert 0 < sum(fits) < 6
    assert row.fit == f"fits {sum(fits)} of 6"


def test_a_models_own_sampling_defaults_are_not_used() -> None:
    model = tiny_model()
    model.generation_config.do_sample = True
    model.generation_config.temperature = 5.0
    model.generation_config.repetition_penalty = 1.9
    problems = problems_of_many_lengths(3)
    greedy = HuggingFace(model, TOKENIZER, name="tiny", decode="plain")
    assert outputs_of(greedy, problems, 12) == outputs_of(backend(), problems, 12)


def test_each_sample_has_random_numbers_of_its_own() -> None:
    problems = problems_of_many_lengths(4)
    hot = Sampling(samples=3, temperature=1.0, seed=4)
    together = outputs_of(backend(sampling=hot, batch_size=5), problems, 12, samples=3)
    assert together == outputs_of(backend(sampling=hot, batch_size=2), problems, 12, samples=3)
    assert len({output.text for output in together}) == 12
    other = Sampling(samples=3, temperature=1.0, seed=5)
    assert together != outputs_of(backend(sampling=other), problems, 12, samples=3)
    cold = outputs_of(backend(sampling=Sampling(temperature=1e-4)), problems, 12)
    assert cold == outputs_of(backend(), problems, 12)
    narrow = outputs_of(backend(sampling=Sampling(temperature=2.0, top_p=1e-6)), problems, 12)
    assert narrow == outputs_of(backend(), problems, 12)


def test_samples_follow_the_models_probabilities() -> None:
    (problem,) = problems_of_many_lengths(1)
    prompt = torch.tensor(encode(TOKENIZER, [problem.prompt]))
    with torch.no_grad():
        probabilities = torch.softmax(tiny_model()(prompt).logits[0, -1], dim=-1)
    texts = [TOKENIZER.decode([token]) for token in range(len(TOKENIZER))]
    likeliest = texts[int(probabilities.argmax())]
    same_text = torch.tensor([text == likeliest for text in texts])  # half a character is U+FFFD
    sampling = Sampling(samples=400, temperature=1.0)
    drawn = outputs_of(backend(sampling=sampling), [problem], 1, 400)
    share = sum(output.text == likeliest for output in drawn) / 400
    assert share == pytest.approx(float(probabilities[same_text].sum()), abs=0.1)
