"""Ask a model a question in plain words, and check its reply by replay if a task poses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from evaluation.backends.base import OutputRequest
from evaluation.backends.huggingface import HuggingFace
from evaluation.problems.replays import replay
from evaluation.runs.evaluate import token_limit
from evaluation.scoring.scores import Score, score
from tasks.corpus.records.forms import Form
from tasks.questions import Question


def ask(
    question: Question,
    backend: HuggingFace,
    *,
    form: Form = Form(),
    max_new_tokens: int | None = None,
) -> Score:
    """Have a model answer a question that a task poses, and score its reply.

    Parameters
    ----------
    form
        Form of the replies that the model was trained on.
    max_new_tokens
        Maximum number of tokens of the reply; None means a limit derived from the machine's text.
    """
    task, instance, wording = question
    (problem,) = replay(task, "", ["question"], [instance], [wording], form=form)
    limit = max_new_tokens or token_limit([problem], backend.count)
    ((_, output),) = backend.generate([OutputRequest(problem)], limit)
    return score(problem, output)


def reply_to(text: str, backend: HuggingFace, max_new_tokens: int) -> str:
    """Return what a model writes after a text that no task poses."""
    (prompt,) = backend.encode_prompts([text.rstrip("\n") + "\n"])
    ids = torch.tensor([prompt], device=backend.model.device)
    written: Any = backend.model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=max_new_tokens,
        do_sample=False,
        pad_token_id=backend.tokenizer.pad_token_id,
    )
    return backend.output(written[0, len(prompt) :].tolist()).text


def judgement(scored: Score) -> Iterator[str]:
    """Yield lines that say whether a reply is right, and where it first leaves the reference."""
    yield f"The machine's answer is {scored.problem.gold}; the reply is {scored.verdict}."
    if scored.exact:
        states = scored.problem.completion.count("\n")
        yield f"The reply is the machine's text, {states} lines, character for character."
        return
    if (first := scored.divergence) is not None:
        line = scored.problem.completion.count("\n", 0, first.at) + 1
        yield f"It first differs from the machine's text in line {line}, in {first.place}:"
        yield f"  machine: {first.expected!r}"
        yield f"  reply:   {first.got!r}"
