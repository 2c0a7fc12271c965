"""Where a model looks while it writes each module: at its own state, at the prompt, at a source.

The machine's text is given to the model, and at each token it is seen where the attention goes by
which the token is predicted, and whether it would have been. A fetch has a source, the place where
its operand was last said: a model that goes on past the lengths it saw finds it there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from compiler.sources import CharRange, fetches, find_facts
from compiler.text import ROLES, Text
from evaluation.attention.measurement import look, watched
from evaluation.models.tokens import encode, encode_prompts, offsets
from evaluation.problems.replays import EvalProblem, references

Numbers = NDArray[np.int64]
Shares = NDArray[np.float32]

WHERE = ("sink", "prompt", "earlier", "own")
"""What every token before is part of, seen from one that is to be predicted: the first token of
all, on which attention rests that is not needed; the rest of the prompt; the atomic states before;
the own state, as far as it is written."""


class Fetch(NamedTuple):
    """A fetch, and how its source was looked at when its value was to be written.

    Attributes
    ----------
    id
        The problem's.
    state, step, label, name
        See ``Span``.
    at, distance
        Tokens: before the value, and from there back to the source's value.
    right
        Whether the model finds the value's first token likeliest.
    source
        float32[layers, heads]: the share of attention that falls on the source's value.
    chance
        float32[layers, heads]: what so many tokens of the prompt and of earlier states get on
        average.
    """

    id: str
    state: int
    step: str
    label: str
    name: str
    at: int
    distance: int
    right: bool
    source: Shares
    chance: Shares


@dataclass(eq=False)
class Looks:
    """What was seen on the problems of one task and range.

    Attributes
    ----------
    problems, left_out
        How many were read, and how many were not since they are too long for the model.
    tokens, right
        int64[roles]: tokens of each role, and those that the model would have written.
    shares
        float64[roles, layers, heads, where]: the sum over these tokens.
    """

    task: str
    range: str
    problems: int = 0
    left_out: int = 0
    tokens: Numbers = field(default_factory=lambda: np.zeros(len(ROLES), np.int64))
    right: Numbers = field(default_factory=lambda: np.zeros(len(ROLES), np.int64))
    shares: NDArray[np.float64] | float = 0.0
    fetches: list[Fetch] = field(default_factory=list)

    def mean(self, role: int) -> NDArray[np.float64]:
        """float64[where]: shares of attention at the tokens of a role, over layers and heads."""
        tokens = max(1, self.tokens[role].item())
        mean: NDArray[np.float64] = np.asarray(self.shares)[role].mean(axis=(0, 1)) / tokens
        return mean

    def by_head(self) -> Shares:
        """float32[layers, heads]: what falls on the source, over all fetches."""
        mean: Shares = np.stack([fetch.source for fetch in self.fetches]).mean(axis=0)
        return mean


def observe(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    items: Sequence[EvalProblem],
    *,
    chat: bool = False,
    advance: Callable[[int], None] = lambda done: None,
) -> list[Looks]:
    """Have a model read the machine's text of problems, and see where it looks.

    Returns
    -------
    list
        One for each task and range, in the order of the items.

    Raises
    ------
    ValueError
        When an item has no chain of thought, or the attention of such a model cannot be seen.
    """
    context: int = model.config.get_text_config().max_position_embeddings
    found: dict[tuple[str, str], Looks] = {}
    with watched(model):
        for item, text in zip(items, references(items), strict=True):
            if not item.chain:
                raise ValueError(f"{item.id} has no chain of thought to look at")
            key = (item.task.name, item.range)
            looks = found.setdefault(key, Looks(*key))
            read = _read(tokenizer, item, text, chat=chat)
            if not item.fits or len(read.tokens) > context:
                looks.left_out += 1
            else:
                _add(looks, model, item, text, read)
            advance(1)
    return list(found.values())


def lookup_heads(all_looks: Sequence[Looks], count: int) -> list[tuple[int, int]]:
    """The (layer, head) that look most at sources in the first range of each task.

    Those of longer ranges are not asked: whether the same heads still find the source is what a
    study of lengths is about.
    """
    first: dict[str, Looks] = {}
    for looks in all_looks:
        if looks.fetches:
            first.setdefault(looks.task, looks)
    if not first:
        return []
    shares = np.mean([looks.by_head() for looks in first.values()], axis=0)
    order = np.argsort(-shares, axis=None, kind="stable")[:count]
    return [(int(i) // shares.shape[1], int(i) % shares.shape[1]) for i in order]


class _Read(NamedTuple):
    """A prompt and a text as tokens.

    Attributes
    ----------
    tokens
        Of the prompt, as the model is given it, and of the text.
    asked
        int64[...]: where the prompt's tokens end, in its characters; ``before`` stand ahead of it.
    ends
        int64[...]: where the text's tokens end, in its characters.
    """

    tokens: list[int]
    asked: Numbers
    before: int
    ends: Numbers

    @property
    def begin(self) -> int:
        """The place of the text's first token."""
        return len(self.tokens) - len(self.ends)

    def of_prompt(self, stretch: CharRange) -> tuple[int, int]:
        """The tokens that hold some of these characters of the prompt."""
        return _tokens(self.asked, stretch, self.before)

    def of_text(self, stretch: CharRange) -> tuple[int, int]:
        """The tokens that hold some of these characters of the text."""
        return _tokens(self.ends, stretch, self.begin)


def _tokens(ends: Numbers, stretch: CharRange, first: int) -> tuple[int, int]:
    start, end = np.searchsorted(ends, (stretch[0], stretch[1] - 1), side="right").tolist()
    return first + start, first + end + 1


def _read(
    tokenizer: PreTrainedTokenizerBase, item: EvalProblem, text: Text, *, chat: bool
) -> _Read:
    (asked,) = encode_prompts(tokenizer, [item.prompt], chat=chat)
    prompt, said = encode(tokenizer, [item.prompt, text.string])
    before = (i for i in range(len(asked)) if asked[i : i + len(prompt)] == prompt)
    begin = next(before, None)
    if begin is None:
        raise ValueError(f"{item.id}: within the chat template its prompt has other tokens")
    prompt_ends, ends = map(np.array, offsets(tokenizer, [item.prompt, text.string]))
    return _Read(asked + said, prompt_ends, begin, ends)


def _add(looks: Looks, model: PreTrainedModel, item: EvalProblem, text: Text, read: _Read) -> None:
    begin = read.begin
    # A token may reach over the border of two spans: it is of the one that holds its last letter.
    spans = np.searchsorted(text.spans.start, read.ends - 1, side="right") - 1
    roles, states = text.spans.role[spans], text.spans.state[spans]
    _, first, which = np.unique(states, return_index=True, return_inverse=True)
    places = np.arange(begin, len(read.tokens))
    own = np.minimum(begin + first[which], places)
    borders = np.stack([0 * own, 0 * own + 1, 0 * own + begin, own, places], axis=1)
    stretches = np.zeros((len(places), len(WHERE) + 1, 2), np.int64)
    stretches[:, :-1] = np.stack([borders[:, :-1], borders[:, 1:]], axis=2)
    values = {}
    for pair, source in fetches(text, find_facts(item.prompt, item.task.facts(item.instance))):
        at = read.of_text(pair.value[:2])[0] - begin
        stretches[at, -1] = (read.of_prompt if source.in_prompt else read.of_text)(source.value)
        values[at] = pair.value
    # The query that predicts a token is one before it.
    seen = look(model, read.tokens, (places - 1).tolist(), torch.from_numpy(stretches))
    right = seen.said.numpy() == read.tokens[begin:]
    shares = seen.shares.numpy()
    looks.problems += 1
    looks.tokens += np.bincount(roles, minlength=len(ROLES))
    looks.right += np.bincount(roles[right], minlength=len(ROLES))
    of_roles = [shares[:, :, roles == r, :-1].sum(axis=2, dtype=float) for r in range(len(ROLES))]
    looks.shares = looks.shares + np.stack(of_roles)
    for at, value in values.items():
        start, end = stretches[at, -1].tolist()
        elsewhere = shares[:, :, at, 1:3].sum(axis=2) / max(1, own[at] - 1)
        fetch = Fetch(
            id=item.id,
            state=value.state,
            step=value.step,
            label=value.label,
            name=value.name,
            at=begin + at,
            distance=begin + at - start,
            right=bool(right[at]),
            source=shares[:, :, at, -1].copy(),
            chance=elsewhere * (end - start),
        )
        looks.fetches.append(fetch)
