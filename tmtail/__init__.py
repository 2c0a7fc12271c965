"""Algorithms as real Turing machines, their traces as training text, and scores by replay.

All public names are importable from here; each is loaded when it is first used::

    from tmtail import render, run, score, task

    sorting = task("bubble_sort")
    instance = sorting.instance(values=(3, 1, 2))
    result = run(sorting.table, sorting.inputs(instance), trace=True)
    text = render(sorting.table, result.trace)
    print(text)
    print(score(sorting, instance, str(text)).verdict)

``tmtail.testing`` has the properties and strategies for tests of a task, ``tmtail.evaluation`` the
parts of a scorer and its backends, ``tmtail.training`` the parts of a training run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmtail.guard import check_packages

check_packages()

from tm.support.lazy import lazy_names  # noqa: E402 - the guard comes first

if TYPE_CHECKING:
    from compiler import Role, Span, Text, Texts, configurations, render, render_batch, transitions
    from evaluation.scoring.scores import Score
    from evaluation.scoring.texts import score_text as score
    from evaluation.scoring.texts import score_texts as score_batch
    from tasks import (
        DECIMAL,
        FIXED,
        INTEGER,
        INTEGERS,
        LETTERS,
        PAIRS,
        PARTITIONS,
        PERMUTATIONS,
        SENTENCE,
        STRINGS,
        AnswerKind,
        Draws,
        Grade,
        GradedAnswer,
        Instance,
        LengthRange,
        Stream,
        Task,
        choice,
        or_none,
        ranges,
    )
    from tasks import from_file as task_from_file
    from tasks import get as task
    from tasks import names as task_names
    from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
    from tm import (
        CheckedMachine,
        Diagnostic,
        InputError,
        Limits,
        NamedStepper,
        NamedTransition,
        Outcome,
        Run,
        SourceError,
        Stepper,
        Table,
        Trace,
        check,
        load,
        loads,
        run,
        run_batch,
        step,
    )
    from tm.formats import from_json, parse_busy_beaver, to_busy_beaver, to_json, to_tsv
    from training.train import train

__version__ = "0.2.0"

__all__ = [
    "DECIMAL", "FIXED", "INTEGER", "INTEGERS", "LETTERS", "PAIRS", "PARTITIONS", "PERMUTATIONS",
    "SENTENCE", "STRINGS", "AnswerKind", "CheckedMachine", "Corpus", "CorpusRequest", "Diagnostic",
    "Draws", "Form", "Grade", "GradedAnswer", "InputError", "Instance", "LengthRange",
    "Limits", "NamedStepper", "NamedTransition", "Outcome", "RecordOptions", "Role", "Run", "Score",
    "SourceError", "Span", "Stepper", "Stream", "Table", "Task", "Text", "Texts", "Trace",
    "build", "check", "choice", "configurations", "from_json", "load", "loads",
    "or_none", "parse_busy_beaver", "ranges", "render", "render_batch", "run",
    "run_batch", "score", "score_batch", "step", "task", "task_from_file", "task_names",
    "to_busy_beaver", "to_json", "to_tsv", "train", "transitions",
]  # fmt: skip

_HOME = {
    "compiler": (
        "Role", "Span", "Text", "Texts", "configurations", "render", "render_batch", "transitions",
    ),
    "evaluation.scoring.scores": ("Score",),
    "evaluation.scoring.texts": ("score_text as score", "score_texts as score_batch"),
    "tasks": (
        "DECIMAL", "FIXED", "INTEGER", "INTEGERS", "LETTERS", "PAIRS", "PARTITIONS", "PERMUTATIONS",
        "SENTENCE", "STRINGS", "AnswerKind", "Draws", "Grade", "GradedAnswer", "Instance",
        "LengthRange", "Stream", "Task", "choice", "from_file as task_from_file", "get as task",
        "names as task_names", "or_none", "ranges",
    ),
    "tasks.corpus": ("Corpus", "CorpusRequest", "Form", "RecordOptions", "build"),
    "tm": (
        "CheckedMachine", "Diagnostic", "InputError", "Limits", "NamedStepper", "NamedTransition",
        "Outcome", "Run", "SourceError", "Stepper", "Table", "Trace", "check", "load", "loads",
        "run", "run_batch", "step",
    ),
    "tm.formats": ("from_json", "parse_busy_beaver", "to_busy_beaver", "to_json", "to_tsv"),
    "training.train": ("train",),
}  # fmt: skip
__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
