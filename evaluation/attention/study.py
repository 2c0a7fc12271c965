"""Study where a model's attention goes while it writes each module of a chain of thought.

The model reads the machine's text. At each token, the study measures the attention with which the
token is predicted, and whether the model would have written it. A fetch has a source: the place
where its operand was last written. A model that generalises to longer texts finds it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from compiler.sources import fetches
from compiler.text import ROLES, Text
from evaluation.attention.measurement import measurable, measure
from evaluation.backends.base import Advance
from evaluation.models.alignment import TokenizedText, tokenize_text
from evaluation.models.tokens import encode
from evaluation.problems.replays import EvalProblem, TaskRange, references

Int64Array = NDArray[np.int64]
HeadShares = NDArray[np.float32]
"""float32[layers, heads]: share of attention by layer and head."""

CONTEXT_PARTS = ("sink", "prompt", "earlier", "own")
"""Parts of the text before a token: the first token of all, where unneeded attention rests; the
rest of the prompt; the earlier atomic states; the token's own atomic state."""


class FetchAttention(NamedTuple):
    """Attention to the source of a fetch when its value is predicted.

    Attributes
    ----------
    id
        Id of the problem.
    state, step, label, name
        Fields of the span of the value; see ``compiler.Span``.
    at, distance
        Number of tokens before the value, and from there back to the value at the source.
    right
        Whether the model's likeliest token is the value's first token.
    source
        Share of attention on the value at the source.
    chance
        Share that an equal number of tokens of the prompt and of earlier states gets on average.
    """

    id: str
    state: int
    step: str
    label: str
    name: str
    at: int
    distance: int
    right: bool
    source: HeadShares
    chance: HeadShares


@dataclass(eq=False)
class RangeAttention:
    """Attention on the problems of one task and range.

    Attributes
    ----------
    problems, left_out
        Number of problems that were read, and of problems that exceed the model's context.
    tokens, right
        int64[roles]: number of tokens of each role, and of those that the model would have written.
    shares
        float64[roles, layers, heads, parts]: sum of the shares of these tokens, by part of the
        context.
    fetches
        The fetches that have a source.
    """

    task: str
    range: str
    problems: int = 0
    left_out: int = 0
    tokens: Int64Array = field(default_factory=lambda: np.zeros(len(ROLES), np.int64))
    right: Int64Array = field(default_factory=lambda: np.zeros(len(ROLES), np.int64))
    shares: NDArray[np.float64] | float = 0.0
    fetches: list[FetchAttention] = field(default_factory=list)

    def mean(self, role: int) -> NDArray[np.float64]:
        """Return float64[parts]: mean shares at the tokens of a role, over layers and heads."""
        tokens = max(1, self.tokens[role].item())
        mean: NDArray[np.float64] = np.asarray(self.shares)[role].mean(axis=(0, 1)) / tokens
        return mean

    def source_shares(self) -> HeadShares:
        """Return the mean share on the source, over all fetches."""
        mean: HeadShares = np.stack([fetch.source for fetch in self.fetches]).mean(axis=0)
        return mean


def study_attention(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    problems: Sequence[EvalProblem],
    *,
    chat: bool = False,
    advance: Advance = lambda done: None,
) -> list[RangeAttention]:
    """Have a model read the references of problems, and return where its attention goes.

    Parameters
    ----------
    chat
        Whether prompts are put into the model's chat template.
    advance
        Progress callback, which counts problems.

    Returns
    -------
    list
        One entry for each task and range, in the order of the problems.

    Raises
    ------
    ValueError
        If a problem has no chain of thought, or the model's attention cannot be measured.
    """
    context: int = model.config.get_text_config().max_position_embeddings
    ranges: dict[TaskRange, RangeAttention] = {}
    with measurable(model):
        for problem, reference in zip(problems, references(problems), strict=True):
            if not problem.chain:
                raise ValueError(
                    f"problem {problem.id} has no chain of thought to study; "
                    "choose another form of the references"
                )
            attention = ranges.setdefault(problem.part, RangeAttention(*problem.part))
            tokenized = tokenize_text(tokenizer, problem.prompt, reference.string, chat=chat)
            if tokenized.prompt_start is None:
                raise ValueError(
                    f"problem {problem.id}: the chat template changes the tokens of its prompt, so "
                    "its facts cannot be found; study the model without the template"
                )
            if not problem.fits or len(tokenized.tokens) > context:
                attention.left_out += 1
            else:
                _add_problem(attention, model, problem, reference, tokenized)
            advance(1)
    return list(ranges.values())


def study_seconds(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    problems: Sequence[EvalProblem],
    *,
    chat: bool = False,
) -> float:
    """Return the expected time of ``study_attention``, in seconds, from that of one problem.

    It is a problem whose length is nearest to the root mean square of all, since the time grows at
    most with the square of the length.
    """
    context: int = model.config.get_text_config().max_position_embeddings
    texts = [problem.prompt + problem.completion for problem in problems]
    sizes = np.array([len(ids) for ids in encode(tokenizer, texts)])
    readable = np.flatnonzero((sizes <= context) & [problem.fits for problem in problems])
    if not len(readable):
        return 0.0
    typical = np.sqrt(np.mean(sizes[readable] ** 2.0))
    problem = problems[readable[np.abs(sizes[readable] - typical).argmin()]]
    study_attention(model, tokenizer, [problem], chat=chat)  # PyTorch prepares its kernels
    started = monotonic()
    study_attention(model, tokenizer, [problem], chat=chat)
    return (monotonic() - started) * len(readable)


def lookup_heads(ranges: Sequence[RangeAttention], count: int) -> list[tuple[int, int]]:
    """Return the ``count`` heads that attend most to sources, as pairs of layer and head.

    Only the first range of each task counts, since a study of length generalisation asks whether
    the same heads still find the source in the longer ranges.
    """
    first: dict[str, RangeAttention] = {}
    for attention in ranges:
        if attention.fetches:
            first.setdefault(attention.task, attention)
    if not first:
        return []
    shares = np.mean([attention.source_shares() for attention in first.values()], axis=0)
    order = np.argsort(-shares, axis=None, kind="stable")[:count]
    return [(int(i) // shares.shape[1], int(i) % shares.shape[1]) for i in order]


def _add_problem(
    attention: RangeAttention,
    model: PreTrainedModel,
    problem: EvalProblem,
    reference: Text,
    tokenized: TokenizedText,
) -> None:
    """Measure one problem, and add its figures."""
    text_start = tokenized.text_start
    spans = tokenized.spans_of_tokens(reference.spans.start)
    roles, states = reference.spans.role[spans], reference.spans.state[spans]
    _, first, state_indices = np.unique(states, return_index=True, return_inverse=True)
    tokens = np.arange(text_start, len(tokenized.tokens))
    own_start = np.minimum(text_start + first[state_indices], tokens)
    borders = np.stack(
        [0 * tokens, 0 * tokens + 1, 0 * tokens + text_start, own_start, tokens], axis=1
    )
    stretches = np.zeros((len(tokens), len(CONTEXT_PARTS) + 1, 2), np.int64)
    stretches[:, :-1] = np.stack([borders[:, :-1], borders[:, 1:]], axis=2)
    values = {}
    for pair, source in fetches(reference, problem.facts):
        row = tokenized.text_tokens(pair.value[:2])[0] - text_start
        to_tokens = tokenized.prompt_tokens if source.in_prompt else tokenized.text_tokens
        place = to_tokens(source.value)
        assert place is not None  # as the start of the prompt is known
        stretches[row, -1] = place
        values[row] = pair.value
    # The query that predicts a token is the token before it.
    measured = measure(model, tokenized.tokens, (tokens - 1).tolist(), torch.from_numpy(stretches))
    right = measured.likeliest.numpy() == tokenized.tokens[text_start:]
    shares = measured.shares.numpy()
    attention.problems += 1
    attention.tokens += np.bincount(roles, minlength=len(ROLES))
    attention.right += np.bincount(roles[right], minlength=len(ROLES))
    by_role = [shares[:, :, roles == r, :-1].sum(axis=2, dtype=float) for r in range(len(ROLES))]
    attention.shares = attention.shares + np.stack(by_role)
    for row, value in values.items():
        start, end = stretches[row, -1].tolist()
        mean_share = shares[:, :, row, 1:3].sum(axis=2) / max(1, own_start[row] - 1)
        attention.fetches.append(
            FetchAttention(
                id=problem.id,
                state=value.state,
                step=value.step,
                label=value.label,
                name=value.name,
                at=text_start + row,
                distance=text_start + row - start,
                right=bool(right[row]),
                source=shares[:, :, row, -1].copy(),
                chance=mean_share * (end - start),
            )
        )
