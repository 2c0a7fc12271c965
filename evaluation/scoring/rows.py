"""The figures of one task and range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from compiler import Role
from evaluation.problems.replays import EvalProblem
from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share, pass_at
from tasks.corpus.records.shortcuts import COMMONEST, shortcut_accuracies
from tasks.wordings import SEEN, UNSEEN
from tm.support.html import fragment, html_table


class WordingScores(NamedTuple):
    """Scores of the problems of a row that are posed in wordings of one kind.

    Attributes
    ----------
    problems
        Number of problems that fit the model's context.
    """

    problems: int
    accuracy: Share
    exactness: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """Scores of one task and range.

    Attributes
    ----------
    lengths
        Minimum and maximum length of the range.
    problems
        Number of problems.
    requested
        Number of problems requested; more than ``problems`` if the range has fewer.
    fitting, distinct
        Number of problems that fit the model's context, and number of distinct ones among them.
    longest
        Length of the longest prompt and reference together, in ``unit``.
    reference_length
        Mean length of the references of the problems that fit, in ``unit``; 0 if none fits.
    unit
        Unit of lengths; see ``Backend.unit``.
    cut
        Whether the longest reference is incomplete, so that its true length is greater.
    samples
        Number of outputs for each problem that fits.
    verdicts
        Number of outputs by verdict; a problem that does not fit counts as one output.
    exact
        Number of outputs that are the reference, character for character.
    lenient
        Number of outputs with a right answer by the lenient reader.
    shortcuts
        Accuracy of rules that solve nothing, by name: always giving the commonest answer, and the
        rules of ``Task.shortcuts``.
    chain
        Whether there are chains of thought to compare; otherwise only answers count.
    roles, steps
        Number of outputs that first diverge in each module, and in each step.
    lucky, slipped
        Number of outputs with a right answer after wrong reasoning, and of outputs without a right
        answer after right reasoning.
    wordings
        Scores by the kind of the wordings, ``unseen`` or ``seen`` in training, of the problems that
        fit; only the kinds that occur.
    pass_at
        pass@k by k.
    token_limit
        Maximum number of tokens of an output; 0 if no problem fits.
    verified, near_ties
        Number of outputs decoded with a draft, and of tokens that were near ties in them.
    least_margin
        Least margin of them all; see ``evaluation.backends.base.Verification``.
    """

    task: str
    range: str
    lengths: tuple[int, int]
    problems: int
    requested: int
    fitting: int
    distinct: int
    longest: int
    reference_length: float
    unit: str
    cut: bool
    samples: int
    verdicts: Mapping[Verdict, int]
    exact: int
    lenient: int
    shortcuts: Mapping[str, float]
    chain: bool
    roles: Mapping[Role, int]
    steps: Mapping[str, int]
    lucky: int
    slipped: int
    wordings: Mapping[str, WordingScores]
    pass_at: Mapping[int, float]
    token_limit: int
    verified: int
    near_ties: int
    least_margin: float | None

    def __repr__(self) -> str:
        return f"<ScoreRow {self._title}: {self._summary}>"

    def _repr_html_(self) -> str:
        shares = [("answer accuracy", self.accuracy)]
        shares += [("exact chains", self.exactness)] if self.chain else []
        rows = [(name, f"{share.percent} %") for name, share in shares if self.fitting]
        rows += [(verdict.value.replace("_", " "), str(n)) for verdict, n in self.verdicts.items()]
        rows += [(f"diverges in {role}", str(count)) for role, count in self.roles.items()]
        note = "; ".join(self.notes)
        return fragment(f"Scores of {self._title}", html_table(("", ""), rows), note=note)

    @property
    def _title(self) -> str:
        return f"{self.task} {self.range}: {self.problems:,} problems"

    @property
    def _summary(self) -> str:
        if not self.fitting:
            return self.fit
        exact = f", exact chains {self.exactness.percent} %" if self.chain else ""
        return f"answer accuracy {self.accuracy.percent} %{exact}"

    @property
    def chance(self) -> float:
        """Accuracy of the best shortcut."""
        return max(self.shortcuts.values())

    @property
    def best_shortcut(self) -> str:
        """Name of the shortcut with the greatest accuracy; the first of several."""
        return max(self.shortcuts, key=lambda name: self.shortcuts[name])

    @property
    def accuracy(self) -> Share:
        """Answer accuracy (pass@1): right answers among the problems that fit."""
        return self._share(self.verdicts.get(Verdict.RIGHT, 0))

    @property
    def exactness(self) -> Share:
        """Exact chains among the problems that fit."""
        return self._share(self.exact)

    @property
    def lenient_accuracy(self) -> Share:
        """Right answers by the lenient reader, among the problems that fit."""
        return self._share(self.lenient)

    @property
    def overall(self) -> Share:
        """Answer accuracy with the problems that do not fit counted as wrong."""
        distinct = self.problems - self.fitting + self.distinct
        return Share(self.accuracy.hits, self.problems, distinct)

    @property
    def notes(self) -> list[str]:
        """Remarks on the figures: missing problems, problems that do not fit, best shortcut."""
        notes = []
        if self.problems < self.requested:
            notes.append(
                f"the range has only {self.problems:,} problems ({self.requested:,} requested)"
            )
        if 0 < self.fitting < self.problems:
            rate = f"{100 * self.overall.rate:.1f}"
            notes.append(f"{self.fit}; answer accuracy with the others counted as wrong: {rate}")
        elif self.fit:
            notes.append(self.fit)
        if self.lenient != self.verdicts.get(Verdict.RIGHT, 0):
            notes.append(f"answer accuracy by the lenient reader: {self.lenient_accuracy.percent}")
        if self.best_shortcut != COMMONEST:
            notes.append(f"chance is that of the rule `{self.best_shortcut}`")
        if self.near_ties:
            notes.append(f"near ties decided by plain decoding: {self.near_ties:,}")
        return notes

    @property
    def fit(self) -> str:
        """Remark for problems that do not fit the model's context; empty if all fit."""
        if self.fitting == self.problems:
            return ""
        over = "over " if self.cut else ""
        if not self.fitting:
            return f"does not fit ({over}{self.longest:,} {self.unit})"
        return f"fits {self.fitting:,} of {self.problems:,}"

    def _share(self, outputs: int) -> Share:
        return Share(outputs / self.samples, self.fitting, self.distinct)


def score_row(
    scores: Sequence[Score],
    fitting: Sequence[EvalProblem],
    *,
    lengths: Sequence[int],
    reference_length: float,
    samples: int,
    pass_ks: Sequence[int],
    requested: int | None,
    unit: str,
    token_limit: int,
) -> ScoreRow:
    """Return the row of one task and range.

    Parameters
    ----------
    fitting
        Problems that fit the model's context.
    lengths
        Length of prompt and reference of every problem, in ``unit``.
    reference_length
        Mean length of a reference, in ``unit``.
    requested
        Number of problems requested; None means as many as there are.
    """
    first = scores[0].problem
    diverged = [score.divergence for score in scores if score.divergence is not None]
    verified = [v for score in scores if (v := score.output.verification) is not None]
    margins = [v.least_margin for v in verified if v.least_margin is not None]
    right = Counter(score.problem.id for score in scores if score.verdict is Verdict.RIGHT)
    return ScoreRow(
        task=first.task.name,
        range=first.range,
        lengths=first.task.ranges[first.range],
        problems=len(lengths),
        requested=len(lengths) if requested is None else requested,
        fitting=len(fitting),
        distinct=len({problem.instance.digest for problem in fitting}),
        longest=max(lengths),
        reference_length=reference_length,
        unit=unit,
        cut=any(not score.problem.fits for score in scores),
        samples=samples,
        verdicts=Counter(score.verdict for score in scores),
        exact=sum(score.exact for score in scores),
        lenient=sum(score.lenient for score in scores),
        shortcuts=shortcut_accuracies(first.task, [(p.instance, p.gold) for p in fitting]),
        chain=first.chain,
        roles=Counter(divergence.role for divergence in diverged),
        steps=Counter(divergence.step or "answer" for divergence in diverged),
        lucky=sum(s.verdict is Verdict.RIGHT and first.chain and not s.reasoned for s in scores),
        slipped=sum(s.verdict is not Verdict.RIGHT and s.reasoned for s in scores),
        wordings=_by_wording(scores, fitting, samples),
        pass_at={
            k: sum(pass_at(k, samples, right[problem.id]) for problem in fitting)
            / max(1, len(fitting))
            for k in pass_ks
        },
        token_limit=token_limit,
        verified=len(verified),
        near_ties=sum(v.near_ties for v in verified),
        least_margin=min(margins, default=None),
    )


def _by_wording(
    scores: Sequence[Score], fitting: Sequence[EvalProblem], samples: int
) -> dict[str, WordingScores]:
    kinds = {p.id: p.task.wording_kind(p.wording) for p in fitting}
    by_kind = {}
    for kind in (UNSEEN, SEEN):
        own = [problem for problem in fitting if kinds[problem.id] == kind]
        if not own:
            continue
        distinct = len({problem.instance.digest for problem in own})
        judged = [score for score in scores if kinds.get(score.problem.id) == kind]
        right, exact = (
            Share(sum(marks) / samples, len(own), distinct)
            for marks in (
                [score.verdict is Verdict.RIGHT for score in judged],
                [score.exact for score in judged],
            )
        )
        by_kind[kind] = WordingScores(len(own), right, exact)
    return by_kind
