"""The paper's own recipe (arXiv 2507.13332), and what of a run is not part of it."""

from __future__ import annotations

from typing import Any

from training.config import Adapter, Config

RECIPE: dict[str, Any] = {
    "model.base": "Qwen/Qwen2.5-7B",
    "adapter": None,
    "data.pack": None,
    "data.ranges": ("S",),
    "positions.kind": "plain",
    "probe.keep": "last",
    "schedule.epochs": 2,
    "schedule.batch_size": 1024,
    "schedule.learning_rate": 1e-5,
    "schedule.min_learning_rate": 7e-7,
    "schedule.weight_decay": 0.1,
}
"""What the paper says of its training: all weights, one record a row, plain positions. It says
nothing of precision and warm-up, and its instances were never published."""


def ours(config: Config) -> list[str]:
    """What a run does otherwise: a line for each key of ``RECIPE`` whose value differs."""
    values = {key: _at(config, key) for key in RECIPE}
    return [
        f"{key}: {_said(values[key])}, in the paper {_said(paper)}"
        for key, paper in RECIPE.items()
        if values[key] != paper
    ]


def _at(config: Config, key: str) -> Any:
    value: Any = config
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Adapter):
        return f"LoRA of rank {value.rank}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
