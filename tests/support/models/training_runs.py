"""A corpus of eight short records, and the configuration of tiny training runs on it."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from training.config import Config, Data, Model, Schedule

RECORDS: list[dict[str, Any]] = [
    {"id": f"{n}", "task": "count", "range": "S",
     "prompt": f"after {n}?\n", "completion": f"answer: {n + 1}"}
    for n in range(8)
]  # fmt: skip


def write_corpus(folder: Path) -> Path:
    """Write the records to ``corpus.jsonl`` in ``folder``, and return its path."""
    file = folder / "corpus.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return file


def tiny_config(corpus: Path, name: str, steps: int = 6, **changes: object) -> Config:
    """Return the configuration of a run that writes to the folder ``name`` beside the corpus."""
    sections: dict[str, Any] = {
        "out": corpus.parent / name,
        "data": Data(corpus=corpus, max_length=32),
        "model": Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16, context=64),
        "schedule": Schedule(steps=steps, batch_size=4, learning_rate=1e-2),
    }
    return Config(**sections | changes)


def weights(model: Path) -> dict[str, torch.Tensor]:
    """Return the weights of a model or adapter, by name."""
    (file,) = model.glob("*model.safetensors")
    return load_file(file)


def description(model: Path) -> dict[str, Any]:
    """Return the description of the run that made a model."""
    content: dict[str, Any] = json.loads((model / "tmtail.json").read_text())
    return content


def losses(model: Path) -> list[float]:
    """Return the training losses that the description of a run lists."""
    return [row["loss"] for row in description(model)["history"] if "loss" in row]


def assert_equal(expected: dict[str, torch.Tensor], actual: dict[str, torch.Tensor]) -> None:
    """Assert that two models have the same weights, to the bit."""
    assert set(actual) == set(expected)
    assert all(torch.equal(value, actual[key]) for key, value in expected.items())
