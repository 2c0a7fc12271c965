"""What lets the demo's tiny model go on past its lengths: one change at a time, on a CPU.

    python -m training.studies.tiny --out out/tiny [--arms recipe,mimetic,gaps] [--steps 2600]
        [--seeds 0,1]

Every arm is the recipe of the demo with some of its keys changed, trained on the same records of
S. Scores are by replay, of the ``probe`` split; ``eval`` is left alone. Rows come as JSON lines.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

import tasks
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import load_model
from evaluation.problems.selection import held_out
from evaluation.runs.evaluate import evaluate
from tasks.corpus import Corpus, CorpusRequest, RecordOptions, build
from training.config import Config
from training.demo import RANGES, TASK, recipe
from training.train import train

ARMS: dict[str, dict[str, dict[str, Any]]] = {
    "recipe": {},
    "batch-16": {"schedule": {"batch_size": 16, "learning_rate": 3e-3}},
    "mimetic": {"model": {"start": "mimetic"}},
    "gaps": {"positions": {"kind": "gaps", "reach": 512}},
    "four-heads": {"model": {"heads": 4, "width": 128}},
    "before": {
        "model": {
            "start": "mimetic", "layers": 3, "width": 64, "heads": 4, "rope_theta": 1e4,
        },
        "schedule": {"batch_size": 16, "learning_rate": 5e-3},
    },
    "before-gaps": {
        "model": {
            "start": "mimetic", "layers": 3, "width": 64, "heads": 4, "rope_theta": 1e4,
        },
        "schedule": {"batch_size": 16, "learning_rate": 5e-3},
        "positions": {"kind": "gaps", "reach": 512},
    },
}  # fmt: skip
"""By name: keys of the recipe that differ, by section. ``before`` was the demo's recipe until
2026-11-22."""

PROBLEMS = 200
"""Of each range, in each split that is held out."""


def changed(config: Config, changes: dict[str, dict[str, Any]]) -> Config:
    """A recipe with some keys of some sections changed."""
    sections: dict[str, Any] = {
        name: replace(getattr(config, name), **keys) for name, keys in changes.items()
    }
    return replace(config, **sections)


def run(arm: str, seed: int, steps: int, corpus: Corpus, out: Path) -> dict[str, Any]:
    """Train one arm and score it on the whole probe split."""
    started = time.process_time()
    config = changed(recipe(out, corpus.folder, steps, seed), ARMS[arm])
    trained = train(config)
    seconds = time.process_time() - started
    model = HuggingFace(*load_model(str(trained.model)), name=arm, batch_size=100)
    rows, _ = evaluate(held_out(corpus, "probe", tuple(RANGES), PROBLEMS), model)
    return {
        "arm": arm,
        "seed": seed,
        "steps": steps,
        "cpu_seconds": round(seconds),
        "tokens": trained.tokens,
        "loss": trained.loss[-1][1],
        "label": {row.range: row.accuracy.rate for row in rows},
        "exact": {row.range: row.exactness.rate for row in rows},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the arms, one after the other."""
    parser = argparse.ArgumentParser(description="the demo's recipe, one change at a time")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--arms", default=",".join(ARMS))
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--records", type=int, default=22_400)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)  # as the demo does
    task = tasks.get(TASK, plain=True, ranges=RANGES)
    records = RecordOptions(spans=False)
    request = CorpusRequest(
        tasks=[task], train=options.records, eval=PROBLEMS, probe=PROBLEMS, seed=0, options=records
    )
    corpus = build(request, out=options.out / "corpus")
    for seed in map(int, options.seeds.split(",")):
        for arm in options.arms.split(","):
            row = run(arm, seed, options.steps, corpus, options.out / f"{arm}-{seed}")
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
