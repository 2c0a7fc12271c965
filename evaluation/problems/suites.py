"""Suites: the problems that are scored together, drawn by seed or taken from a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from evaluation.problems.prefaces import TRAIN, Preface, few_shots, shot_ids
from evaluation.problems.replays import ANY, EvalProblem, Replay, TaskRange
from evaluation.problems.selection import (
    draw_problems,
    load_problems,
    longest_completions,
    requested_counts,
)
from tasks.base import AnyTask
from tasks.corpus import Corpus, Form
from tasks.corpus.problems import EVAL
from tasks.wordings import UNSEEN

MIN_HELD_OUT = 500
"""Problems of each range that examples never pose, even if fewer are scored."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Problems that are scored together.

    Attributes
    ----------
    problems
        The problems; those of one task and range are adjacent.
    requested
        Number of problems requested of each task and range; there may be fewer.
    longest_bytes
        UTF-8 bytes of the longest reference of each task and range, if the suite is only a part
        of a corpus's problems.
    description
        Entries about the problems for a run's description.
    corpus
        The corpus of the problems; None if they were drawn by seed.

    Raises
    ------
    ValueError
        If there are no problems.
    """

    problems: Sequence[EvalProblem]
    requested: Mapping[TaskRange, int]
    longest_bytes: Mapping[TaskRange, int] = field(default_factory=dict)
    description: Mapping[str, Any]
    corpus: Corpus | None = None

    def __post_init__(self) -> None:
        if not self.problems:
            raise ValueError("there are no problems to score; name at least one task and one range")


def output_form(
    corpus: Corpus | None = None,
    *,
    format: str = "",
    style: str = "",
    depth: int | None = None,
    without: Sequence[str] = (),
    prompt: str = "",
) -> tuple[Form, bool]:
    """Return the form of the references, and whether outputs may be any text.

    Without a format, style, depth and ablations, the form is that of the corpus if there is one.
    The kind of prompts is that of the corpus, unless ``prompt`` names another.

    Raises
    ------
    ValueError
        If the format or an ablation does not exist.
    """
    default = corpus.form if corpus else Form()
    prompt = prompt or default.prompt
    if format == ANY:
        return Form(prompt=prompt), True
    options = {"format": format, "style": style, "depth": depth, "without": tuple(without)}
    form_options: dict[str, Any] = {name: value for name, value in options.items() if value}
    if not form_options:
        return replace(default, prompt=prompt), False
    return Form(**form_options, prompt=prompt), False


def drawn_suite(
    tasks: Sequence[AnyTask],
    ranges: Sequence[str],
    count: int,
    *,
    seed: int = 0,
    form: Form | None = None,
    free: bool = False,
    wordings: str = UNSEEN,
    system: str = "",
    shots: int = 0,
) -> Suite:
    """Return the evaluation problems that a corpus with this seed holds out.

    Parameters
    ----------
    count
        Number of problems of each task and range.
    form, free
        See ``evaluation.problems.replays.replay``; None means the default form.
    wordings
        See ``evaluation.problems.selection.draw_problems``.
    system, shots
        System message, and number of examples before each problem; see ``Preface``.
    """
    form = form or Form()
    options: dict[str, Any] = {"form": form, "free": free, "wordings": wordings}
    drawn = list(draw_problems(tasks, ranges, count, seed=seed, **options))
    problems, shown = _with_preface(
        drawn, system, shots, seed=seed, held_out=count, form=form, free=free
    )
    style = ANY if free else form.name
    return Suite(
        problems=problems,
        requested={problem.part: count for problem in problems},
        description={
            "seed": seed,
            "split": EVAL,
            "style": style,
            "prompt": form.prompt,
            "wordings": wordings,
            "n": count,
            **shown,
        },
    )


def corpus_suite(
    corpus: Corpus,
    split: str,
    ranges: Sequence[str],
    count: int,
    *,
    tasks: Sequence[AnyTask] = (),
    form: Form | None = None,
    free: bool = False,
    wordings: str = UNSEEN,
    system: str = "",
    shots: int = 0,
) -> Suite:
    """Return the first ``count`` problems of each task and range of a split of a corpus.

    Parameters
    ----------
    tasks, form, free, wordings
        See ``evaluation.problems.selection.load_problems``.
    system, shots
        System message, and number of examples before each problem; see ``Preface``.
    """
    form = form or corpus.form
    style = ANY if free else form.name
    options: dict[str, Any] = {"tasks": tasks, "form": form, "wordings": wordings}
    if free or form == corpus.form:
        problems = list(load_problems(corpus, split, ranges, count, free=free, **options))
        longest_bytes = longest_completions(corpus, split)
    else:
        # The manifest does not know how long texts of another form are, so all are written.
        largest = max((part["asked"] for part in corpus.manifest["parts"]), default=count)
        all_problems = list(load_problems(corpus, split, ranges, largest, **options))
        longest_bytes = _longest_bytes(all_problems)
        problems = _first_of_each_part(all_problems, count)
    held_out = max((part["asked"] for part in corpus.parts() if part["split"] != TRAIN), default=0)
    problems, shown = _with_preface(
        problems, system, shots, seed=corpus.seed, held_out=held_out, form=form, free=free
    )
    earlier = dict.fromkeys(p.task.name for p in problems if p.task.stored is not None)
    if earlier:
        shown["machines"] = f"those in the corpus: {', '.join(earlier)}"
    return Suite(
        problems=problems,
        requested=requested_counts(corpus, split, count),
        longest_bytes=longest_bytes,
        description={
            "corpus": corpus.digest,
            "split": split,
            "style": style,
            "prompt": form.prompt,
            "wordings": wordings,
            "n": count,
            **shown,
        },
        corpus=corpus,
    )


def _with_preface(
    problems: Sequence[EvalProblem],
    system: str,
    shots: int,
    *,
    seed: int,
    held_out: int,
    form: Form,
    free: bool,
) -> tuple[list[EvalProblem], dict[str, Any]]:
    """Return problems after a system message and examples, and what a description states of them.

    No example is among the problems that evaluation and probes hold out: ``held_out`` of each
    range, or ``MIN_HELD_OUT`` if that is more.
    """
    by_task: dict[str, Preface] = {}
    replays: dict[Replay, Replay] = {}
    preceded = []
    for problem in problems:
        task = problem.task
        if task.name not in by_task:
            held = max(held_out, MIN_HELD_OUT)
            examples = few_shots(task, shots, seed=seed, held_out=held, form=form, free=free)
            by_task[task.name] = Preface(system=system, shots=examples)
        if problem.replay not in replays:
            replays[problem.replay] = replace(problem.replay, preface=by_task[task.name])
        preceded.append(problem._replace(replay=replays[problem.replay]))
    shown: dict[str, Any] = {}
    if system:
        shown["system"] = system
    if shots:
        shown["shots"] = shot_ids(list(by_task.values()))
    return preceded, shown


def _longest_bytes(problems: Sequence[EvalProblem]) -> dict[TaskRange, int]:
    """Return the UTF-8 bytes of the longest complete reference of each task and range."""
    longest: dict[TaskRange, int] = {}
    for problem in problems:
        if problem.fits:
            size = len(problem.completion.encode())
            longest[problem.part] = max(longest.get(problem.part, 0), size)
    return longest


def _first_of_each_part(problems: Sequence[EvalProblem], count: int) -> list[EvalProblem]:
    """Return the first ``count`` problems of each task and range."""
    counts: Counter[TaskRange] = Counter()
    first = []
    for problem in problems:
        counts[problem.part] += 1
        if counts[problem.part] <= count:
            first.append(problem)
    return first
