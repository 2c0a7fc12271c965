"""The whole path in a few minutes on a CPU: machine, corpus, training, scores by replay.

tmtail demo
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch
from rich.console import Console
from rich.progress import Progress as Bar
from transformers.utils.logging import disable_progress_bar

import tasks
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import load_model
from evaluation.problems.replays import EvalProblem
from evaluation.problems.selection import problems
from evaluation.reports.charts import both
from evaluation.reports.picture import write
from evaluation.reports.results import divergence_table, results_table, write_results
from evaluation.runs.evaluate import evaluate
from evaluation.schema import read_yaml
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score
from tasks.corpus import CorpusRequest, RecordOptions, build
from training.config import Config
from training.progress import ProgressCallback
from training.train import Trained, train

TASK = "compare_numbers"
RANGES = {"S": (2, 5), "M": (6, 8), "L": (9, 12)}
"""Digits of each number. The paper's ranges are S 5–10, M 11–20, L 21–50, with signs and points."""

RECIPE = Path(__file__).parent / "configs" / "tiny-cpu.yaml"

MARK = ".tmtail-demo"
"""The file by which the demo knows a folder as its own, to be made anew."""


class Size(NamedTuple):
    """How much is done: problems trained on and scored in each range, and steps of training."""

    train: int = 22_400
    score: int = 200
    steps: int = 2_600


def recipe(out: Path, corpus: Path, steps: int, seed: int) -> Config:
    """``configs/tiny-cpu.yaml``: what teaches 0.6 million parameters to compare digit by digit."""
    tiny = read_yaml(RECIPE, Config)
    return replace(
        tiny,
        out=out,
        data=replace(tiny.data, corpus=corpus, max_length=512),
        schedule=replace(tiny.schedule, steps=steps),
        seed=seed,
    )


def demo(
    out: Path, *, console: Console, seed: int = 0, size: Size = Size()
) -> tuple[list[ScoreRow], list[Score]]:
    """Build a corpus, train a tiny model on its shortest range, score it on all three.

    Leaves in ``out``: ``corpus``, ``run/model``, ``results`` with ``report.html``,
    ``results.png``.

    Raises
    ------
    ValueError
        When ``out`` is there already and is no earlier demo's.
    """
    started = time.monotonic()
    # The operations of so small a model are too short to share: a second thread only waits, and
    # on a machine that does something else as well it makes training twenty times as slow.
    torch.set_num_threads(1)
    disable_progress_bar()  # transformers' own, of files that are there at once
    _make_folder(out)
    task = tasks.get(TASK, plain=True, ranges=RANGES)
    console.print(
        f"[b]{TASK}[/b], plain whole numbers, by the machine of {len(task.table.states)} states in "
        f"tasks/{task.paradigm}/{TASK}.tm. These ranges are smaller than the paper's: "
        + ", ".join(f"{name} {low}–{high}" for name, (low, high) in RANGES.items())
        + " digits. The model is trained on S alone."
    )
    with _stage(console, "corpus"):
        request = CorpusRequest(
            tasks=[task],
            train=size.train,
            eval=size.score,
            probe=0,
            seed=seed,
            options=RecordOptions(spans=False),
        )
        corpus = build(request, out=out / "corpus")
    items = list(problems([task], tuple(RANGES), size.score, seed=seed))
    _show_example(console, items[0])
    trained = _train(recipe(out / "run", corpus.folder, size.steps, seed), console)
    model = HuggingFace(*load_model(str(trained.model)), name="demo", batch_size=100)
    rows, scores = _score(items, model, console)
    console.print(results_table(rows), divergence_table(rows))
    write_results(out / "results", rows, scores, {**model.description, "seed": seed})
    title = f"{TASK}, {model.description['parameters']:,} parameters, trained on S"
    write(both(rows, title), out / "results.png")
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    console.print(f"{minutes} min {seconds} s. See {out}/results.png and {out}/results/report.html")
    return rows, scores


def _make_folder(out: Path) -> None:
    if out.exists() and not (out / MARK).is_file():
        raise ValueError(f"{out} is there already, and no demo made it; give another folder")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).touch()


def _show_example(console: Console, item: EvalProblem) -> None:
    console.print("\nA prompt, and what the machine says:", style="dim")
    console.print(item.prompt + item.reference.string, markup=False, highlight=False)


def _train(config: Config, console: Console) -> Trained:
    with Bar(console=console, transient=True) as bar:
        line = bar.add_task("training")
        callback = ProgressCallback(
            lambda done, whole: bar.update(line, completed=done, total=whole)
        )
        trained = train(config, callbacks=(callback,))
    (_, first), (steps, last) = trained.loss[0], trained.loss[-1]
    console.print(
        f"training: {trained.seconds:.0f} s, {steps} steps, {trained.tokens:,} tokens, "
        f"loss {first:.2f} → {last:.4f}"
    )
    return trained


def _score(
    items: Sequence[EvalProblem], model: HuggingFace, console: Console
) -> tuple[list[ScoreRow], list[Score]]:
    started = time.monotonic()
    with Bar(console=console, transient=True) as bar:
        line = bar.add_task("scoring", total=len(items))
        rows, scores = evaluate(items, model, lambda done: bar.advance(line, done))
    console.print(f"scoring: {time.monotonic() - started:.0f} s, {len(items)} problems\n")
    return rows, scores


@contextmanager
def _stage(console: Console, name: str) -> Iterator[None]:
    started = time.monotonic()
    with console.status(name):
        yield
    console.print(f"{name}: {time.monotonic() - started:.0f} s")
