"""Attention to operands: the places are right, with and without fetches in the text."""

import pytest
import torch
from torch import Tensor
from transformers import Qwen2Config, Qwen2ForCausalLM

from compiler.sources import state_operands
from compiler.text import Role
from evaluation.attention import operands
from evaluation.attention.measurement import Measurement
from evaluation.attention.operands import operand_attention
from evaluation.problems.replays import EvalProblem, references
from tasks.corpus import Form
from tests.support.models.eval_problems import replayed
from tests.support.models.tiny_models import TOKENIZER

WITHOUT_FETCH = Form(without=("fetch",))


def reader(context: int = 4096) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(TOKENIZER), hidden_size=12, intermediate_size=8, num_hidden_layers=2,
            num_attention_heads=3, num_key_value_heads=3, max_position_embeddings=context,
        )
    )  # fmt: skip


def even_attention(
    model: object, tokens: list[int], queries: list[int], stretches: Tensor
) -> Measurement:
    """Return attention spread evenly over all tokens, of a model that is always right."""
    shares = (stretches[..., 1] - stretches[..., 0]) / (torch.tensor(queries)[:, None] + 1)
    following = torch.tensor([tokens[query + 1] for query in queries])
    return Measurement(shares.expand(2, 3, *shares.shape), following)


def values(problem: EvalProblem, full: EvalProblem) -> list[list[tuple[str, str]]]:
    """Return key and value of the operands of each state at their sources."""
    (text,), (complete,) = references([problem]), references([full])
    texts = {True: problem.prompt, False: text.string}
    return [
        [
            (texts[s.in_prompt][slice(*s.key)], texts[s.in_prompt][slice(*s.value)])
            for s in state.sources
        ]
        for state in state_operands(text, complete, problem.facts)
    ]


def test_operands_are_the_same_with_and_without_fetches() -> None:
    for full, bare in zip(replayed("S", 5), replayed("S", 5, form=WITHOUT_FETCH), strict=True):
        operands_of_states = values(full, full)
        assert any(operands_of_states)
        assert values(bare, full) == operands_of_states
        (text,), (complete,) = references([bare]), references([full])
        assert not any(state.copies for state in state_operands(text, complete, bare.facts))
        for state in state_operands(complete, complete, full.facts):
            # Each copy is a fetched value; the latest source of its key has the same value.
            copied = [complete.string[slice(*copy)] for copy in state.copies]
            sources = [complete.string[slice(*source.value)] for source in state.sources]
            assert set(sources) <= set(copied)


def test_even_attention_is_that_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operands, "measure", even_attention)
    for form in (Form(), WITHOUT_FETCH):
        problems = [*replayed("S", 3, form=form), *replayed("M", 2, form=form)]
        figures = operand_attention(reader(), TOKENIZER, problems, heads=2)
        assert {each.range for each in figures} == {"S", "M"}
        for each in figures:
            assert each.right == each.tokens > 0
            assert each.source == pytest.approx(each.chance, rel=1e-5)
        solve = [each for each in figures if each.module == Role.SOLVE]
        assert all((each.copy > 0) == (form == Form()) for each in solve)


def test_long_problems_are_left_out_and_answers_have_no_operands() -> None:
    assert operand_attention(reader(8), TOKENIZER, replayed("S", 2), heads=1) == []
    with pytest.raises(ValueError, match="has no chain of thought"):
        operand_attention(
            reader(), TOKENIZER, replayed("S", 1, form=Form(format="answer")), heads=1
        )
