"""Figures of a study: scores of each arm, task and range over its seeds, beside the paper's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import hypot
from typing import NamedTuple

from evaluation.paper import INDEX_HINT, REVERSED, TAIL, UNTRAINED, PaperFigure, paper_figure
from evaluation.scoring.lengths import LengthScores, Outcome, scores_by_length
from evaluation.scoring.scores import Verdict
from evaluation.scoring.statistics import Pooled, Share, pool_runs
from evaluation.studies.rows import StudyItem, StudyRow

ArmPart = tuple[str, str, str, str]
"""Arm, task, range, and the wordings that pose the problems."""

UNTAUGHT_STYLES = ("answer", "plain")
"""Styles of arms that the paper did not train; see ``StudyRow.style``."""


class ArmScores(NamedTuple):
    """Scores of one arm on one task and range, in one kind of wordings.

    Attributes
    ----------
    rows
        The row of each seed.
    problems
        Number of different problems that were scored.
    accuracy, exactness
        Answer accuracy and exact chains, with an interval for other problems (Wilson), and with
        several seeds for other seeds as well (bootstrap). None if no problem fits the model's
        context; the latter also without chains.
    outputs
        Number of outputs of all seeds.
    modules, steps
        Number of outputs by module and by step of their first divergence.
    paper
        The paper's figure for the same method; None if it states none.
    """

    arm: str
    task: str
    range: str
    wordings: str
    rows: tuple[StudyRow, ...]
    problems: int
    accuracy: Share | Pooled | None
    exactness: Share | Pooled | None
    outputs: int
    modules: Mapping[str, int]
    steps: Mapping[str, int]
    paper: PaperFigure | None

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of training."""
        return tuple(row.seed for row in self.rows)

    @property
    def chance(self) -> float:
        """Accuracy of the best rule that solves nothing, as a mean over the seeds."""
        return sum(row.chance for row in self.rows) / len(self.rows)

    @property
    def chain_tokens(self) -> float | None:
        """Mean number of tokens of a reference, over the seeds; None if unknown."""
        counts = [row.chain_tokens for row in self.rows if row.chain_tokens is not None]
        return sum(counts) / len(counts) if counts else None


def summarize(rows: Iterable[StudyRow], items: Iterable[StudyItem]) -> list[ArmScores]:
    """Return the scores of every arm, task and range, by task and range, arms in order."""
    row_groups: dict[ArmPart, list[StudyRow]] = {}
    for row in rows:
        row_groups.setdefault((row.arm, row.task, row.range, row.wordings), []).append(row)
    item_groups: dict[ArmPart, dict[int, list[StudyItem]]] = {}
    for item in fitting(items):
        part = item.arm, item.task, item.range, item.wordings
        item_groups.setdefault(part, {}).setdefault(item.seed, []).append(item)
    task_ranges = list(dict.fromkeys(part[1:3] for part in row_groups))
    ordered = sorted(row_groups, key=lambda part: task_ranges.index(part[1:3]))
    return [_arm_scores(part, row_groups[part], item_groups.get(part, {})) for part in ordered]


def _arm_scores(
    part: ArmPart, rows: Sequence[StudyRow], items: Mapping[int, Sequence[StudyItem]]
) -> ArmScores:
    runs = [items[row.seed] for row in rows if row.seed in items]
    scored = [item for run in runs for item in run]
    has_chains = all(row.exact is not None for row in rows)
    return ArmScores(
        *part,
        tuple(rows),
        len({item.id for item in scored}),
        _mean([{item.id: float(item.right) for item in run} for run in runs]),
        _mean([{item.id: float(item.exact) for item in run} for run in runs])
        if has_chains
        else None,
        len(scored),
        Counter(item.role for item in scored if item.role is not None),
        Counter(item.step or "answer" for item in scored if item.role is not None),
        paper_counterpart(rows[0]),
    )


def _mean(runs: Sequence[Mapping[str, float]]) -> Share | Pooled | None:
    if not runs:
        return None
    if len(runs) == 1:
        return Share(sum(runs[0].values()), len(runs[0]))
    return pool_runs(runs)


class MeanScores(NamedTuple):
    """Mean scores of an arm on one range over the tasks that all arms have.

    Attributes
    ----------
    tasks
        Number of these tasks.
    accuracy, exactness
        Mean answer accuracy and exact chains, each task with the same weight. The interval is for
        the same tasks; None if an arm has no chains or a task does not fit.
    nearly_all, most
        Number of tasks with at least 95 and 80 percent exact chains.
    """

    arm: str
    range: str
    wordings: str
    tasks: int
    accuracy: Pooled | None
    exactness: Pooled | None
    nearly_all: int
    most: int


def mean_scores(scores: Sequence[ArmScores]) -> list[MeanScores]:
    """Return the mean scores of each range and arm over the tasks that all of them have."""
    groups: dict[tuple[str, str, str], dict[str, ArmScores]] = {}
    for each in scores:
        groups.setdefault((each.range, each.arm, each.wordings), {})[each.task] = each
    shared = set.intersection(*(set(group) for group in groups.values())) if groups else set()
    ranges = list(dict.fromkeys(each.range for each in scores))
    means = []
    for (range_name, arm, wordings), group in groups.items():
        parts = [each for task, each in group.items() if task in shared]
        rates = [each.exactness.rate for each in parts if each.exactness]
        means.append(
            MeanScores(
                arm,
                range_name,
                wordings,
                len(parts),
                _mean_share(parts, lambda each: each.accuracy),
                _mean_share(parts, lambda each: each.exactness),
                sum(rate >= 0.95 for rate in rates),
                sum(rate >= 0.8 for rate in rates),
            )
        )
    return sorted(means, key=lambda mean: ranges.index(mean.range))


def _mean_share(
    parts: Sequence[ArmScores], share: Callable[[ArmScores], Share | Pooled | None]
) -> Pooled | None:
    """Return the mean of shares; its interval combines theirs (MOVER, Zou and Donner 2008)."""
    shares = [each for part in parts if (each := share(part)) is not None]
    if not shares or len(shares) < len(parts):
        return None
    count = len(shares)
    rate = sum(each.rate for each in shares) / count
    ends = [each.interval() for each in shares]
    below = hypot(*(each.rate - low for each, (low, _) in zip(shares, ends, strict=True))) / count
    above = hypot(*(high - each.rate for each, (_, high) in zip(shares, ends, strict=True))) / count
    return Pooled(rate, max(0.0, rate - below), min(1.0, rate + above))


def fitting(items: Iterable[StudyItem]) -> list[StudyItem]:
    """Return the scored problems that fit the model's context."""
    return [item for item in items if item.verdict != Verdict.NO_FIT]


def paper_counterpart(row: StudyRow) -> PaperFigure | None:
    """Return the paper's figure for the method of a row; None if it states none.

    The paper trained on one task at a time. On a longer range its figure is for models that were
    not trained on that range.
    """
    if row.trained_on == "":
        return paper_figure(row.task, row.range, UNTRAINED)
    trained_length = row.trained_length or 0
    seen_longer = row.range != "S" and trained_length >= row.min_length
    if row.trained_on != row.task or seen_longer or row.style in UNTAUGHT_STYLES:
        return None
    if row.style in (INDEX_HINT, REVERSED):
        return paper_figure(row.task, row.range, row.style)
    method = f"without {row.without}" if row.without else TAIL
    return paper_figure(row.task, row.range, method)


def arm_label(arm: str, wordings: str, *, several: bool) -> str:
    """Return the name of an arm, with the wordings if there are several kinds."""
    return f"{arm}, {wordings}" if several else arm


def scores_by_arm_and_length(
    rows: Sequence[StudyRow], items: Iterable[StudyItem]
) -> dict[str, list[LengthScores]]:
    """Return the scores of each task and exact length by the label of the arm."""
    several = len({row.wordings for row in rows}) > 1
    chains = {(row.arm, row.task) for row in rows if row.exact is not None}
    outcomes: dict[str, list[Outcome]] = {
        arm_label(row.arm, row.wordings, several=several): [] for row in rows
    }
    for item in fitting(items):
        exact = item.exact if (item.arm, item.task) in chains else None
        outcomes[arm_label(item.arm, item.wordings, several=several)].append(
            Outcome(item.task, item.length, item.id, item.right, exact)
        )
    return {label: scores_by_length(group) for label, group in outcomes.items()}


def trained_lengths(rows: Iterable[StudyRow]) -> dict[str, set[int]]:
    """Return the greatest lengths in training of each task, over all arms."""
    lengths: dict[str, set[int]] = {}
    for row in rows:
        if row.trained_length is not None:
            lengths.setdefault(row.task, set()).add(row.trained_length)
    return lengths
