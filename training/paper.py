"""The training recipe of the paper (arXiv 2507.13332), and how a run departs from it."""

from __future__ import annotations

from typing import Any

from training.config import Adapter, Config

PAPER_RECIPE: dict[str, Any] = {
    "model.base": "Qwen/Qwen2.5-7B",
    "adapter": None,
    "data.pack": None,
    "data.ranges": ("S",),
    "positions.kind": "plain",
    "probe.keep": "last",
    "role_weights": {},
    "base_share": 0.0,
    "schedule.epochs": 2,
    "schedule.batch_size": 1024,
    "schedule.learning_rate": 1e-5,
    "schedule.min_learning_rate": 7e-7,
    "schedule.weight_decay": 0.1,
}
"""Value of each key that the paper states: all weights, one record a row, plain positions. The
paper does not state precision or warm-up, and its instances were not published."""


def departures(config: Config) -> list[str]:
    """Return a line for each key of ``PAPER_RECIPE`` whose value differs in ``config``."""
    values = {key: _value(config, key) for key in PAPER_RECIPE}
    return [
        f"{key}: {_format(values[key])}, in the paper {_format(paper_value)}"
        for key, paper_value in PAPER_RECIPE.items()
        if values[key] != paper_value
    ]


def _value(config: Config, key: str) -> Any:
    value: Any = config
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _format(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Adapter):
        return f"LoRA of rank {value.rank}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
