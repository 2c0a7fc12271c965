"""Studies of attention: the stretches are right, and the figures follow from the fetches."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from torch import Tensor
from transformers import Qwen2Config, Qwen2ForCausalLM

import tasks
from compiler.text import ROLES, Role
from evaluation.attention import study
from evaluation.attention.measurement import Measurement
from evaluation.attention.report import modules_table, sources_table, study_as_json, write_study
from evaluation.attention.study import (
    FetchAttention,
    RangeAttention,
    lookup_heads,
    study_attention,
    study_seconds,
)
from tasks.corpus import Form
from tests.support.models.eval_problems import replayed
from tests.support.models.tiny_models import TOKENIZER
from training.config import Model
from training.models.random import make_model

LAYERS, HEADS = 2, 3


def reader(context: int = 4096) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(TOKENIZER), hidden_size=12, intermediate_size=8,
            num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS,
            max_position_embeddings=context,
        )
    )  # fmt: skip


class EvenAttention:
    """Attention spread evenly over all tokens, of a model that is wrong at every digit 1."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[int], list[int], Tensor]] = []

    def __call__(
        self, model: object, tokens: list[int], queries: list[int], stretches: Tensor
    ) -> Measurement:
        self.calls.append((tokens, queries, stretches))
        visible = torch.tensor(queries)[:, None] + 1
        shares = (stretches[..., 1] - stretches[..., 0]) / visible
        one = TOKENIZER.convert_tokens_to_ids("1")
        following = [tokens[query + 1] for query in queries]
        likeliest = torch.tensor([0 if token == one else token for token in following])
        return Measurement(shares.expand(LAYERS, HEADS, *shares.shape), likeliest)


@pytest.fixture
def even(monkeypatch: pytest.MonkeyPatch) -> EvenAttention:
    attention = EvenAttention()
    monkeypatch.setattr(study, "measure", attention)
    return attention


def decode(tokens: list[int], stretch: Tensor) -> str:
    start, end = stretch.tolist()
    return str(TOKENIZER.decode(tokens[start:end]))


@pytest.mark.parametrize("name", ["compare_numbers", "lcs", "dijkstra"])
@pytest.mark.parametrize("style", ["minimal", "styled"])
def test_a_source_holds_the_key_and_value_that_are_fetched(
    name: str, style: str, even: EvenAttention
) -> None:
    task = tasks.get(name)
    problems = replayed("S", 3, task=task, form=Form(style=style))
    (attention,) = study_attention(reader(99_999), TOKENIZER, problems)
    sources = 0
    for tokens, queries, stretches in even.calls:
        for query, stretch in zip(queries, stretches[:, -1], strict=True):
            if stretch[0] == stretch[1]:
                continue
            sources += 1
            start, end = stretch.tolist()
            assert end <= query
            assert tokens[start:end] == tokens[query + 1 : query + 1 + end - start]
            # The key before the value at the source is the key that was just written.
            both = [TOKENIZER.decode(tokens[max(0, i - 40) : i]) for i in (start, query + 1)]
            keys = [text.removesuffix(" = ").rsplit(" ", 1)[-1] for text in both]
            assert all(text.endswith(" = ") for text in both)
            assert keys[0] == keys[1]
    assert len(attention.fetches) == sources > 20
    assert {fetch.step for fetch in attention.fetches} <= {u.step for u in task.table.utterances}


def test_the_four_parts_make_up_all_tokens_before(even: EvenAttention) -> None:
    (problem,) = replayed("M", 1)
    (attention,) = study_attention(reader(), TOKENIZER, [problem])
    ((tokens, queries, stretches),) = even.calls
    text = problem.reference
    assert [TOKENIZER.decode([token]) for token in tokens] == list(problem.prompt + text.string)
    for query, (sink, prompt, earlier, own, _) in zip(queries, stretches, strict=True):
        assert decode(tokens, sink) + decode(tokens, prompt) == problem.prompt
        at = query + 1 - len(problem.prompt)
        (span,) = (span for span in text.spans if span.start <= at < span.end)
        start = min(s.start for s in text.spans if s.state == span.state)
        assert decode(tokens, earlier) == text.string[:start]
        assert decode(tokens, own) == text.string[start:at]
    for role in range(len(ROLES)):
        assert attention.mean(role).sum() == pytest.approx(1)
    counts = dict.fromkeys(Role, 0)
    for span in text.spans:
        counts[span.role] += span.end - span.start
    assert attention.tokens.tolist() == list(counts.values())


def test_figures_follow_from_the_fetches(even: EvenAttention, tmp_path: Path) -> None:
    problems = [*replayed("S", 9), *replayed("M", 9)]
    ranges = study_attention(reader(), TOKENIZER, problems)
    assert [(attention.range, attention.problems) for attention in ranges] == [("S", 9), ("M", 9)]
    heads = lookup_heads(ranges, 2)
    write_study(tmp_path / "out", ranges, heads, {"model": "m"})
    written = json.loads((tmp_path / "out" / "attention.json").read_text())
    assert written["rows"] == json.loads(json.dumps(study_as_json(ranges, heads)))
    fetches = pq.read_table(tmp_path / "out" / "fetches.parquet").to_pylist()
    for row in written["rows"]:
        own = [fetch for fetch in fetches if fetch["range"] == row["range"]]
        right = [fetch["right"] for fetch in own]
        assert 0 < sum(right) < len(right)
        sources = row["sources"]
        assert sources["fetches"] == len(own)
        assert sources["right"] == pytest.approx(sum(right) / len(right))
        wrong = [fetch["source"] for fetch in own if not fetch["right"]]
        assert sources["source_if_wrong"] == pytest.approx(np.mean(wrong))
        assert sources["distance"]["most"] == max(fetch["distance"] for fetch in own)
    for fetch in fetches:  # attention is even
        assert fetch["source"] == pytest.approx(fetch["chance"])
        assert round(fetch["source"] * fetch["at"]) in (
            1,
            3,
            4,
            5,
        )  # a digit, `end`, `plus` or `minus`
    assert (tmp_path / "out" / "heads.png").read_bytes().startswith(b"\x89PNG")
    assert modules_table(ranges).row_count == 2 * len(ROLES)
    assert sources_table(ranges, heads).row_count == 2
    with pytest.raises(ValueError, match="holds a study, which is never overwritten"):
        write_study(tmp_path / "out", ranges, heads, {})


def test_lookup_heads_of_an_induction_model_attend_to_sources() -> None:
    torch.manual_seed(0)
    problems = replayed("S", 4)
    shape = Model(layers=2, width=160, heads=6, rope_theta=1e8, vocabulary=300, start="induction")
    texts = [problem.prompt + problem.completion for problem in problems]
    model, tokenizer = make_model(shape, texts, torch.float32)
    ranges = study_attention(model, tokenizer, problems)
    heads = lookup_heads(ranges, 5)
    assert {layer for layer, _ in heads} == {1}  # the first layer attends to the tokens just before
    fetches = ranges[0].fetches
    shares = [fetch.source[head] / fetch.chance[head] for fetch in fetches for head in heads]
    assert np.median(shares) > 3


def test_lookup_heads_are_chosen_by_the_first_range() -> None:
    def attending(range_name: str, head: tuple[int, int]) -> RangeAttention:
        source = np.zeros((LAYERS, HEADS), np.float32)
        source[head] = 0.5
        fetch = FetchAttention("i", 0, "s", "s", "x", 9, 5, True, source, source)
        return RangeAttention("t", range_name, fetches=[fetch])

    assert lookup_heads([attending("S", (1, 2)), attending("L", (0, 1))], 1) == [(1, 2)]
    assert lookup_heads([RangeAttention("t", "S")], 4) == []


def test_problems_beyond_the_context_are_left_out(even: EvenAttention) -> None:
    problems = replayed("S", 4)
    longest = max(len(problem.prompt + problem.completion) for problem in problems)
    (attention,) = study_attention(reader(longest - 1), TOKENIZER, problems)
    assert attention.left_out >= 1
    assert attention.problems == len(even.calls) == 4 - attention.left_out
    (attention,) = study_attention(reader(9), TOKENIZER, problems)
    assert (attention.problems, attention.left_out) == (0, 4)


def test_a_problem_without_a_chain_is_an_error() -> None:
    problems = replayed("S", 4, form=Form(format="answer"))
    with pytest.raises(ValueError, match="S0 has no chain of thought"):
        study_attention(reader(), TOKENIZER, problems)


def test_the_time_is_that_of_a_typical_problem_for_each_that_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problems = replayed("S", 3) + replayed("M", 1)
    tokens = [len(TOKENIZER(p.prompt + p.completion)["input_ids"]) for p in problems]
    studied = []

    def study_one(model: object, tokenizer: object, chosen: list[Any], *, chat: bool) -> None:
        studied.extend(chosen)
        clock.append(clock[-1] + 2.0)

    clock = [0.0]
    monkeypatch.setattr(study, "study_attention", study_one)
    monkeypatch.setattr(study, "monotonic", lambda: clock[-1])
    assert study_seconds(reader(max(tokens[:3])), TOKENIZER, problems) == 3 * 2.0
    assert {p.range for p in studied} == {"S"}
    assert study_seconds(reader(5), TOKENIZER, problems) == 0
