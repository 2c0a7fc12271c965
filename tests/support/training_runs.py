"""A tiny corpus and tiny runs, for tests."""

import json
from pathlib import Path

from training.config import Config, Data, Model, Schedule

RECORDS = [
    {"id": f"{n}", "task": "count", "range": "S",
     "prompt": f"after {n}?\n", "completion": f"answer: {n + 1}"}
    for n in range(8)
]  # fmt: skip


def write_corpus(folder: Path) -> Path:
    file = folder / "corpus.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return file


def config(corpus: Path, name: str, steps: int = 6, **more: object) -> Config:
    fixed = {
        "out": corpus.parent / name,
        "data": Data(corpus=corpus, max_length=32),
        "model": Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16, context=64),
        "schedule": Schedule(steps=steps, batch_size=4, learning_rate=1e-2),
    }
    return Config(**{**fixed, **more})  # type: ignore[arg-type]
