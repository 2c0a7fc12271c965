"""From outputs to scores: one for each output, then a row for every task and range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from compiler import Role
from evaluation.backends import Advance, Backend, End, Output, Request
from evaluation.divergence import Divergence, first_divergence
from evaluation.items import Item
from evaluation.statistics import Share, chance, pass_at
from tasks import Grade

ROOM = 32
"""Tokens that an output may have beyond 1.1 times the longest reference of its task and range."""

Part = tuple[str, str]
"""The names of a task and a range."""

Kept = MutableMapping[tuple[str, int], Output]
"""Outputs that there are already, by ``Request.key``; each new one is put there when it comes."""


class Verdict(StrEnum):
    """What became of an output; exactly one of these."""

    RIGHT = "right"
    WRONG = "wrong"  # a false or malformed answer
    NO_ANSWER = "no_answer"  # the model ended its text without one
    TRUNCATED = "truncated"  # the model had not ended its text at the token limit
    NO_FIT = "no_fit"  # longer than the model's context, so never asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
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

    item: Item
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


def score(item: Item, output: Output, sample: int = 0) -> Score:
    """Score one output; never raises, whatever it says."""
    answer: str | None = None
    divergence = None
    same = output.text == item.completion
    if output.end is End.NO_FIT:
        verdict = Verdict.NO_FIT
    else:
        if item.chain and not same:
            divergence = first_divergence(item.reference, output.text)
        if item.states_answer:
            graded = item.task.check(item.instance, output.text, gold=item.gold)
            answer, verdict = graded.answer, _VERDICTS[graded.grade]
        else:  # a generic format has no answer line: its last configuration is the answer
            verdict = Verdict.RIGHT if same else Verdict.WRONG
        if output.end is End.LENGTH:
            verdict = Verdict.TRUNCATED
    return Score(
        item=item,
        output=output,
        sample=sample,
        verdict=verdict,
        answer=answer,
        exact=same and output.end is End.STOP,
        divergence=divergence,
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


def evaluate(
    items: Iterable[Item],
    backend: Backend,
    advance: Advance = lambda done: None,
    *,
    samples: int = 1,
    passes: Sequence[int] = (),
    asked: Mapping[Part, int] | None = None,
    longest: Mapping[Part, int] | None = None,
    limit: int | None = None,
    kept: Kept | None = None,
) -> tuple[list[Row], list[Score]]:
    """Have a backend solve items, and score it.

    Parameters
    ----------
    items
        Those of one task and range stand next to each other.
    advance
        Told how many more outputs are done.
    samples
        Outputs for each item.
    passes
        The k of each pass@k that is wanted; none may be more than ``samples``.
    asked
        How many items were asked for of each task and range.
    longest
        Bytes of the longest reference of each task and range, where these items are not all.
    limit
        Tokens that an output may have; ``token_limit`` where none is given.
    kept
        Outputs of an earlier run that was interrupted, and where new ones go.

    Returns
    -------
    list of Row, list of Score
        A row for every task and range, and a score for every output, in the order of the items.

    Raises
    ------
    ValueError
        When items may be answered by any text, and there is no limit; or a pass@k needs more
        samples.
    """
    for k in passes:
        pass_at(k, samples, 0)  # an error where there are too few samples
    rows: list[Row] = []
    scores: list[Score] = []
    outputs: Kept = {} if kept is None else kept
    for key, group in groupby(items, key=lambda item: (item.task.name, item.range)):
        part = list(group)
        sizes = _sizes(part, backend)
        fitting = [
            item
            for item, size in zip(part, sizes, strict=True)
            if item.fits and (backend.context is None or size <= backend.context)
        ]
        allowed = 0
        if fitting:
            allowed = limit or token_limit(fitting, backend, (longest or {}).get(key))
        _generate(fitting, backend, allowed, samples, outputs, advance)
        advance(len(part) - len(fitting))
        # A server may know better than we do what fits.
        fitting = [item for item in fitting if outputs[item.id, 0].end is not End.NO_FIT]
        asking = {item.id for item in fitting}
        scored = [
            score(item, outputs[item.id, sample] if item.id in asking else _NO_FIT, sample)
            for item in part
            for sample in range(samples if item.id in asking else 1)
        ]
        rows.append(
            _row(
                scored,
                fitting,
                sizes,
                samples,
                passes,
                (asked or {}).get(key),
                backend.unit,
                allowed,
            )
        )
        scores += scored
    return rows, scores


_NO_FIT = Output("", End.NO_FIT, 0)


def token_limit(items: Sequence[Item], backend: Backend, longest: int | None = None) -> int:
    """Tokens to allow: 1.1 times the longest reference of the task and range, and ``ROOM``.

    Parameters
    ----------
    longest
        Bytes of the longest reference of all, where that is none of these: it takes as many tokens
        a byte as that of these which takes most.

    Raises
    ------
    ValueError
        When outputs may be any text, of which no reference tells how long they get.
    """
    if items[0].free:
        raise ValueError("how long may an output be that is any text? give max_new_tokens")
    counts = backend.count([item.completion for item in items])
    most = max(counts)
    if longest:
        sizes = [len(item.completion.encode()) for item in items]
        most = max(most, *(-(-longest * n // size) for n, size in zip(counts, sizes, strict=True)))
    return -(-11 * most // 10) + ROOM


def _sizes(items: Sequence[Item], backend: Backend) -> list[int]:
    """Tokens of each prompt, reference and end together; of cut ones, of the longest alone."""
    longest_cut = max((len(item.completion) for item in items if not item.fits), default=0)
    counted = [item.fits or len(item.completion) == longest_cut for item in items]
    texts = [item.completion if ok else "" for item, ok in zip(items, counted, strict=True)]
    prompts = backend.count_prompts([item.prompt for item in items])
    return [p + c + 1 for p, c in zip(prompts, backend.count(texts), strict=True)]


def _generate(
    items: Sequence[Item],
    backend: Backend,
    limit: int,
    samples: int,
    outputs: Kept,
    advance: Advance,
) -> None:
    """Have every output made that is not there yet."""
    wanted = [Request(item, sample) for item in items for sample in range(samples)]
    missing = [request for request in wanted if request.key not in outputs]
    advance(len(wanted) - len(missing))
    for place, output in backend.generate(missing, limit) if missing else ():
        outputs[missing[place].key] = output
        advance(1)


def _row(
    scores: Sequence[Score],
    fitting: Sequence[Item],
    sizes: Sequence[int],
    samples: int,
    passes: Sequence[int],
    asked: int | None,
    unit: str,
    limit: int,
) -> Row:
    first = scores[0].item
    diverged = [score.divergence for score in scores if score.divergence is not None]
    right = Counter(score.item.id for score in scores if score.verdict is Verdict.RIGHT)
    return Row(
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
