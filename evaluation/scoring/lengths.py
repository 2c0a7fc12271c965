"""Scores by the exact length of a problem, which show where a model stops to generalise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share


class Outcome(NamedTuple):
    """Result of one output for a problem that fits the model's context.

    Attributes
    ----------
    length
        Exact length of the problem; see ``Task.length``.
    problem
        Equal for outputs that are no further evidence: those for the same problem.
    exact
        Whether the chain of thought is exact; None without chains.
    """

    task: str
    length: int
    problem: str | bytes
    right: bool
    exact: bool | None


class LengthScores(NamedTuple):
    """Scores of the problems of one task and exact length.

    Attributes
    ----------
    accuracy
        Answer accuracy; its interval counts different problems.
    exactness
        Exact chains; None without chains.
    """

    task: str
    length: int
    accuracy: Share
    exactness: Share | None


def outcomes(scores: Iterable[Score]) -> list[Outcome]:
    """Return the outcome of each score whose problem fits the model's context."""
    return [
        Outcome(
            score.problem.task.name,
            score.length,
            score.problem.instance.digest,
            score.verdict is Verdict.RIGHT,
            score.exact if score.problem.chain else None,
        )
        for score in scores
        if score.verdict is not Verdict.NO_FIT
    ]


def scores_by_length(results: Iterable[Outcome]) -> list[LengthScores]:
    """Return the scores of each task and length; tasks in order, lengths ascending."""
    groups: dict[str, dict[int, list[Outcome]]] = {}
    for outcome in results:
        groups.setdefault(outcome.task, {}).setdefault(outcome.length, []).append(outcome)
    return [
        _length_scores(task, length, lengths[length])
        for task, lengths in groups.items()
        for length in sorted(lengths)
    ]


def _length_scores(task: str, length: int, group: Sequence[Outcome]) -> LengthScores:
    distinct = len({outcome.problem for outcome in group})
    exact = [outcome.exact for outcome in group if outcome.exact is not None]
    return LengthScores(
        task,
        length,
        Share(sum(outcome.right for outcome in group), len(group), distinct),
        Share(sum(exact), len(group), distinct) if exact else None,
    )
