"""Every task as a task of Inspect, with a scorer by replay; found by an entry point.

    inspect eval tmtail/bubble_sort --model openai/gpt-4o -T format=any

The problems are those that corpora with the same seed hold out of training.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import inspect_ai
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState, generate

from evaluation.backends.base import End, Output
from evaluation.problems.replays import ANY, EvalProblem
from evaluation.problems.selection import draw_problems, problem_of_record
from evaluation.scoring.scores import Score as ReplayScore
from evaluation.scoring.scores import Verdict
from evaluation.scoring.scores import score as score_output
from tasks import get, names
from tasks.corpus.records.forms import PLAIN, TAIL, Form
from tasks.corpus.records.ids import RecordId

TRUNCATED = ("max_tokens", "model_length")
"""Reasons of Inspect for an output that a limit cut."""


@scorer(metrics={"*": [mean(), stderr()]})  # type: ignore[untyped-decorator]
def replay(format: str = TAIL, style: str = "minimal", prompt: str = PLAIN) -> Scorer:
    """Return the scorer: each output is compared with the machine's text for the same problem.

    The figures are ``answer`` (by the strict rule), ``lenient``, and for chains of thought
    ``exact`` and ``progress``, the share of the atomic states before the first divergence. The
    explanation names the first divergence.

    Parameters
    ----------
    format, style, prompt
        Form of the references; the format ``any`` compares answers alone.
    """
    form, free = _form(format, style, prompt)

    async def score(state: TaskState, target: Target) -> Score:
        record = str(state.sample_id)
        problem = problem_of_record(get(RecordId.parse(record).task), record, form=form, free=free)
        end = End.LENGTH if state.output.stop_reason in TRUNCATED else End.STOP
        text = state.output.completion
        return _score(problem, score_output(problem, Output(text, end, len(text))))

    return score


def _score(problem: EvalProblem, scored: ReplayScore) -> Score:
    """Return a score as Inspect stores it."""
    value: dict[str, Any] = {}
    if problem.replay.states_answer:
        value |= {
            "answer": float(scored.verdict is Verdict.RIGHT),
            "lenient": float(scored.lenient),
        }
    metadata: dict[str, Any] = {"verdict": str(scored.verdict)}
    sentences = [f"The verdict is `{scored.verdict}`."]
    if problem.replay.states_answer:
        sentences.append(f"The machine's answer is {problem.gold}.")
    if problem.chain:
        divergence = scored.divergence
        total = 1 + max(span.state for span in problem.reference.spans)
        right = divergence.states if divergence else total
        value |= {"exact": float(scored.exact), "progress": right / total}
        if divergence:
            sentences.append(
                f"First divergence at character {divergence.at}: {divergence.place}. The machine "
                f"writes {divergence.expected!r}, the output has {divergence.got!r}."
            )
            metadata |= {"at": divergence.at, "step": divergence.step, "role": divergence.role}
        else:
            sentences.append("The output is the machine's text.")
    explanation = " ".join(sentences)
    return Score(value=value, answer=scored.answer, explanation=explanation, metadata=metadata)


def _form(format: str, style: str, prompt: str) -> tuple[Form, bool]:
    """Return the form of the references, and whether outputs may be any text."""
    if format == ANY:
        return Form(prompt=prompt), True
    return Form(format=format, style=style, prompt=prompt), False


def _samples(name: str, ranges: Sequence[str], count: int, seed: int, form: Form) -> list[Sample]:
    return [
        Sample(
            id=problem.id,
            input=problem.prompt,
            target=problem.gold,
            metadata={"range": problem.range, "length": problem.task.length(problem.instance)},
        )
        for problem in draw_problems([get(name)], ranges, count, seed=seed, form=form)
        if problem.fits
    ]


def _register(name: str) -> Any:
    """Register the task of Inspect for one of our tasks."""

    def build(
        ranges: str | list[str] = "S",
        n: int = 100,
        seed: int = 0,
        format: str = TAIL,
        style: str = "minimal",
        prompt: str = PLAIN,
    ) -> inspect_ai.Task:
        form, _ = _form(format, style, prompt)
        chosen = ranges.split(",") if isinstance(ranges, str) else ranges
        return inspect_ai.Task(
            dataset=MemoryDataset(_samples(name, chosen, n, seed, form), name=name),
            solver=generate(),
            scorer=replay(format=format, style=style, prompt=prompt),
        )

    build.__name__ = name
    return inspect_ai.task(name=name)(build)


globals().update({name: _register(name) for name in names()})
