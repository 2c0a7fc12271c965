"""From outputs to scores: an item each, then a row for every task and range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from compiler import Role
from evaluation.backends import Advance, Backend, End, Output
from evaluation.divergence import Divergence, first_divergence
from evaluation.items import Item
from evaluation.statistics import Share, chance
from tasks import Grade

MARGIN = 1.05
"""Tokens that an output may have, as a multiple of the longest reference of its task and range."""


class Verdict(StrEnum):
    """What became of an item; exactly one of these."""

    RIGHT = "right"
    WRONG = "wrong"  # a false or malformed answer
    NO_ANSWER = "no_answer"  # the model ended its text without one
    TRUNCATED = "truncated"  # the model had not ended its text at the token limit
    NO_FIT = "no_fit"  # longer than the model's context, so never asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One item's score.

    Attributes
    ----------
    answer
        The answer that was read, in its normal spelling; None if there was none.
    exact
        Whether the output is the machine's text, character for character.
    divergence
        Where it first is not; None if it is, or nothing was asked.
    """

    item: Item
    output: Output
    verdict: Verdict
    answer: str | None
    exact: bool
    divergence: Divergence | None


def score(item: Item, output: Output) -> Score:
    """Score one output; never raises, whatever it says."""
    exact = output.end is End.STOP and output.text == item.reference.string
    answer: str | None = None
    divergence = None
    if output.end is End.NO_FIT:
        verdict = Verdict.NO_FIT
    else:
        divergence = first_divergence(item.reference, output.text)
        graded = item.task.check(item.instance, output.text, gold=item.gold)
        answer = graded.answer
        if output.end is End.LENGTH:
            verdict = Verdict.TRUNCATED
        else:
            verdict = _VERDICTS[graded.grade]
    return Score(
        item=item, output=output, verdict=verdict, answer=answer, exact=exact, divergence=divergence
    )


_VERDICTS: Mapping[Grade, Verdict] = {
    Grade.CORRECT: Verdict.RIGHT,
    Grade.WRONG: Verdict.WRONG,
    Grade.MALFORMED: Verdict.WRONG,
    Grade.MISSING: Verdict.NO_ANSWER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The scores of one task and range.

    Attributes
    ----------
    lengths
        The least and the greatest length of the range.
    verdicts
        How many items came to each verdict; ``right`` over all of them is the label accuracy.
    exact
        How many outputs are the machine's text, character for character.
    chance
        What always giving the commonest answer would score.
    roles, steps
        Of the others, by where they first diverge: how many in each module, and in each step.
    limit
        Tokens that an output could have.
    """

    task: str
    range: str
    lengths: tuple[int, int]
    items: int
    verdicts: Mapping[Verdict, int]
    exact: int
    chance: float
    roles: Mapping[Role, int]
    steps: Mapping[str, int]
    limit: int

    @property
    def accuracy(self) -> Share:
        """Label accuracy, pass@1: right answers among all items."""
        return Share(self.verdicts.get(Verdict.RIGHT, 0), self.items)

    @property
    def exactness(self) -> Share:
        """Exact chains among all items."""
        return Share(self.exact, self.items)


def evaluate(
    items: Iterable[Item], backend: Backend, advance: Advance = lambda done: None
) -> tuple[list[Row], list[Score]]:
    """Have a backend solve items, and score it.

    Parameters
    ----------
    items
        Those of one task and range stand next to each other.
    advance
        Told how many more items are done.

    Returns
    -------
    list of Row, list of Score
        A row for every task and range, and a score for every item, both in the order of the items.
    """
    rows: list[Row] = []
    scores: list[Score] = []
    for _, group in groupby(items, key=lambda item: (item.task.name, item.range)):
        part = list(group)
        limit = token_limit(part, backend)
        outputs = backend.generate(part, limit, advance)
        scored = [score(item, output) for item, output in zip(part, outputs, strict=True)]
        rows.append(_row(scored, limit))
        scores += scored
    return rows, scores


def token_limit(items: Sequence[Item], backend: Backend) -> int:
    """Tokens to allow: ``MARGIN`` times the longest reference, and one for its end."""
    return int(max(backend.count([item.reference.string for item in items])) * MARGIN) + 1


def _row(scores: Sequence[Score], limit: int) -> Row:
    first = scores[0].item
    diverged = [score.divergence for score in scores if score.divergence is not None]
    return Row(
        task=first.task.name,
        range=first.range,
        lengths=first.task.ranges[first.range],
        items=len(scores),
        verdicts=Counter(score.verdict for score in scores),
        exact=sum(score.exact for score in scores),
        chance=chance([score.item.gold for score in scores]),
        roles=Counter(divergence.role for divergence in diverged),
        steps=Counter(divergence.step or "answer" for divergence in diverged),
        limit=limit,
    )
