"""The small experiment of the demo: compare whole numbers, with a model that trains on a CPU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

import tasks
from evaluation.schema import read_yaml
from tasks.corpus import Corpus, CorpusRequest, RecordOptions, build
from training.config import Config

TASK = "compare_numbers"

RANGES = {"S": (2, 8), "M": (9, 11), "L": (12, 16)}
"""Number of digits, for each range. The paper's ranges are S 5–10, M 11–20 and L 21–50, with signs
and decimal points."""

RECIPE = Path(__file__).parents[1] / "configs" / "tiny-cpu.yaml"


def comparison_task() -> tasks.Task[Any]:
    """Return the task, with whole numbers without signs, and the ranges of this experiment."""
    return tasks.get(TASK, plain=True, ranges=RANGES)


def comparison_corpus(out: Path, *, train: int, eval: int, probe: int, seed: int) -> Corpus:
    """Build the corpus, with the given number of records in each split and range."""
    request = CorpusRequest(
        tasks=[comparison_task()],
        train=train,
        eval=eval,
        probe=probe,
        seed=seed,
        options=RecordOptions(spans=False),
    )
    return build(request, out=out)


def comparison_recipe(out: Path, corpus: Path, steps: int, seed: int) -> Config:
    """Return the recipe ``tiny-cpu.yaml`` for this corpus: a model with 1 million parameters."""
    recipe = read_yaml(RECIPE, Config)
    return replace(
        recipe,
        out=out,
        data=replace(recipe.data, corpus=corpus, max_length=1024),
        schedule=replace(recipe.schedule, steps=steps),
        seed=seed,
    )


def use_one_thread() -> None:
    """Limit PyTorch to one thread, so that several models can be trained side by side."""
    torch.set_num_threads(1)
