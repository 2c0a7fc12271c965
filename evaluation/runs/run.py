"""From problems to results on disk: a run is logged, goes on where it was killed, ends whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from evaluation.backends.base import Advance, Backend
from evaluation.backends.recorded import digest, journal
from evaluation.problems.replays import EvalProblem
from evaluation.problems.selection import SPLIT, asked, form_of, held_out, longest, problems
from evaluation.reports.results import RESULTS, write_results
from evaluation.runs.evaluate import TaskRange, check, evaluate
from evaluation.runs.log import Logged, log_evaluation
from evaluation.runs.versions import version
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score
from tasks import Task
from tasks.corpus import Corpus, Form

ANY = "any"
"""The format of outputs that may be any text which ends in an answer."""

UNASKED = ("batch_size", "device")
"""What a description tells and an interrupted run may change when it goes on."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Problems that are scored together, and what is known of the parts that they are of.

    Attributes
    ----------
    asked, longest
        See ``evaluation.runs.evaluate.evaluate``.
    about
        What a description tells of them.
    corpus
        Whose they are; None where they were drawn by seed.
    """

    items: Sequence[EvalProblem]
    asked: Mapping[TaskRange, int]
    longest: Mapping[TaskRange, int] = field(default_factory=dict)
    about: Mapping[str, Any]
    corpus: Corpus | None = None

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("there are no problems to score: no tasks or no ranges are named")


def drawn(
    tasks: Sequence[Task[Any]],
    ranges: Sequence[str],
    count: int,
    *,
    seed: int = 0,
    form: Form | None = None,
    free: bool = False,
) -> Suite:
    """The problems that a corpus of this seed holds out; see ``problems.selection``."""
    how = form or Form()
    items = list(problems(tasks, ranges, count, seed=seed, form=how, free=free))
    return Suite(
        items=items,
        asked={_part(item): count for item in items},
        about={"seed": seed, "split": SPLIT, "style": ANY if free else how.name, "n": count},
    )


def of_corpus(
    corpus: Corpus,
    split: str,
    ranges: Sequence[str],
    count: int,
    *,
    tasks: Sequence[Task[Any]] = (),
    form: Form | None = None,
    free: bool = False,
) -> Suite:
    """The first problems of a split of a corpus; see ``evaluation.problems.selection.held_out``."""
    own = form_of(corpus)
    how = form or own
    wanted = asked(corpus, split, count)
    if how == own or free:
        items = list(held_out(corpus, split, ranges, count, tasks=tasks, form=form, free=free))
        sizes = longest(corpus, split)
    else:  # how long a text of this form gets, no manifest says: all of the split are written
        every = max((part["asked"] for part in corpus.manifest["parts"]), default=count)
        items = list(held_out(corpus, split, ranges, every, tasks=tasks, form=form))
        sizes = _longest(items)
        items = _first(items, count)
    about = {"corpus": corpus.digest, "split": split, "style": ANY if free else how.name}
    return Suite(
        items=items, asked=wanted, longest=sizes, about={**about, "n": count}, corpus=corpus
    )


class Result(NamedTuple):
    """What a run gave; ``logged`` tells where it was logged, if it was."""

    rows: list[ScoreRow]
    scores: list[Score]
    description: dict[str, Any]
    logged: Logged | None


def run(
    suite: Suite,
    backend: Backend,
    *,
    out: Path | None = None,
    more: Mapping[str, Any] = {},
    advance: Advance = lambda done: None,
    samples: int = 1,
    passes: Sequence[int] = (),
    limit: int | None = None,
) -> Result:
    """Have a backend solve a suite; log it, where the problems are of the split `eval`; score it.

    Parameters
    ----------
    out
        A folder for outputs and results. A run that was killed goes on there.
    more
        What else a description is to tell.
    advance, samples, passes, limit
        See ``evaluation.runs.evaluate.evaluate``.

    Raises
    ------
    ValueError
        When there are results in ``out`` already, or outputs of another run; and see
        ``evaluation.runs.evaluate.check``. Nothing is logged then.
    FolderInUseError
        When another process is writing into it.
    """
    if out and (out / RESULTS).exists():
        raise ValueError(f"{out} holds results already; they are never overwritten")
    check(suite.items, samples=samples, passes=passes, limit=limit)
    about = {**backend.description, **more, **suite.about, "max_new_tokens": limit}
    about["tmtail"] = version("tmtail")
    identity = {name: value for name, value in about.items() if name not in UNASKED}
    identity["problems"] = digest(suite.items)
    logged = None
    with journal(out, identity) if out else nullcontext() as kept:
        if suite.about["split"] == SPLIT and about["backend"] != "reference" and not kept:
            logged = log_evaluation(suite.corpus, suite.items, about)
        rows, scores = evaluate(
            suite.items,
            backend,
            advance,
            samples=samples,
            passes=passes,
            asked=suite.asked,
            longest=suite.longest,
            limit=limit,
            kept=kept,
        )
        about |= {name: backend.description[name] for name in UNASKED if name in about}
        if out:
            write_results(out, rows, scores, about)
    return Result(rows, scores, about, logged)


def _part(item: EvalProblem) -> TaskRange:
    return item.task.name, item.range


def _longest(items: Sequence[EvalProblem]) -> dict[TaskRange, int]:
    """UTF-8 bytes of the longest text of each part."""
    found: dict[TaskRange, int] = {}
    for item in items:
        if item.fits:
            found[_part(item)] = max(found.get(_part(item), 0), len(item.completion.encode()))
    return found


def _first(items: Sequence[EvalProblem], count: int) -> list[EvalProblem]:
    """The first items of each part."""
    seen: Counter[TaskRange] = Counter()
    kept = []
    for item in items:
        seen[_part(item)] += 1
        if seen[_part(item)] <= count:
            kept.append(item)
    return kept
