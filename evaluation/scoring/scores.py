"""The score of each output: its verdict, and where its chain of thought leaves the reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import compress, islice, repeat
from operator import not_
from typing import NamedTuple

from compiler import Role
from evaluation.backends.base import End, Output
from evaluation.problems.replays import EvalProblem, reference_batches
from evaluation.scoring.divergence import Divergence, first_divergences
from evaluation.scoring.lenient import is_leniently_right
from tasks import Grade
from tm.support.html import fragment, html_table


class Verdict(StrEnum):
    """Judgement of an output; each output has exactly one."""

    RIGHT = "right"
    WRONG = "wrong"  # a wrong or malformed answer
    NO_ANSWER = "no_answer"  # the model ended its text without an answer
    TRUNCATED = "truncated"  # the token limit cut the text
    NO_FIT = "no_fit"  # the problem exceeds the model's context, so there is no output


class Score(NamedTuple):
    """Score of one output.

    Attributes
    ----------
    sample
        Number of the output among those of its problem, from 0.
    answer
        The answer in its normal spelling; None if the output has none.
    exact
        Whether the output is the reference, character for character.
    lenient
        Whether the answer is right as the lenient reader finds it (``evaluation.scoring.lenient``).
    divergence
        The first difference from the reference; None without a difference or a chain.
    text_length
        Length of prompt and reference together, in the backend's unit; 0 if it was not counted.
    """

    problem: EvalProblem
    output: Output
    sample: int
    verdict: Verdict
    answer: str | None
    exact: bool
    lenient: bool
    divergence: Divergence | None
    text_length: int = 0

    def __repr__(self) -> str:
        return f"<Score of {self.problem.id!r}: {self._summary}>"

    def _repr_html_(self) -> str:
        rows = [("answer", self.answer or ""), ("machine's answer", self.problem.gold)]
        if self.divergence:
            rows += [
                ("first divergence", f"{self.divergence.place}, character {self.divergence.at}"),
                ("machine's text there", self.divergence.expected),
                ("output there", self.divergence.got),
            ]
        title = f"Score of {self.problem.id}: {self._summary}"
        return fragment(title, html_table(("", ""), rows))

    @property
    def _summary(self) -> str:
        if self.exact:
            return f"{self.verdict}, exact chain"
        note = f", first divergence in {self.divergence.place}" if self.divergence else ""
        return f"{self.verdict}{note}"

    @property
    def length(self) -> int:
        """Exact length of the problem; see ``Task.length``."""
        return self.problem.task.length(self.problem.instance)

    @property
    def reasoned(self) -> bool:
        """True if every atomic state equals the reference, whatever the answer."""
        if self.verdict is Verdict.NO_FIT or not self.problem.chain:
            return False
        return self.divergence is None or self.divergence.role is Role.ANSWER


def score(problem: EvalProblem, output: Output, sample: int = 0) -> Score:
    """Return the score of one output; no text makes it raise."""
    return next(score_outputs([problem], [output], [sample]))


def score_outputs(
    problems: Sequence[EvalProblem],
    outputs: Sequence[Output],
    samples: Iterable[int] = repeat(0),
) -> Iterator[Score]:
    """Yield the score of each output; no text makes it raise.

    Parameters
    ----------
    problems, outputs, samples
        One problem and one number of a sample for each output.
    """
    same = [o.text == p.completion for p, o in zip(problems, outputs, strict=True)]
    different = compress(zip(problems, outputs, strict=True), map(not_, same))
    divergences = _divergences([(p, o) for p, o in different if _has_chain(p, o)])
    no_fit, stop, right = End.NO_FIT, End.STOP, Verdict.RIGHT  # local names are faster
    for problem, output, sample, is_reference in zip(
        problems, outputs, samples, same, strict=False
    ):
        if output.end is no_fit:
            yield Score(problem, output, sample, Verdict.NO_FIT, None, False, False, None)
        elif is_reference:
            stopped = output.end is stop
            verdict = right if stopped else Verdict.TRUNCATED
            answer = problem.gold if problem.replay.states_answer else None
            yield Score(problem, output, sample, verdict, answer, stopped, stopped, None)
        else:
            divergence = next(divergences) if _has_chain(problem, output) else None
            answer, verdict = _grade(problem, output)
            lenient = verdict is right or _is_leniently_right(problem, output)
            yield Score(problem, output, sample, verdict, answer, False, lenient, divergence)


def _has_chain(problem: EvalProblem, output: Output) -> bool:
    """Return whether an output has a chain of thought to compare with the reference."""
    return problem.chain and output.end is not End.NO_FIT


def _divergences(
    pairs: Sequence[tuple[EvalProblem, Output]],
) -> Iterator[Divergence | None]:
    """Yield the first divergence of each output from the reference of its problem."""
    texts = iter([output.text for _, output in pairs])
    for references in reference_batches(problem for problem, _ in pairs):
        yield from first_divergences(references, list(islice(texts, len(references))))


def _grade(problem: EvalProblem, output: Output) -> tuple[str | None, Verdict]:
    """Return the answer and the verdict of an output that differs from the reference."""
    answer, verdict = None, Verdict.WRONG
    if problem.replay.states_answer:  # in a generic format only the whole text is right
        graded = problem.task.check(problem.instance, output.text, gold=problem.gold)
        answer, verdict = graded.answer, _VERDICT_BY_GRADE[graded.grade]
    return answer, Verdict.TRUNCATED if output.end is End.LENGTH else verdict


def _is_leniently_right(problem: EvalProblem, output: Output) -> bool:
    """Return whether a complete output has the right answer in any usual spelling."""
    if output.end is End.LENGTH or not problem.replay.states_answer:
        return False
    return is_leniently_right(problem.task, problem.instance, output.text, problem.gold)


_VERDICT_BY_GRADE: Mapping[Grade, Verdict] = {
    Grade.CORRECT: Verdict.RIGHT,
    Grade.WRONG: Verdict.WRONG,
    Grade.MALFORMED: Verdict.WRONG,
    Grade.MISSING: Verdict.NO_ANSWER,
}
