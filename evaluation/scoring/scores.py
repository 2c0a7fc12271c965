"""One score for each output: what became of it, and where its chain left the machine's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import compress, islice, repeat
from operator import not_
from typing import NamedTuple

from compiler import Role
from evaluation.backends.base import End, Output
from evaluation.problems.replays import EvalProblem, rewritten
from evaluation.scoring.divergence import Divergence, first_divergences
from tasks import Grade


class Verdict(StrEnum):
    """What became of an output; exactly one of these."""

    RIGHT = "right"
    WRONG = "wrong"  # a false or malformed answer
    NO_ANSWER = "no_answer"  # the model ended its text without one
    TRUNCATED = "truncated"  # the model had not ended its text at the token limit
    NO_FIT = "no_fit"  # longer than the model's context, so never asked


class Score(NamedTuple):
    """One output's score.

    Attributes
    ----------
    sample
        Which of the item's outputs, from 0.
    answer
        The answer that was read, in its normal spelling; None if there was none.
    exact
        Whether the output is the machine's text, character for character.
    divergence
        Where it first is not; None if it is, or nothing was asked, or there is no chain to compare.
    """

    item: EvalProblem
    output: Output
    sample: int
    verdict: Verdict
    answer: str | None
    exact: bool
    divergence: Divergence | None

    @property
    def reasoned(self) -> bool:
        """Whether every atomic state is the machine's, whatever the answer."""
        if self.verdict is Verdict.NO_FIT or not self.item.chain:
            return False
        return self.divergence is None or self.divergence.role is Role.ANSWER


def score(item: EvalProblem, output: Output, sample: int = 0) -> Score:
    """Score one output; never raises, whatever it says."""
    return next(scores([item], [output], [sample]))


def scores(
    items: Sequence[EvalProblem], outputs: Sequence[Output], samples: Iterable[int] = repeat(0)
) -> Iterator[Score]:
    """Score an output for each item, and which of the item's outputs it is; never raises."""
    same = [o.text == item.completion for item, o in zip(items, outputs, strict=True)]
    pairs = compress(zip(items, outputs, strict=True), map(not_, same))
    divergences = _divergences([(item, o) for item, o in pairs if _has_chain(item, o)])
    no_fit, stop, right = End.NO_FIT, End.STOP, Verdict.RIGHT  # which take time to look up
    for item, output, sample, is_reference in zip(items, outputs, samples, same, strict=False):
        if output.end is no_fit:
            yield Score(item, output, sample, Verdict.NO_FIT, None, False, None)
        elif is_reference:
            stopped = output.end is stop
            verdict = right if stopped else Verdict.TRUNCATED
            answer = item.gold if item.replay.states_answer else None
            yield Score(item, output, sample, verdict, answer, stopped, None)
        else:
            found = next(divergences) if _has_chain(item, output) else None
            answer, verdict = _read(item, output)
            yield Score(item, output, sample, verdict, answer, False, found)


def _has_chain(item: EvalProblem, output: Output) -> bool:
    """Whether an output has a chain of thought to be held against the machine's."""
    return item.chain and output.end is not End.NO_FIT


def _divergences(astray: Sequence[tuple[EvalProblem, Output]]) -> Iterator[Divergence | None]:
    texts = iter([output.text for _, output in astray])
    for references in rewritten(item for item, _ in astray):
        yield from first_divergences(references, list(islice(texts, len(references))))


def _read(item: EvalProblem, output: Output) -> tuple[str | None, Verdict]:
    """The answer of an output that is not the reference, and what is to be said of it."""
    answer, verdict = None, Verdict.WRONG
    if item.replay.states_answer:  # in a generic format the last configuration is the answer
        graded = item.task.check(item.instance, output.text, gold=item.gold)
        answer, verdict = graded.answer, _VERDICTS[graded.grade]
    return answer, Verdict.TRUNCATED if output.end is End.LENGTH else verdict


_VERDICTS: Mapping[Grade, Verdict] = {
    Grade.CORRECT: Verdict.RIGHT,
    Grade.WRONG: Verdict.WRONG,
    Grade.MALFORMED: Verdict.WRONG,
    Grade.MISSING: Verdict.NO_ANSWER,
}
