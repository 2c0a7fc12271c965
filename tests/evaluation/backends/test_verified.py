"""Verified decoding gives the outputs of plain decoding, whatever the draft, in fewer passes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    PreTrainedModel,
    Qwen2Config,
)

from evaluation.backends.drafts import DraftedOutput
from evaluation.backends.verified import VerifiedDecoder, _Batch
from evaluation.models.caching import cached_logits
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import outputs_of, without_margins
from tests.support.models.tiny_models import SHAPE, TOKENIZER, tiny_model

END, PAD, WORDS = 0, 47, range(1, 47)


def untrained(config: Any, **more: Any) -> PreTrainedModel:
    """Return a random model whose outputs vary and do not repeat at once."""
    torch.manual_seed(11)
    shape = {**SHAPE, "vocab_size": 48, "initializer_range": 0.8}
    model: PreTrainedModel = AutoModelForCausalLM.from_config(config(**{**shape, **more})).eval()
    return model


@torch.inference_mode()
def decode_plainly(model: PreTrainedModel, prompt: Sequence[int], limit: int) -> list[int]:
    """Decode one prompt without a cache, the whole text anew for every token."""
    written: list[int] = []
    while len(written) < limit and END not in written:
        logits = model(torch.tensor([[*prompt, *written]])).logits[0, -1]
        written.append(int(logits.argmax()))
    return written


def edit(tokens: Sequence[int], edits: int, rng: random.Random) -> list[int]:
    """Return a draft: tokens with some replaced, inserted or deleted, and more after their end."""
    draft = [*tokens, *rng.choices(WORDS, k=6)]
    for _ in range(edits):
        place = rng.randrange(len(draft))
        match rng.randrange(3):
            case 0:
                draft[place] = rng.choice(WORDS)
            case 1:
                draft.insert(place, rng.choice(WORDS))
            case _:
                del draft[place]
    return draft


@pytest.mark.parametrize("batch", [1, 5, 12])
@pytest.mark.parametrize(
    ("config", "more"),
    [
        (Qwen2Config, {}),
        (LlamaConfig, {}),
        (GPT2Config, {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 2048}),
    ],
)
def test_any_draft_gives_the_outputs_of_plain_decoding(
    config: Any, more: dict[str, int], batch: int
) -> None:
    model, rng = untrained(config, **more), random.Random(batch)
    prompts = [rng.choices(WORDS, k=rng.randrange(1, 30)) for _ in range(12)]
    limits = [rng.randrange(1, 80) for _ in prompts]
    plain = [decode_plainly(model, *row) for row in zip(prompts, limits, strict=True)]
    assert len({tuple(tokens[-2:]) for tokens in plain}) > 6
    for edits in (0, 1, 3, 20):
        drafts = [edit(tokens, edits, rng) for tokens in plain]
        decoder = VerifiedDecoder(model, {END}, PAD)
        outputs: dict[int, list[int]] = {}
        for start in range(0, 12, batch):
            rows = slice(start, start + batch)
            for row in decoder.decode(prompts[rows], drafts[rows], limits[rows]):
                outputs[start + row.index] = row.written
        assert [outputs[index] for index in range(12)] == plain
        counters = decoder.counters
        assert counters.outputs == 12
        assert counters.accepted <= counters.drafted
        if not edits:
            assert counters.broken == 0
            assert 4 * counters.passes < sum(map(len, plain))


def test_a_draft_that_differs_in_one_token_is_rejoined() -> None:
    model, rng = untrained(Qwen2Config), random.Random(3)
    prompt = rng.choices(WORDS, k=9)
    plain = decode_plainly(model, prompt, 120)
    assert len(plain) == 120
    draft = list(plain)
    draft[50] = draft[50] % 46 + 1
    decoder = VerifiedDecoder(model, {END}, PAD)
    assert [row.written for row in decoder.decode([prompt], [draft], [120])] == [plain]
    assert decoder.counters.broken == 1
    assert decoder.counters.passes < 20


@pytest.mark.parametrize("batch", [1, 4])
def test_an_output_that_repeats_itself_is_its_own_draft(batch: int) -> None:
    model, rng = untrained(Qwen2Config, initializer_range=0.02), random.Random(3)
    prompts = [rng.choices(WORDS, k=9) for _ in range(batch)]
    plain = [decode_plainly(model, prompt, 200) for prompt in prompts]
    # The last hundred tokens of each repeat six.
    assert all(one[-100:] == one[-106:-6] for one in plain)
    decoder = VerifiedDecoder(model, {END}, PAD)
    references = [rng.choices(WORDS, k=200) for _ in prompts]
    rows = sorted(decoder.decode(prompts, references, [200] * batch), key=lambda row: row.index)
    assert [row.written for row in rows] == plain
    assert decoder.counters.broken == batch
    assert decoder.counters.passes < 100


def test_columns_that_only_an_ended_output_used_are_dropped() -> None:
    model, prompt = untrained(Qwen2Config), [3, 1, 4]
    drafted = DraftedOutput(0, list(prompt), [*WORDS], limit=99, draft_length=40)
    plain = DraftedOutput(1, list(prompt), [], limit=99)
    batch = _Batch(model, [drafted, plain], PAD)
    batch.forward(40)
    assert batch.mask.shape[1] == 43
    batch.keep([1])
    batch.compact()
    assert batch.mask.tolist() == [[1, 1, 1]]
    assert [layer.keys.shape[2] for layer in batch.cache.layers] == [3, 3]


def test_ties_are_decided_by_passes_of_one_token() -> None:
    model = untrained(Qwen2Config)
    head = model.get_output_embeddings().weight
    with torch.no_grad():
        head[24:] = head[:24]  # every token has a twin with the same logit
    rng = random.Random(4)
    prompts = [rng.choices(WORDS, k=5) for _ in range(3)]
    plain = [decode_plainly(model, prompt, 12) for prompt in prompts]
    decoder = VerifiedDecoder(model, {END}, PAD)
    rows = sorted(decoder.decode(prompts, plain, [12] * 3), key=lambda row: row.index)
    assert [row.written for row in rows] == plain
    assert all(row.verification.least_margin == 0 for row in rows)
    assert sum(row.near_ties for row in rows) == decoder.counters.near_ties
    # The last token that the limit allows has no draft, so that it is decided once.
    at_limit = sum(len(tokens) == 12 for tokens in plain)
    assert at_limit
    assert decoder.counters.near_ties == sum(map(len, plain)) - at_limit


@pytest.mark.parametrize("edits", [0, 3])
def test_margins_are_those_of_the_tokens_up_to_the_first_divergence(edits: int) -> None:
    model, rng = untrained(Qwen2Config), random.Random(edits)
    prompts = [rng.choices(WORDS, k=7) for _ in range(5)]
    plain = [decode_plainly(model, prompt, 30) for prompt in prompts]
    drafts = [edit(tokens, edits, rng) for tokens in plain]
    for row in VerifiedDecoder(model, {END}, PAD).decode(prompts, drafts, [30] * 5):
        tokens, draft = plain[row.index], drafts[row.index]
        same = [one == other for one, other in zip(tokens, draft, strict=False)]
        decided = same.index(False) + 1 if False in same else len(tokens)
        text = torch.tensor([[*prompts[row.index], *tokens]])
        with torch.inference_mode():
            logits = model(text).logits[0, len(prompts[row.index]) - 1 :]
        largest = logits.topk(2, dim=-1).values[:decided]
        margins = (largest[:, 0] - largest[:, 1]).tolist()
        assert row.verification.least_margin == pytest.approx(min(margins), abs=1e-3)
        if False in same:
            assert row.verification.divergence_margin == pytest.approx(margins[-1], abs=1e-3)
        else:
            assert row.verification.divergence_margin is None


@pytest.mark.parametrize("max_logits", [1, 48 * 5, 48 * 65 * 3])
def test_a_batch_beyond_the_limit_of_logits_is_verified_in_parts(
    monkeypatch: pytest.MonkeyPatch, max_logits: int
) -> None:
    model, rng = untrained(Qwen2Config), random.Random(8)
    prompts = [rng.choices(WORDS, k=5) for _ in range(8)]
    plain = [decode_plainly(model, prompt, 40) for prompt in prompts]
    drafts = [edit(tokens, index % 2, rng) for index, tokens in enumerate(plain)]
    logits: list[int] = []

    def counted(*arguments: Any, **inputs: Any) -> Any:
        result = cached_logits(*arguments, **inputs)
        logits.append(result.numel())
        return result

    monkeypatch.setattr("evaluation.backends.verified.cached_logits", counted)
    decoder = VerifiedDecoder(model, {END}, PAD, max_logits=max_logits)
    rows = sorted(decoder.decode(prompts, drafts, [40] * 8), key=lambda row: row.index)
    assert [row.written for row in rows] == plain
    # Plain decoding of the broken rows keeps one token of each.
    assert max(logits) <= max(max_logits, 48 * 8)
    if max_logits > 48 * 65:
        assert decoder.counters.accepted > 100


def test_an_end_token_within_a_reference_ends_the_output() -> None:
    model, rng = untrained(Qwen2Config), random.Random(5)
    prompts = [rng.choices(WORDS, k=5) for _ in range(6)]
    plain = [decode_plainly(model, prompt, 30) for prompt in prompts]
    ends = {END, plain[0][7], plain[1][11]}
    decoder = VerifiedDecoder(model, ends, PAD)
    decoder.tolerance = 0.5  # near ties after an end token must not count
    for row in decoder.decode(prompts, plain, [30] * 6):
        tokens = plain[row.index]
        length = next((n for n, token in enumerate(tokens) if token in ends), 29) + 1
        assert row.written == tokens[:length]


def test_models_with_another_cache_decode_plainly() -> None:
    assert VerifiedDecoder.supports(untrained(Qwen2Config))
    assert not VerifiedDecoder.supports(untrained(MistralConfig, sliding_window=24))


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_the_backend_gives_the_same_outputs_either_way(batch_size: int) -> None:
    from evaluation.backends.huggingface import HuggingFace

    problems = replayed("S", 9, wordings=3)
    plain, verified = (
        HuggingFace(tiny_model(), TOKENIZER, name="tiny", batch_size=batch_size, decode=decode)
        for decode in ("plain", "verified")
    )
    outputs = outputs_of(verified, problems, 40)
    assert without_margins(outputs) == outputs_of(plain, problems, 40)
    assert all(output.verification is not None for output in outputs)
    assert (plain.description["decode"], verified.description["decode"]) == ("plain", "verified")
