"""Study of the demo's tiny model: which choices let it generalise to longer numbers, on a CPU.

    python -m training.studies.tiny --out out/tiny [--arms recipe,mimetic,gaps] [--steps 1900]
        [--seeds 0,1]

An arm is the demo's recipe with some keys changed. All arms are trained on the same records of S
and scored by replay on the ``probe`` split, in wordings of training; ``eval`` is not used. Results
are printed as JSON lines.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluation.problems.selection import load_problems
from evaluation.runs.evaluate import evaluate
from tasks.corpus import Corpus
from tasks.wordings import SEEN
from training.config import Config
from training.studies.common import arm_list, trained_backend
from training.studies.comparison import (
    RANGES,
    comparison_corpus,
    comparison_recipe,
    use_one_thread,
)
from training.train import train

Changes = dict[str, dict[str, Any]]
"""Changed keys of a recipe, by section."""

BEFORE: Changes = {
    "model": {
        "start": "mimetic",
        "layers": 3,
        "width": 64,
        "heads": 4,
        "head_width": 32,
        "rope_theta": 1e4,
    },
    "data": {"order": "random"},
    "schedule": {"batch_size": 16, "learning_rate": 5e-3},
}
"""The demo's recipe until 2026-11-22."""

GAPS: Changes = {"positions": {"kind": "gaps", "reach": 512}}

ARMS: dict[str, Changes] = {
    "recipe": {},
    "mimetic": {"model": {"start": "mimetic"}},
    "gaps": GAPS,
    "eight-a-step": {"schedule": {"batch_size": 8, "learning_rate": 2.5e-3}},
    "random-order": {"data": {"order": "random"}},
    "before": BEFORE,
    "before-gaps": BEFORE | GAPS,
}
"""Changes of each arm, by its name."""

PROBLEMS = 200
"""Number of problems of each range, in each split that is held out."""


def changed_recipe(recipe: Config, changes: Changes) -> Config:
    """Return a recipe with some keys changed."""
    sections: dict[str, Any] = {
        name: replace(getattr(recipe, name), **keys) for name, keys in changes.items()
    }
    return replace(recipe, **sections)


def train_and_score(arm: str, seed: int, steps: int, corpus: Corpus, out: Path) -> dict[str, Any]:
    """Train one arm, score it on the probe split, and return its row of results."""
    started = time.process_time()
    recipe = comparison_recipe(out, corpus.folder, steps, seed)
    result = train(changed_recipe(recipe, ARMS[arm]))
    seconds = time.process_time() - started
    backend = trained_backend(result.model, name=arm, batch_size=100)
    problems = load_problems(corpus, "probe", tuple(RANGES), PROBLEMS, wordings=SEEN)
    rows, _ = evaluate(problems, backend)
    return {
        "arm": arm,
        "seed": seed,
        "steps": steps,
        "cpu_seconds": round(seconds),
        "tokens": result.tokens,
        "loss": result.loss[-1][1],
        "label": {row.range: row.accuracy.rate for row in rows},
        "exact": {row.range: row.exactness.rate for row in rows},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and score the arms, one after the other."""
    parser = argparse.ArgumentParser(
        description="Train the demo's model with changed recipes, and compare scores.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the corpus and models")
    parser.add_argument(
        "--arms", type=arm_list(ARMS), default=",".join(ARMS), help="arms, separated by commas"
    )
    parser.add_argument("--seeds", default="0", help="seeds, separated by commas")
    parser.add_argument("--steps", type=int, default=1900, help="training steps")
    parser.add_argument("--records", type=int, default=7_600, help="training records")
    options = parser.parse_args(arguments)
    use_one_thread()
    corpus = comparison_corpus(
        options.out / "corpus", train=options.records, eval=PROBLEMS, probe=PROBLEMS, seed=0
    )
    for seed in map(int, options.seeds.split(",")):
        for arm in options.arms:
            row = train_and_score(arm, seed, options.steps, corpus, options.out / f"{arm}-{seed}")
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
