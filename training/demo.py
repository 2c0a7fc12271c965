"""The demo: build a corpus of whole numbers, train a tiny model on a CPU, and score it, in minutes.

tmtail demo
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from transformers.utils.logging import disable_progress_bar

from evaluation.asking import ask
from evaluation.backends.huggingface import HuggingFace
from evaluation.problems.replays import EvalProblem
from evaluation.problems.selection import draw_problems
from evaluation.reports.charts import accuracy_and_modules
from evaluation.reports.figures import write_png
from evaluation.reports.results import write_results
from evaluation.reports.tables import divergence_table, results_table
from evaluation.runs.evaluate import evaluate
from evaluation.schema import read_yaml
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, Verdict
from tasks import Stream, get
from tasks.base import AnyTask
from tasks.corpus import Corpus, CorpusRequest, RecordOptions, build
from tasks.questions import read_question
from tasks.wordings import SEEN, UNSEEN
from training.config import Config
from training.configs import recipe_path
from training.progress import ProgressCallback
from training.studies.common import trained_backend
from training.train import TrainingResult, train

TASK = "compare_numbers"

RANGES = {"S": (2, 8), "M": (9, 11), "L": (12, 16)}
"""Number of digits, for each range. The paper's ranges are S 5–10, M 11–20 and L 21–50, with signs
and decimal points."""

DEMO_MARK = ".tmtail-demo"
"""Name of the file that marks a folder as a demo's; a later demo may delete such a folder."""


QUESTIONS = (
    "Which is greater, 437 or 428?",
    "Compare 80215 with 8021.",
    "Between 7194 and 71940, which number is smaller?",
)
"""Questions that the demo ends with, such as a user may type for ``tmtail ask``."""


THREADS = 2
"""Number of PyTorch's threads, on any machine, so that the same machine gives the same weights."""


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Let PyTorch use so many threads while the block, or the decorated function, runs."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class DemoSize(NamedTuple):
    """Size of a demo.

    Attributes
    ----------
    train
        Number of records to train on.
    score
        Number of problems to score, in each range.
    steps
        Number of training steps.
    """

    train: int = 7_600
    score: int = 100
    steps: int = 1_900


def planned_seconds() -> float:
    """Return about how long the demo takes on two cores of this computer; see the measurements in
    docs/results/demo.md.
    """
    return 300.0 if torch.backends.cpu.get_cpu_capability() == "AVX512" else 560.0


def demo_task() -> AnyTask:
    """Return the task, with whole numbers without signs, and the ranges of the demo."""
    return get(TASK, plain=True, ranges=RANGES)


def demo_corpus(out: Path, *, train: int, eval: int, seed: int) -> Corpus:
    """Build the corpus, with the given number of records in each split and range."""
    request = CorpusRequest(
        tasks=[demo_task()],
        train=train,
        eval=eval,
        probe=0,
        seed=seed,
        options=RecordOptions(spans=False),
    )
    return build(request, out=out)


def demo_recipe(out: Path, corpus: Path, steps: int, seed: int) -> Config:
    """Return the recipe ``tiny-cpu`` for this corpus: a model with 1 million parameters."""
    recipe = read_yaml(recipe_path("tiny-cpu"), Config)
    return replace(
        recipe,
        out=out,
        data=replace(recipe.data, corpus=corpus, max_length=1024),
        schedule=replace(recipe.schedule, steps=steps),
        seed=seed,
    )


@_threads(THREADS)
def demo(
    out: Path,
    *,
    console: Console,
    show: Callable[[Table], None],
    seed: int = 0,
    size: DemoSize = DemoSize(),
) -> tuple[list[ScoreRow], list[Score]]:
    """Build a corpus, train a tiny model on the shortest range, and score it on all three ranges.

    Parameters
    ----------
    out
        Folder to write: ``corpus``, ``run/model``, ``results`` with ``report.html``, and
        ``results.png``. The folder of an earlier demo is deleted first.
    console
        Console to report to.
    show
        Prints a table of results.
    seed
        Seed of the corpus, the initial weights and the training.

    Returns
    -------
    tuple
        A row of scores for each range, and the score of each problem.

    Raises
    ------
    ValueError
        If ``out`` exists and is not the folder of a demo.
    """
    started = time.monotonic()
    disable_progress_bar()  # Transformers' bars for loading local files
    _make_folder(out)
    task = demo_task()
    console.print(
        f"[b]{TASK}[/b] with whole numbers, by the machine with {len(task.table.states)} states in "
        f"tasks/{task.paradigm}/{TASK}.tm. The ranges are smaller than the paper's: "
        + ", ".join(f"{name} {low}–{high}" for name, (low, high) in RANGES.items())
        + " digits. The model is trained on S only."
    )
    with _timed_stage(console, "corpus"):
        corpus = demo_corpus(out / "corpus", train=size.train, eval=size.score, seed=seed)
    items = list(draw_problems([task], tuple(RANGES), size.score, seed=seed, wordings=SEEN))
    _show_example(console, items[0])
    recipe = demo_recipe(out / "run", corpus.folder, size.steps, seed)
    result = _train(recipe, console)
    backend = trained_backend(result.model, name="demo", batch_size=100)
    rows, scores = _score(items, backend, console)
    show(results_table(rows))
    show(divergence_table(rows))
    _score_unseen(task, size.score, seed, backend, console)
    write_results(out / "results", rows, scores, {**backend.description, "seed": seed})
    title = f"{TASK}, {backend.description['parameters']:,} parameters, trained on S"
    write_png(accuracy_and_modules(rows, title), out / "results.png")
    _ask_questions(task, backend, console)
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    console.print(f"{minutes} min {seconds} s. See {out}/results.png and {out}/results/report.html")
    return rows, scores


def _make_folder(out: Path) -> None:
    if out.exists() and not (out / DEMO_MARK).is_file():
        raise ValueError(f"{out} exists and is not the folder of a demo; give another folder")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / DEMO_MARK).touch()


def _show_example(console: Console, problem: EvalProblem) -> None:
    console.print("\nA prompt, and the machine's text for it:", style="dim")
    console.print(problem.prompt + problem.reference.string, markup=False, highlight=False)


def _train(recipe: Config, console: Console) -> TrainingResult:
    with Progress(console=console, transient=True) as bar:
        line = bar.add_task("training")
        callback = ProgressCallback(
            lambda done, total: bar.update(line, completed=done, total=total)
        )
        result = train(recipe, callbacks=(callback,))
    (_, first_loss), (_, last_loss) = result.loss[0], result.loss[-1]
    console.print(
        f"training: {result.seconds:.0f} s, {recipe.schedule.steps:,} steps, "
        f"{result.tokens:,} tokens, loss {first_loss:.2f} → {last_loss:.4f}"
    )
    return result


def _score(
    items: Sequence[EvalProblem], backend: HuggingFace, console: Console
) -> tuple[list[ScoreRow], list[Score]]:
    started = time.monotonic()
    with Progress(console=console, transient=True) as bar:
        line = bar.add_task("scoring", total=len(items))
        rows, scores = evaluate(items, backend, lambda done: bar.advance(line, done))
    console.print(f"scoring: {time.monotonic() - started:.0f} s, {len(items)} problems\n")
    return rows, scores


def _score_unseen(
    task: AnyTask, count: int, seed: int, backend: HuggingFace, console: Console
) -> None:
    """Report the exact chains of the first range in wordings that training never showed."""
    first = next(iter(RANGES))
    problems = draw_problems([task], [first], count, seed=seed, wordings=UNSEEN)
    (row,), _ = evaluate(problems, backend)
    console.print(
        f"\nThe wordings above occur in training. In {len(task.wording_indices('eval'))} wordings "
        f"that it never saw, the model writes {row.exact} of {row.problems} chains of {first} "
        f"exactly, and {row.verdicts[Verdict.RIGHT]} right answers.\n"
    )


def _ask_questions(task: AnyTask, backend: HuggingFace, console: Console) -> None:
    for number, text in enumerate(QUESTIONS):
        question = read_question(text, [task], Stream("demo", "questions").at(number))
        assert question is not None, text
        score = ask(question, backend)
        console.print(
            f"{text} The model says {score.answer}, the machine {score.problem.gold}: "
            f"{score.verdict}.",
            markup=False,
        )
    console.print()


@contextmanager
def _timed_stage(console: Console, name: str) -> Iterator[None]:
    """Show a spinner while the block runs, and print its duration."""
    started = time.monotonic()
    with console.status(name):
        yield
    console.print(f"{name}: {time.monotonic() - started:.0f} s")
