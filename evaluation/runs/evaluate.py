"""Have a backend solve problems, and score it: a row of figures for every task and range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from itertools import groupby

from evaluation.backends.base import Advance, Backend, End, Output, OutputRequest
from evaluation.problems.replays import EvalProblem
from evaluation.scoring.rows import ScoreRow, row_of
from evaluation.scoring.scores import Score
from evaluation.scoring.scores import scores as score_all
from evaluation.scoring.statistics import pass_at

ROOM = 32
"""Tokens that an output may have beyond 1.1 times the longest reference of its task and range."""

TaskRange = tuple[str, str]
"""The names of a task and a range."""

Kept = MutableMapping[tuple[str, int], Output]
"""Outputs that exist already, by `OutputRequest.key`; each new one is added when it arrives."""


def evaluate(
    items: Iterable[EvalProblem],
    backend: Backend,
    advance: Advance = lambda done: None,
    *,
    samples: int = 1,
    passes: Sequence[int] = (),
    asked: Mapping[TaskRange, int] | None = None,
    longest: Mapping[TaskRange, int] | None = None,
    limit: int | None = None,
    kept: Kept | None = None,
) -> tuple[list[ScoreRow], list[Score]]:
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
    list of ScoreRow, list of Score
        A row for every task and range, and a score for every output, in the order of the items.

    Raises
    ------
    ValueError
        See ``check``.
    """
    rows: list[ScoreRow] = []
    scores: list[Score] = []
    outputs: Kept = {} if kept is None else kept
    for key, group in groupby(items, key=lambda item: (item.task.name, item.range)):
        part = list(group)
        check(part, samples=samples, passes=passes, limit=limit)
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
        written = [
            (item, outputs[item.id, sample] if item.id in asking else _NO_FIT, sample)
            for item in part
            for sample in range(samples if item.id in asking else 1)
        ]
        scored = list(score_all(*zip(*written, strict=True)))
        rows.append(
            row_of(
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


def check(
    items: Iterable[EvalProblem], *, samples: int, passes: Sequence[int], limit: int | None
) -> None:
    """Find, before anything is asked or kept, what ``evaluate`` cannot do; see there.

    Raises
    ------
    ValueError
        When items may be answered by any text, of which no reference tells how long it gets, and
        there is no limit; or a pass@k needs more samples.
    """
    for k in passes:
        pass_at(k, samples, 0)  # an error where there are too few samples
    if limit is None and any(item.replay.free for item in items):
        raise ValueError("how long may an output be that is any text? give max_new_tokens")


def token_limit(items: Sequence[EvalProblem], backend: Backend, longest: int | None = None) -> int:
    """Tokens to allow: 1.1 times the longest reference of the task and range, and ``ROOM``.

    Parameters
    ----------
    longest
        Bytes of the longest reference of all, where that is none of these: it takes as many tokens
        a byte as that of these which takes most.
    """
    counts = backend.count([item.completion for item in items])
    most = max(counts)
    if longest:
        sizes = [len(item.completion.encode()) for item in items]
        most = max(most, *(-(-longest * n // size) for n, size in zip(counts, sizes, strict=True)))
    return -(-11 * most // 10) + ROOM


def _sizes(items: Sequence[EvalProblem], backend: Backend) -> list[int]:
    """Tokens of each prompt, reference and end together; of cut ones, of the longest alone."""
    longest_cut = max((len(item.completion) for item in items if not item.fits), default=0)
    counted = [item.fits or len(item.completion) == longest_cut for item in items]
    texts = [item.completion if ok else "" for item, ok in zip(items, counted, strict=True)]
    prompts = backend.count_prompts([item.prompt for item in items])
    return [p + c + 1 for p, c in zip(prompts, backend.count(texts), strict=True)]


def _generate(
    items: Sequence[EvalProblem],
    backend: Backend,
    limit: int,
    samples: int,
    outputs: Kept,
    advance: Advance,
) -> None:
    """Have every output made that is not there yet."""
    wanted = [OutputRequest(item, sample) for item in items for sample in range(samples)]
    missing = [request for request in wanted if request.key not in outputs]
    advance(len(wanted) - len(missing))
    for place, output in backend.generate(missing, limit) if missing else ():
        outputs[missing[place].key] = output
        advance(1)
