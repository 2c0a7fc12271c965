"""Choose the problems that are scored: drawn by seed, or the first of a corpus's split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.problems.replays import EvalProblem, TaskRange, replay
from tasks.base import AnyTask
from tasks.corpus.dataset import Corpus
from tasks.corpus.items import items
from tasks.corpus.problems import PartProblems, problems_by_seed, problems_of_corpus
from tasks.corpus.records.forms import Form
from tasks.corpus.records.ids import RecordId
from tasks.draws import Stream
from tasks.wordings import SEEN, UNSEEN

BOTH = "both"
WORDINGS = (UNSEEN, SEEN, BOTH)
"""Choices of the wordings that pose problems; see ``draw_problems``."""


def draw_problems(
    tasks: Sequence[AnyTask],
    ranges: Sequence[str],
    count: int,
    *,
    seed: int = 0,
    form: Form = Form(),
    free: bool = False,
    wordings: str = UNSEEN,
) -> Iterator[EvalProblem]:
    """Yield the first ``count`` distinct evaluation problems of each task and range.

    A corpus with the same seed, and at least as many evaluation problems of the same ranges, never
    trains on them. A range with fewer problems yields all of them.

    Parameters
    ----------
    form, free
        See ``evaluation.problems.replays.replay``.
    wordings
        ``unseen``: the wordings that are held out from training, if the task holds some out;
        ``seen``: those of training; ``both``: each of them for every second problem.

    Raises
    ------
    ValueError
        If a task does not have one of the ranges, or does not have the form.
    """
    for part in problems_by_seed(tasks, ranges, count, seed=seed):
        yield from _replay(part, form, free, wordings)


def load_problems(
    corpus: Corpus,
    split: str,
    ranges: Sequence[str],
    count: int,
    *,
    tasks: Sequence[AnyTask] = (),
    form: Form | None = None,
    free: bool = False,
    wordings: str = UNSEEN,
) -> Iterator[EvalProblem]:
    """Yield the first ``count`` problems of each task and range of a split of a corpus.

    The machine writes every text again, and each is compared with the corpus's record. Problems
    whose records the corpus left out as too long are included; they do not fit.

    Parameters
    ----------
    tasks
        Tasks to take. Empty means every task of the corpus, which must then be built-in.
    form
        Form of the references; None means the form of the corpus.
    free
        See ``evaluation.problems.replays.replay``.
    wordings
        See ``draw_problems``.

    Raises
    ------
    ValueError
        If the corpus has no records of a range, was built with other tasks than the present ones,
        or has a record that the machine does not write.
    """
    form = form or corpus.form
    in_own_form = form == corpus.form and not free
    for part in problems_of_corpus(corpus, split, ranges, count, tasks=tasks):
        own = {id: item.wording for id, item in zip(part.ids, part.items, strict=True)}
        for problem in _replay(part, form, free, wordings):
            record = part.records.get(problem.id)
            has_own_texts = in_own_form and problem.wording == own[problem.id]
            if record and not _equals_record(problem, record, with_texts=has_own_texts):
                raise ValueError(
                    f"{corpus.folder}: record {problem.id} differs from what the machine writes "
                    "now; run `tmtail corpus verify` for details"
                )
            left_out = record is None and in_own_form
            yield problem._replace(fits=False, gold="") if left_out else problem


def problem_of_record(
    task: AnyTask, record_id: str, *, form: Form = Form(), free: bool = False
) -> EvalProblem:
    """Return the problem that the id of a record names, written again by the machine.

    Parameters
    ----------
    task
        The task that the id names, with the ranges of the corpus.
    form, free
        See ``evaluation.problems.replays.replay``.

    Raises
    ------
    ValueError
        If the id names no problem of the task.
    """
    record = RecordId.parse(record_id)
    (item,) = items(task, record.range, record.split, record.seed, [record.index])
    posed = [record_id], [item.instance], [item.wording]
    (problem,) = replay(task, record.range, *posed, form=form, free=free)
    return problem


def requested_counts(corpus: Corpus, split: str, count: int) -> dict[TaskRange, int]:
    """Return the number of problems that ``load_problems`` would yield if ranges were unlimited."""
    return {
        (part["task"], part["range"]): min(count, part["asked"]) for part in corpus.parts(split)
    }


def longest_completions(corpus: Corpus, split: str) -> dict[TaskRange, int]:
    """Return the UTF-8 bytes of the longest completion of each task and range of a split."""
    return {
        (part["task"], part["range"]): part["longest"].get("completion", 0)
        for part in corpus.parts(split)
    }


def _replay(part: PartProblems, form: Form, free: bool, wordings: str) -> list[EvalProblem]:
    form.check(part.task)
    return replay(
        part.task,
        part.range,
        part.ids,
        [item.instance for item in part.items],
        _wordings(part, wordings),
        form=form,
        free=free,
    )


def _wordings(part: PartProblems, wordings: str) -> list[int]:
    """Return the index of the wording that poses each problem."""
    if wordings not in WORDINGS:
        raise ValueError(f"`wordings` must be one of {', '.join(WORDINGS)}, not {wordings!r}")
    unseen = [item.wording for item in part.items]
    training = part.task.wording_indices("train")
    stream = Stream(part.task.name, part.range, "seen wordings")
    seen = [training[stream.at(item.index).below(len(training))] for item in part.items]
    if wordings == BOTH:
        return [pair[number % 2] for number, pair in enumerate(zip(unseen, seen, strict=True))]
    return seen if wordings == SEEN else unseen


def _equals_record(problem: EvalProblem, record: Mapping[str, Any], *, with_texts: bool) -> bool:
    """Return whether a problem has the instance of a record, and also its texts if asked."""
    if problem.instance.to_json() != record["instance"]:
        return False
    texts = (record["prompt"], record["completion"])
    return not with_texts or (problem.prompt, problem.completion) == texts
