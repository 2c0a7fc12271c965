"""The figures of one task and range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compiler import Role
from evaluation.problems.replays import EvalProblem
from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share, chance, pass_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """The scores of one task and range.

    Attributes
    ----------
    lengths
        The least and the greatest length of the range.
    items
        How many problems were posed.
    asked
        How many were asked for; where there are fewer, these are all there are.
    fitting, distinct
        Of how many the text fits the model's context, and how many of these are different.
    longest
        Tokens, or what the backend counts, of the longest prompt and reference together.
    unit
        What is counted.
    cut
        Whether the longest reference is longer still: it was not written to its end.
    samples
        Outputs for each item that fits.
    verdicts
        How many outputs, and items that do not fit, came to each verdict.
    exact
        How many outputs are the machine's text, character for character.
    chance
        What always giving the commonest answer would score.
    chain
        Whether there were chains of thought to compare; if not, only answers count.
    roles, steps
        Of the others, by where they first diverge: how many in each module, and in each step.
    lucky, slipped
        Outputs with a right answer after wrong reasoning, and without one after right reasoning.
    passes
        pass@k, by k.
    limit
        Tokens that an output could have; 0 where nothing fits.
    """

    task: str
    range: str
    lengths: tuple[int, int]
    items: int
    asked: int
    fitting: int
    distinct: int
    longest: int
    unit: str
    cut: bool
    samples: int
    verdicts: Mapping[Verdict, int]
    exact: int
    chance: float
    chain: bool
    roles: Mapping[Role, int]
    steps: Mapping[str, int]
    lucky: int
    slipped: int
    passes: Mapping[int, float]
    limit: int

    @property
    def accuracy(self) -> Share:
        """Label accuracy, pass@1: right answers among the items that fit."""
        return self._share(self.verdicts.get(Verdict.RIGHT, 0))

    @property
    def exactness(self) -> Share:
        """Exact chains among the items that fit."""
        return self._share(self.exact)

    @property
    def overall(self) -> Share:
        """Label accuracy with the items that do not fit counted as wrong."""
        return Share(self.accuracy.hits, self.items, self.items - self.fitting + self.distinct)

    @property
    def notes(self) -> list[str]:
        """What a reader of the figures must know besides."""
        said = []
        if self.items < self.asked:
            said.append(f"{self.items:,} problems are all there are ({self.asked:,} asked)")
        if 0 < self.fitting < self.items:
            rate = f"{100 * self.overall.rate:.1f}"
            said.append(f"{self.fit}; with the others counted wrong, label accuracy {rate}")
        elif self.fit:
            said.append(self.fit)
        return said

    @property
    def fit(self) -> str:
        """What is to be said where not all items fit; else empty."""
        if self.fitting == self.items:
            return ""
        over = "over " if self.cut else ""
        if not self.fitting:
            return f"does not fit ({over}{self.longest:,} {self.unit})"
        return f"fits {self.fitting:,} of {self.items:,}"

    def _share(self, outputs: int) -> Share:
        return Share(outputs / self.samples, self.fitting, self.distinct)


def row_of(
    scores: Sequence[Score],
    fitting: Sequence[EvalProblem],
    sizes: Sequence[int],
    samples: int,
    passes: Sequence[int],
    asked: int | None,
    unit: str,
    limit: int,
) -> ScoreRow:
    """The row of one task and range.

    Parameters
    ----------
    fitting
        The items that fit.
    sizes
        Tokens of prompt and reference of each item.
    asked
        How many items were asked for, where that is known.
    """
    first = scores[0].item
    diverged = [score.divergence for score in scores if score.divergence is not None]
    right = Counter(score.item.id for score in scores if score.verdict is Verdict.RIGHT)
    return ScoreRow(
        task=first.task.name,
        range=first.range,
        lengths=first.task.ranges[first.range],
        items=len(sizes),
        asked=len(sizes) if asked is None else asked,
        fitting=len(fitting),
        distinct=len({item.instance.digest for item in fitting}),
        longest=max(sizes),
        unit=unit,
        cut=any(not score.item.fits for score in scores),
        samples=samples,
        verdicts=Counter(score.verdict for score in scores),
        exact=sum(score.exact for score in scores),
        chance=chance([item.gold for item in fitting]),
        chain=first.chain,
        roles=Counter(divergence.role for divergence in diverged),
        steps=Counter(divergence.step or "answer" for divergence in diverged),
        lucky=sum(s.verdict is Verdict.RIGHT and first.chain and not s.reasoned for s in scores),
        slipped=sum(s.verdict is not Verdict.RIGHT and s.reasoned for s in scores),
        passes={
            k: sum(pass_at(k, samples, right[item.id]) for item in fitting) / max(1, len(fitting))
            for k in passes
        },
        limit=limit,
    )
