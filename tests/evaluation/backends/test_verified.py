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

from evaluation.backends.verified import VerifiedDecoder
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import outputs_of
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
        (GPT2Config, {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 512}),
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
            for place, tokens in decoder.decode(prompts[rows], drafts[rows], limits[rows]):
                outputs[start + place] = tokens
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
    assert dict(decoder.decode([prompt], [draft], [120])) == {0: plain}
    assert decoder.counters.broken == 1
    assert decoder.counters.passes < 20


def test_ties_are_decided_by_passes_of_one_token() -> None:
    model = untrained(Qwen2Config)
    head = model.get_output_embeddings().weight
    with torch.no_grad():
        head[24:] = head[:24]  # every token has a twin with the same logit
    rng = random.Random(4)
    prompts = [rng.choices(WORDS, k=5) for _ in range(3)]
    plain = [decode_plainly(model, prompt, 12) for prompt in prompts]
    decoder = VerifiedDecoder(model, {END}, PAD)
    outputs = dict(decoder.decode(prompts, plain, [12] * 3))
    assert [outputs[index] for index in range(3)] == plain
    # The last token that the limit allows has no draft, so that it is decided once.
    at_limit = sum(len(tokens) == 12 for tokens in plain)
    assert at_limit
    assert decoder.counters.near_ties == sum(map(len, plain)) - at_limit


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
    assert outputs_of(verified, problems, 40) == outputs_of(plain, problems, 40)
    assert (plain.description["decode"], verified.description["decode"]) == ("plain", "verified")
    assert verified.description["near_ties"] == 0
