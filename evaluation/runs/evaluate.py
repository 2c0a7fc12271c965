"""Have a backend answer problems, and score its outputs by task and range."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from itertools import compress, groupby
from typing import NamedTuple

from evaluation.backends.base import Advance, Backend, End, Output, OutputKey, OutputRequest
from evaluation.problems.replays import EvalProblem, TaskRange
from evaluation.scoring.rows import ScoreRow, score_row
from evaluation.scoring.scores import Score, score_outputs
from evaluation.scoring.statistics import pass_at

TOKEN_LIMIT_MARGIN = 32
"""Tokens that an output may have beyond 1.1 times the longest reference of its task and range."""

OutputStore = MutableMapping[OutputKey, Output]
"""Outputs that exist already; each new one is added when it arrives."""

_NO_FIT = Output("", End.NO_FIT, 0)


class Part(NamedTuple):
    """Problems of one task and range, ready to be answered.

    Attributes
    ----------
    lengths
        Length of prompt, reference and end token of each problem.
    fitting
        Problems that fit the context.
    prompt_tokens
        Tokens of the prompts of ``fitting``.
    limit
        Maximum number of tokens of an output; 0 if no problem fits.
    """

    problems: list[EvalProblem]
    lengths: list[int]
    fitting: list[EvalProblem]
    prompt_tokens: int
    limit: int


def evaluate(
    problems: Iterable[EvalProblem],
    backend: Backend,
    advance: Advance = lambda done: None,
    *,
    samples: int = 1,
    pass_ks: Sequence[int] = (),
    requested: Mapping[TaskRange, int] | None = None,
    longest_bytes: Mapping[TaskRange, int] | None = None,
    max_new_tokens: int | None = None,
    store: OutputStore | None = None,
) -> tuple[list[ScoreRow], list[Score]]:
    """Have a backend answer problems, and score its outputs.

    Parameters
    ----------
    problems
        The problems; those of one task and range must be adjacent.
    advance
        Progress callback.
    samples
        Number of outputs for each problem.
    pass_ks
        Each k for which pass@k is estimated; at most ``samples``.
    requested
        Number of problems requested of each task and range; None means as many as there are.
    longest_bytes
        UTF-8 bytes of the longest reference of each task and range, if ``problems`` are not all.
    max_new_tokens
        Maximum number of tokens of an output; None means ``token_limit`` for each task and range.
    store
        Outputs of an interrupted run, to which new outputs are added.

    Returns
    -------
    list of ScoreRow, list of Score
        A row for each task and range, and a score for each output, in the order of the problems.

    Raises
    ------
    ValueError
        See ``check_options``.
    """
    parts = prepare_parts(
        problems,
        backend,
        samples=samples,
        pass_ks=pass_ks,
        longest_bytes=longest_bytes,
        max_new_tokens=max_new_tokens,
    )
    return evaluate_parts(
        parts,
        backend,
        advance,
        samples=samples,
        pass_ks=pass_ks,
        requested=requested,
        store=store,
    )


def prepare_parts(
    problems: Iterable[EvalProblem],
    backend: Backend,
    *,
    samples: int = 1,
    pass_ks: Sequence[int] = (),
    longest_bytes: Mapping[TaskRange, int] | None = None,
    max_new_tokens: int | None = None,
) -> list[Part]:
    """Count the tokens of problems, and return them by task and range; see ``evaluate``."""
    parts = []
    for key, group in groupby(problems, key=lambda problem: problem.part):
        part = list(group)
        check_options(part, samples=samples, pass_ks=pass_ks, max_new_tokens=max_new_tokens)
        prompts = backend.count_prompts(part)
        lengths = _lengths(part, prompts, backend)
        fits = [
            problem.fits and (backend.context is None or length <= backend.context)
            for problem, length in zip(part, lengths, strict=True)
        ]
        fitting = list(compress(part, fits))
        limit = 0
        if fitting:
            limit = max_new_tokens or token_limit(
                fitting, backend.count, (longest_bytes or {}).get(key)
            )
        parts.append(Part(part, lengths, fitting, sum(compress(prompts, fits)), limit))
    return parts


def evaluate_parts(
    parts: Iterable[Part],
    backend: Backend,
    advance: Advance = lambda done: None,
    *,
    samples: int = 1,
    pass_ks: Sequence[int] = (),
    requested: Mapping[TaskRange, int] | None = None,
    store: OutputStore | None = None,
) -> tuple[list[ScoreRow], list[Score]]:
    """Have a backend answer prepared problems, and score its outputs; see ``evaluate``."""
    rows: list[ScoreRow] = []
    scores: list[Score] = []
    outputs: OutputStore = {} if store is None else store
    for part, lengths, fitting, prompt_tokens, limit in parts:
        _generate_missing(fitting, backend, limit, samples, outputs, advance)
        advance(len(part) - len(fitting))
        # A server may refuse problems that fit by our count.
        accepted = [problem for problem in fitting if outputs[problem.id, 0].end is not End.NO_FIT]
        answered = {problem.id for problem in accepted}
        written = [
            (problem, outputs[problem.id, sample] if problem.id in answered else _NO_FIT, sample)
            for problem in part
            for sample in range(samples if problem.id in answered else 1)
        ]
        length_by_id = {problem.id: n for problem, n in zip(part, lengths, strict=True)}
        scored = [
            score._replace(text_length=length_by_id[score.problem.id])
            for score in score_outputs(*zip(*written, strict=True))
        ]
        rows.append(
            score_row(
                scored,
                accepted,
                lengths=lengths,
                reference_length=_mean_reference(fitting, length_by_id, prompt_tokens),
                samples=samples,
                pass_ks=pass_ks,
                requested=(requested or {}).get(part[0].part),
                unit=backend.unit,
                token_limit=limit,
            )
        )
        scores += scored
    return rows, scores


def _mean_reference(
    fitting: Sequence[EvalProblem], lengths: Mapping[str, int], prompt_tokens: int
) -> float:
    """Return the mean length of the references of problems that fit; 0 if none fits.

    Parameters
    ----------
    lengths
        Length of prompt, reference and end token of each problem, by id.
    prompt_tokens
        Tokens of the prompts together.
    """
    if not fitting:
        return 0.0
    total = sum(lengths[problem.id] for problem in fitting)
    return (total - prompt_tokens) / len(fitting) - 1


def check_options(
    problems: Iterable[EvalProblem],
    *,
    samples: int,
    pass_ks: Sequence[int],
    max_new_tokens: int | None,
) -> None:
    """Check the options of ``evaluate`` before any output is requested.

    Raises
    ------
    ValueError
        If a pass@k requires more samples, or outputs may be any text and no limit is given.
    """
    for k in pass_ks:
        pass_at(k, samples, 0)  # raises if there are too few samples
    if max_new_tokens is None and any(problem.replay.free for problem in problems):
        raise ValueError(
            "max_new_tokens is required if outputs may be any text, since no reference tells "
            "their length"
        )


def token_limit(
    problems: Sequence[EvalProblem],
    count: Callable[[Sequence[str]], list[int]],
    longest_bytes: int | None = None,
) -> int:
    """Return the limit for outputs: 1.1 times the longest reference, plus ``TOKEN_LIMIT_MARGIN``.

    Parameters
    ----------
    count
        Returns the number of tokens of each text.
    longest_bytes
        UTF-8 bytes of the longest reference of the task and range, if it may be longer than those
        of ``problems``. Its tokens are estimated by the largest number of tokens a byte of these.
    """
    counts = count([problem.completion for problem in problems])
    longest = max(counts)
    if longest_bytes:
        sizes = [len(problem.completion.encode()) for problem in problems]
        pairs = zip(counts, sizes, strict=True)
        longest = max(longest, *(-(-longest_bytes * tokens // size) for tokens, size in pairs))
    return -(-11 * longest // 10) + TOKEN_LIMIT_MARGIN


def _lengths(
    problems: Sequence[EvalProblem], prompts: Sequence[int], backend: Backend
) -> list[int]:
    """Return the length of prompt, reference and end token of each problem.

    Of the incomplete references, only the longest are counted; the others count as empty.
    """
    longest_cut = max((len(p.completion) for p in problems if not p.fits), default=0)
    texts = [p.completion if p.fits or len(p.completion) == longest_cut else "" for p in problems]
    counts = backend.count(texts)
    return [prompt + count + 1 for prompt, count in zip(prompts, counts, strict=True)]


def _generate_missing(
    problems: Sequence[EvalProblem],
    backend: Backend,
    limit: int,
    samples: int,
    outputs: OutputStore,
    advance: Advance,
) -> None:
    """Add every output that is not yet in ``outputs``."""
    requests = [OutputRequest(problem, sample) for problem in problems for sample in range(samples)]
    missing = [request for request in requests if request.key not in outputs]
    advance(len(requests) - len(missing))
    for index, output in backend.generate(missing, limit) if missing else ():
        outputs[missing[index].key] = output
        advance(1)
