"""Measure a model's attention to the operands of each step, at the tokens of each module.

The operands of a step are known from the text with fetches, so texts without fetches can be
compared (Figure H1 of the paper): there, the result must be written with the operands far away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from compiler.sources import CharRange, OperandSource, state_operands
from compiler.text import ROLES, Role, Text
from evaluation.attention.measurement import measurable, measure
from evaluation.models.alignment import TokenizedText, tokenize_text
from evaluation.problems.replays import EvalProblem, TaskRange, references

Int64Array = NDArray[np.int64]
HeadSums = NDArray[np.float64]
"""float64[layers, heads]: sum of shares of attention by layer and head."""


class OperandFigures(NamedTuple):
    """Mean attention at the tokens of one module of the steps that have operands.

    Attributes
    ----------
    tokens, right
        Number of tokens, and of those that the model would have written.
    source
        Share on the places where the operands were last written before the step.
    copy
        Share on the values that the step itself has fetched so far; 0 without fetches.
    chance
        Share that as many tokens before the step get on average.
    """

    task: str
    range: str
    module: str
    tokens: int
    right: int
    source: float
    copy: float
    chance: float


@dataclass(eq=False)
class _ModuleSums:
    """Sums over the tokens of one task, range and module."""

    tokens: int = 0
    right: int = 0
    source: HeadSums | float = 0.0
    copy: HeadSums | float = 0.0
    chance: HeadSums | float = 0.0


def operand_attention(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    problems: Sequence[EvalProblem],
    *,
    heads: int,
    chat: bool = False,
) -> list[OperandFigures]:
    """Have a model read the references of problems, and return its attention to operands.

    The shares are means over as many ``heads`` with the most attention to sources and copies at the
    tokens of the module, in the first range of each task. Problems that exceed the model's context
    are left out.

    Raises
    ------
    ValueError
        If a reference has no chain of thought, or other states than the text with fetches.
    """
    context: int = model.config.get_text_config().max_position_embeddings
    sums: dict[tuple[TaskRange, Role], _ModuleSums] = {}
    full_problems = [_with_fetches(problem) for problem in problems]
    with measurable(model):
        for problem, reference, full in zip(
            problems, references(problems), references(full_problems), strict=True
        ):
            tokenized = tokenize_text(tokenizer, problem.prompt, reference.string, chat=chat)
            if not problem.fits or len(tokenized.tokens) > context:
                continue
            for role, part in _measure_problem(model, problem, reference, full, tokenized).items():
                _add(sums.setdefault((problem.part, role), _ModuleSums()), part)
    return _figures(sums, heads)


def _with_fetches(problem: EvalProblem) -> EvalProblem:
    """Return a problem whose reference has all modules and steps of the same run."""
    if not problem.chain:
        raise ValueError(f"problem {problem.id} has no chain of thought, and so no operands")
    form = problem.replay.form
    without = tuple(name for name in form.without if name != Role.FETCH)
    return problem._replace(replay=replace(problem.replay, form=replace(form, without=without)))


def _measure_problem(
    model: PreTrainedModel,
    problem: EvalProblem,
    reference: Text,
    full: Text,
    tokenized: TokenizedText,
) -> dict[Role, _ModuleSums]:
    """Return the sums of one problem by module."""
    states = state_operands(reference, full, problem.facts)
    spans = tokenized.spans_of_tokens(reference.spans.start)
    roles, owners = reference.spans.role[spans], reference.spans.state[spans]
    begin = tokenized.text_start
    _, first, inverse = np.unique(owners, return_index=True, return_inverse=True)
    starts = begin + first[inverse]
    rows = [
        row for row, state in enumerate(owners.tolist()) if state >= 0 and states[state].sources
    ]
    if not rows:
        return {}
    places = [
        _places(tokenized, states[owners[row]].sources, states[owners[row]].copies) for row in rows
    ]
    widest_source = max(len(sources) for sources, _ in places)
    widest_copy = max(len(copies) for _, copies in places)
    stretches = np.zeros((len(rows), 1 + widest_source + widest_copy, 2), np.int64)
    for stretch, row, (sources, copies) in zip(stretches, rows, places, strict=True):
        stretch[0] = 1, starts[row]  # all before the state but the first token
        stretch[1 : 1 + len(sources)] = sources
        written = [place for place in copies if place[1] <= begin + row]
        stretch[1 + widest_source : 1 + widest_source + len(written)] = np.reshape(written, (-1, 2))
    tokens = begin + np.array(rows)
    # The query that predicts a token is the token before it.
    measured = measure(model, tokenized.tokens, (tokens - 1).tolist(), torch.from_numpy(stretches))
    shares = measured.shares.numpy()
    right = measured.likeliest.numpy() == np.array(tokenized.tokens)[tokens]
    sizes = stretches[:, :, 1] - stretches[:, :, 0]
    fractions = sizes[:, 1 : 1 + widest_source].sum(axis=1) / np.maximum(1, sizes[:, 0])
    result = {}
    for number, role in enumerate(ROLES):
        chosen = roles[rows] == number
        if chosen.any():
            part = shares[:, :, chosen]
            result[role] = _ModuleSums(
                tokens=int(chosen.sum()),
                right=int(right[chosen].sum()),
                source=part[..., 1 : 1 + widest_source].sum(axis=(2, 3), dtype=float),
                copy=part[..., 1 + widest_source :].sum(axis=(2, 3), dtype=float),
                chance=(part[..., 0] * fractions[chosen]).sum(axis=2, dtype=float),
            )
    return result


def _places(
    tokenized: TokenizedText, sources: Sequence[OperandSource], copies: Sequence[CharRange]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the tokens of the values of sources and of copies."""
    places = []
    for source in sources:
        to_tokens = tokenized.prompt_tokens if source.in_prompt else tokenized.text_tokens
        if (place := to_tokens(source.value)) is not None:
            places.append(place)
    return places, [tokenized.text_tokens(characters) for characters in copies]


def _add(sums: _ModuleSums, part: _ModuleSums) -> None:
    sums.tokens += part.tokens
    sums.right += part.right
    sums.source = sums.source + part.source
    sums.copy = sums.copy + part.copy
    sums.chance = sums.chance + part.chance


def _figures(sums: dict[tuple[TaskRange, Role], _ModuleSums], count: int) -> list[OperandFigures]:
    """Return the figures, over the heads that the first range of each task and module chooses."""
    chosen: dict[tuple[str, Role], Int64Array] = {}
    figures = []
    for ((task, range_name), role), part in sums.items():
        shares = np.asarray(part.source) + np.asarray(part.copy)
        if (task, role) not in chosen:
            chosen[task, role] = np.argsort(-shares, axis=None, kind="stable")[:count]
        heads = chosen[task, role]
        source, copy, chance = (
            float(np.asarray(each).ravel()[heads].mean()) / part.tokens
            for each in (part.source, part.copy, part.chance)
        )
        figures.append(
            OperandFigures(
                task, range_name, role.value, part.tokens, part.right, source, copy, chance
            )
        )
    return figures
