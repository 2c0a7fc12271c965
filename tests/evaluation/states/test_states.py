"""Every state is scored after the right prefix: against a computation token by token."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import tasks
from compiler.text import Role
from evaluation.backends.base import Reference
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.tokens import encode
from evaluation.problems.replays import EvalProblem
from evaluation.problems.suites import drawn_suite
from evaluation.runs.run import run_suite
from evaluation.states.figures import clustered_share, state_figures
from evaluation.states.measurement import STATES_SCHEMA, measure_states
from evaluation.states.reading import TokenScores, read_references
from tasks.corpus import Form
from tests.support.models.eval_problems import COMPARE, replayed
from tests.support.models.tiny_models import TOKENIZER, tiny_model

KEYED = Form(prompt="keyed")
"""Form of short texts, which fetch from their prompts."""
END = TOKENIZER.eos_token_id
PAD = TOKENIZER.pad_token_id


@torch.inference_mode()
def read_token_by_token(prompt: list[int], reference: list[int]) -> tuple[list[int], list[float]]:
    """Return ranks and log-probabilities, with a pass over the prefix for every token."""
    model = tiny_model()
    ranks, logs = [], []
    for i, token in enumerate(reference):
        logits = model(torch.tensor([[*prompt, *reference[:i]]])).logits[0, -1]
        order = logits.argsort(descending=True, stable=True).tolist()
        ranks.append(order.index(token) + 1)
        logs.append(float(logits.log_softmax(dim=-1)[token]))
    return ranks, logs


def token_ids(problem: EvalProblem) -> tuple[list[int], list[int]]:
    """Return the tokens of a problem's prompt, and of its reference with the end token."""
    prompt, text = encode(TOKENIZER, [problem.prompt, problem.completion])
    return prompt, [*text, END]


@pytest.mark.parametrize("max_logits", [1 << 27, 3000])
def test_ranks_and_log_probabilities_are_those_of_each_token(max_logits: int) -> None:
    problems = replayed("S", 3, wordings=2, form=KEYED)
    prompts, texts = zip(*map(token_ids, problems), strict=True)
    scores = read_references(tiny_model(), prompts, texts, PAD, max_logits=max_logits)
    for prompt, text, read in zip(prompts, texts, scores, strict=True):
        ranks, logs = read_token_by_token(prompt, text)
        assert read.ranks.tolist() == ranks
        np.testing.assert_allclose(read.log_probabilities, logs, atol=1e-4)
    assert any(read.ranks.max() > 1 for read in scores)


class FixedReader:
    """Reader for which some characters of some problems are wrong; tokens are bytes."""

    tokenizer = TOKENIZER
    chat = False
    longest_read = 4096

    def __init__(self, wrong: dict[int, list[int]]) -> None:
        self.wrong = wrong

    def read(self, prompts: Any, references: Any) -> Any:
        for index, reference in reversed(list(enumerate(references))):
            ranks = np.ones(len(reference), np.int32)
            ranks[self.wrong.get(index, [])] = 2
            yield index, TokenScores(ranks, np.full(len(reference), -0.5, np.float32))


def test_rows_are_the_modules_of_each_state() -> None:
    (problem,) = replayed("S", 1, form=KEYED)
    text = problem.completion
    step = text.index("; ")
    last_value = text.rindex("= ", 0, text.rindex(";")) + 2
    table = measure_states(FixedReader({0: [step + 2, last_value]}), [problem])
    assert table.schema == STATES_SCHEMA
    rows = table.to_pylist()
    assert sum(len(row["ranks"]) for row in rows) == len(text) + 1
    assert rows[-1]["role"] == Role.ANSWER
    assert rows[-1]["state"] == -1
    wrong = [(row["state"], row["role"]) for row in rows if not row["right"]]
    assert [role for _, role in wrong] == [Role.SOLVE, Role.FETCH]
    assert wrong[0][0] == 0
    assert wrong[1][0] == text.count(";") - 1
    fetches = [row for row in rows if row["role"] == Role.FETCH]
    for row in fetches:
        # In a text of bytes the distance leads from the value back to its copy in the prompt.
        assert row["in_prompt"]
        text_with_prompt = problem.prompt + text
        part = text_with_prompt[row["position"] : row["position"] + len(row["ranks"])]
        value = row["position"] + part.index("= ") + 2
        source = value - row["distance"]
        assert text_with_prompt[source] == text_with_prompt[value]
        assert text_with_prompt[:source].endswith(" = ")
        assert source < len(problem.prompt)


def test_problems_that_do_not_fit_are_left_out() -> None:
    problems = [*replayed("S", 2), *replayed("M", 2)]
    reader = FixedReader({})
    lengths = [len(problem.prompt + problem.completion) + 1 for problem in problems]
    reader.longest_read = max(lengths) - 1
    done: list[int] = []
    table = measure_states(reader, problems, done.append)
    fitting = {p.id for p, n in zip(problems, lengths, strict=True) if n <= reader.longest_read}
    assert set(table["id"].to_pylist()) == fitting
    assert len(fitting) < len(problems)
    assert sum(done) == len(problems)


def test_figures_count_every_state_also_after_a_wrong_one() -> None:
    problems = replayed("S", 4, form=KEYED)
    first, second = problems[0].completion, problems[1].completion
    faults = {0: [first.index("; ") + 2], 1: [second.index("; ") + 2, len(second)]}
    suite = drawn_suite([COMPARE], ["S"], 4)
    rows = run_suite(suite, Reference()).rows
    (figures,) = state_figures(measure_states(FixedReader(faults), problems), rows)
    states = [problem.completion.count(";") for problem in problems]
    assert figures["problems"] == 4
    assert figures["states"] == sum(states)
    assert figures["tokens"] == sum(len(problem.completion) + 1 for problem in problems)
    assert (figures["accuracy"]["right"], figures["accuracy"]["total"]) == (
        sum(states) - 2,
        sum(states),
    )
    shares = {role: (s["right"], s["total"]) for role, s in figures["roles"].items()}
    assert shares["solve"] == (sum(states) - 2, sum(states))
    assert shares["fetch"] == (sum(states), sum(states))
    assert shares["answer"] == (3, 4)  # the end token belongs to the answer
    exact = figures["exact_chains"]
    assert exact["measured"] == 1
    assert (exact["read"]["right"], exact["read"]["total"]) == (2, 4)
    lengths = np.array([len(problem.completion) + 1 for problem in problems])
    assert exact["sampled"] == pytest.approx(np.exp(-0.5 * lengths).mean(), rel=1e-4)
    solved = {name: step["solve"] for name, step in figures["steps"].items() if "solve" in step}
    products = [
        np.prod([
            solved[line.split()[0].rstrip(":")]["value"]
            for line in problem.completion.splitlines()
            if ";" in line
        ])
        for problem in problems
    ]  # fmt: skip
    assert exact["expected"] == pytest.approx(3 / 4 * np.mean(products))
    assert figures["survival"][0]["value"] == 0.5
    assert figures["survival"][-1]["survival"] == pytest.approx(0.5)
    # A missing digit has no place in the prompt.
    fetches = sum(
        pair in problem.prompt
        for problem in problems
        for pair in re.findall(r"(?:[xy] \w+|first) = \w+", problem.completion)
    )
    assert sum(band["total"] for band in figures["distances"]) == fetches
    by_position = [band["roles"].get("solve", {"total": 0}) for band in figures["positions"]]
    assert sum(share["total"] for share in by_position) == sum(states)


def test_alike_cases_of_a_cluster_count_once() -> None:
    right = np.repeat([True, False], 50)
    alike = clustered_share(right, np.repeat(np.arange(10), 10))
    unlike = clustered_share(right, np.arange(100))
    assert (alike.rate, unlike.rate) == (0.5, 0.5)
    assert alike.distinct == 9
    assert unlike.distinct == 99
    assert clustered_share(np.ones(100, np.bool_), np.repeat(np.arange(10), 10)).distinct == 10


def test_states_agree_with_the_outputs_of_a_model(tmp_path: Path) -> None:
    backend = HuggingFace(tiny_model(1024), TOKENIZER, name="tiny", batch_size=3)
    suite = drawn_suite([COMPARE], ["S", "M"], 4)
    result = run_suite(suite, backend, out=tmp_path / "scores", states=True)
    assert isinstance(result.states, pa.Table)
    table = pq.read_table(tmp_path / "scores" / "states.parquet")
    assert table.equals(result.states)
    figures = json.loads((tmp_path / "scores" / "states.json").read_text())
    assert [row["range"] for row in figures] == ["S", "M"]
    assert [row["exact_chains"]["read"]["value"] for row in figures] == [
        row.exactness.rate for row in result.rows
    ]
    assert "Every state" in (tmp_path / "scores" / "report.html").read_text()


def test_states_require_a_backend_that_reads_references(tmp_path: Path) -> None:
    suite = drawn_suite([tasks.get("compare_numbers")], ["S"], 1)
    with pytest.raises(ValueError, match="only hf and vllm return"):
        run_suite(suite, Reference(), out=tmp_path / "scores", states=True)
    assert not (tmp_path / "scores").exists()
