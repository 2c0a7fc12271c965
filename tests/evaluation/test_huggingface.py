"""Decoding: many at once gives what one at a time gives, and ends are counted."""

from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen2ForCausalLM,
)

import tasks
from evaluation.backends.base import End, Output, OutputRequest, Sampling
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.tokens import encode
from evaluation.problems.replays import EvalProblem, replay
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import Verdict
from tasks import Stream
from training.models.tokenizer import byte_tokenizer

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (1, 6)})
TOKENIZER = byte_tokenizer()


def items(count: int) -> list[EvalProblem]:
    stream = Stream("generate")
    drawn = [TASK.draw(stream.at(i), "S") for i in range(count)]
    # Prompts of many lengths, so that padding and order matter.
    prompts = [TASK.prompt(x, i % 3) for i, x in enumerate(drawn)]
    return replay(TASK, "S", [str(i) for i in range(len(drawn))], drawn, prompts)


SHAPE = {
    "vocab_size": len(TOKENIZER),
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 512,
    "initializer_range": 0.3,
    "bos_token_id": None,
    "eos_token_id": TOKENIZER.eos_token_id,
    "pad_token_id": TOKENIZER.pad_token_id,
}


def model(context: int = 512) -> Qwen2ForCausalLM:
    torch.manual_seed(5)
    return Qwen2ForCausalLM(Qwen2Config(**{**SHAPE, "max_position_embeddings": context}))


def outputs(
    backend: HuggingFace, some: list[EvalProblem], limit: int, samples: int = 1
) -> list[Output]:
    """What a backend writes, in the order of the items and samples."""
    requests = [OutputRequest(item, sample) for item in some for sample in range(samples)]
    made = dict(backend.generate(requests, limit))
    return [made[place] for place in range(len(requests))]


def test_a_batch_gives_what_single_prompts_give() -> None:
    some = items(11)
    together = outputs(HuggingFace(model(), TOKENIZER, name="tiny", batch_size=4), some, 24)
    alone = HuggingFace(model(), TOKENIZER, name="tiny", batch_size=1)
    for item, output in zip(some, together, strict=True):
        assert [output] == outputs(alone, [item], 24)
    assert len({output.text for output in together}) > 5


@pytest.mark.parametrize(
    ("config", "more"),
    [
        (Qwen2Config, {}),
        (LlamaConfig, {}),
        (MistralConfig, {"sliding_window": 24}),
        (GPT2Config, {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 512}),
    ],
)
def test_it_decodes_what_the_library_does(config: Any, more: dict[str, int]) -> None:
    torch.manual_seed(3)
    plain = AutoModelForCausalLM.from_config(config(**{**SHAPE, **more}))
    some = items(6)
    batched = HuggingFace(plain, TOKENIZER, name="tiny", batch_size=4)
    for item, output in zip(some, outputs(batched, some, 20), strict=True):
        prompt = torch.tensor(encode(TOKENIZER, [item.prompt]))
        made = plain.generate(prompt, max_new_tokens=20, do_sample=False)
        assert TOKENIZER.decode(made[0, prompt.shape[1] :]) == output.text


def backend(**options: Any) -> HuggingFace:
    return HuggingFace(model(), TOKENIZER, name="tiny", **options)


def test_an_output_ends_at_its_eos_and_one_without_is_cut() -> None:
    (cut,) = outputs(backend(), items(1), 9)
    assert (cut.end, cut.tokens) == (End.LENGTH, 9)
    # A character that the model writes on its way is made an end token.
    character = next(c for c in cut.text[1:] if c.isascii())
    ended = outputs(ending(character), items(1), 9)[0]
    assert ended.end is End.STOP
    assert ended.text == cut.text[: cut.text.index(character)]
    assert 1 < ended.tokens < 9


def ending(*characters: str, **options: Any) -> HuggingFace:
    """A model that ends its texts with any of some characters."""
    made = model()
    more = [token for ids in encode(TOKENIZER, characters) for token in ids]
    made.generation_config.eos_token_id = [TOKENIZER.eos_token_id, *more]
    return HuggingFace(made, TOKENIZER, name="tiny", **options)


def test_rows_that_have_ended_leave_the_batch_and_change_no_other() -> None:
    some = items(8)
    ends = sorted({c for output in outputs(backend(), some, 12) for c in output.text[1:5]})[::2]
    writer = ending(*filter(str.isascii, ends), batch_size=8)
    rows: list[int] = []
    writer.model.register_forward_pre_hook(
        lambda _, __, given: rows.append(len(given["input_ids"])), with_kwargs=True
    )
    together = outputs(writer, some, 30)
    assert rows[0] == 8
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) > 2
    alone = ending(*filter(str.isascii, ends), batch_size=1)
    assert together == outputs(alone, some, 30)
    assert sum(rows) == sum(output.tokens for output in together)


def test_a_batch_that_needs_too_much_memory_is_halved() -> None:
    some = items(9)
    narrow = backend(batch_size=8)
    forward, calls = narrow.model.forward, []

    def limited(*args: Any, input_ids: torch.Tensor, **options: Any) -> Any:
        calls.append(len(input_ids))
        if len(input_ids) > 3:
            raise torch.OutOfMemoryError("out of memory")
        return forward(*args, input_ids=input_ids, **options)

    narrow.model.forward = limited
    assert outputs(narrow, some, 7) == outputs(backend(), some, 7)
    assert calls[:3] == [8, 4, 2]
    assert narrow.description["batch_size"] == 2


@pytest.mark.parametrize(("free", "rows"), [(10**9, 1024), (10**7, 93), (10**6, 9), (10, 1)])
def test_a_batch_is_as_large_as_the_gpus_free_memory_allows(monkeypatch, free, rows) -> None:  # type: ignore[no-untyped-def]
    seen = []

    class Gpu(HuggingFace):
        def _decode(self, requests, prompts, batch, limit):  # type: ignore[no-untyped-def]
            seen.append(len(batch))
            return ((place, [TOKENIZER.eos_token_id]) for place in batch)

    plain = model()
    monkeypatch.setattr(type(plain), "device", torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 10 * free))
    some = [OutputRequest(items(1)[0], sample) for sample in range(1100)]
    made = Gpu(plain, TOKENIZER, name="tiny")
    # Of 250 tokens each, with keys and values in 2 layers of 1 head of 16 numbers of 4 bytes.
    list(made.generate(some, 250 - made.count_prompts([some[0].item.prompt])[0]))
    assert seen[0] == made.description["batch_size"] == rows


def test_memory_that_is_short_for_one_prompt_is_an_error() -> None:
    narrow = backend(batch_size=2)

    def never(*args: Any, **options: Any) -> Any:
        raise torch.OutOfMemoryError("out of memory")

    narrow.model.forward = never
    with pytest.raises(torch.OutOfMemoryError):
        outputs(narrow, items(2), 4)


def test_an_output_ends_where_the_context_does() -> None:
    (item,) = items(1)
    prompt = len(encode(TOKENIZER, [item.prompt])[0])
    short = HuggingFace(model(prompt + 6), TOKENIZER, name="tiny")
    assert short.context == prompt + 6
    (cut,) = outputs(short, [item], 50)
    assert (cut.end, cut.tokens) == (End.LENGTH, 6)


def test_what_is_longer_than_the_context_is_not_asked() -> None:
    some = items(6)
    sizes = [len(item.prompt) + len(item.completion) + 1 for item in some]
    short = HuggingFace(model(sorted(sizes)[2]), TOKENIZER, name="tiny")
    (row,), scores = evaluate(some, short)
    fits = [score.verdict is not Verdict.NO_FIT for score in scores]
    assert fits == [size <= short.context for size in sizes]
    assert 0 < sum(fits) < 6
    assert row.fit == f"fits {sum(fits)} of 6"


def test_a_models_own_sampling_defaults_are_not_used() -> None:
    sampling = model()
    sampling.generation_config.do_sample = True
    sampling.generation_config.temperature = 5.0
    sampling.generation_config.repetition_penalty = 1.9
    some = items(3)
    ours = HuggingFace(sampling, TOKENIZER, name="tiny")
    assert outputs(ours, some, 12) == outputs(backend(), some, 12)


def test_samples_are_drawn_each_by_itself() -> None:
    some = items(4)
    hot = Sampling(samples=3, temperature=1.0, seed=4)
    together = outputs(backend(sampling=hot, batch_size=5), some, 12, samples=3)
    assert together == outputs(backend(sampling=hot, batch_size=2), some, 12, samples=3)
    assert len({output.text for output in together}) == 12
    other = Sampling(samples=3, temperature=1.0, seed=5)
    assert together != outputs(backend(sampling=other), some, 12, samples=3)
    cold = outputs(backend(sampling=Sampling(temperature=1e-4)), some, 12)
    assert cold == outputs(backend(), some, 12)
    narrow = outputs(backend(sampling=Sampling(temperature=2.0, top_p=1e-6)), some, 12)
    assert narrow == outputs(backend(), some, 12)


def test_samples_follow_the_models_probabilities() -> None:
    item = items(1)[0]
    prompt = torch.tensor(encode(TOKENIZER, [item.prompt]))
    with torch.no_grad():
        shares = torch.softmax(model()(prompt).logits[0, -1], dim=-1)
    likely = int(shares.argmax())
    drawn = outputs(backend(sampling=Sampling(samples=400, temperature=1.0)), [item], 1, 400)
    found = sum(output.text == TOKENIZER.decode([likely]) for output in drawn) / 400
    assert found == pytest.approx(float(shares[likely]), abs=0.1)
