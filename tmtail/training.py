"""Public parts of a training run: its configuration, and what it leaves behind.

Each name is loaded when it is first used; ``tmtail.train`` runs a configuration.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tm.support.lazy import lazy_names

if TYPE_CHECKING:
    from training.config import Adapter, Config, Data, Model, Positions, Probe, Schedule
    from training.data.endless import EndlessRecords, LengthCurriculum
    from training.train import TrainingResult, train

__all__ = [
    "Adapter", "Config", "Data", "EndlessRecords", "LengthCurriculum", "Model", "Positions",
    "Probe", "Schedule", "TrainingResult", "read_config", "train",
]  # fmt: skip

_HOME = {
    "training.config": (
        "Adapter", "Config", "Data", "Model", "Positions", "Probe", "Schedule",
    ),
    "training.data.endless": ("EndlessRecords", "LengthCurriculum"),
    "training.train": ("TrainingResult", "train"),
}  # fmt: skip
__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def read_config(path: Path | str) -> Config:
    """Return the configuration in a YAML file, as ``tmtail train`` reads it.

    Raises
    ------
    ValueError
        When the file is not valid; the message lists every fault in it.
    """
    from evaluation.schema import read_yaml
    from training.config import Config

    return read_yaml(Path(path), Config)
