"""What a run leaves beside its model, so that it can be trusted and made again."""

from __future__ import annotations

import dataclasses
import json
import platform
import subprocess
from pathlib import Path
from typing import Any

import torch

from evaluation.models.loading import RECORD
from evaluation.runs.versions import version
from tasks.corpus.dataset import MANIFEST
from tm.support.files import sha256
from training.config import Config
from training.paper import ours

_VERSIONS = ("tmtail", "torch", "transformers", "trl", "peft", "accelerate", "datasets")


def write_record(folder: Path, config: Config, *, device: torch.device, **measured: Any) -> None:
    """Write how a model was made into its folder: ``RECORD``, JSON.

    Parameters
    ----------
    device
        What it was trained on.
    **measured
        What else there is to tell of the run.
    """
    record: dict[str, Any] = {
        "config": dataclasses.asdict(config),
        "chat": config.data.chat,
        "ours": ours(config),
        "corpus": _manifest(config.data.corpus),
        **measured,
        "device": _described(device),
        "revision": _revision(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _VERSIONS},
    }
    text = json.dumps(record, indent=1, default=str) + "\n"
    (folder / RECORD).write_text(text, encoding="utf-8")


def _manifest(corpus: Path) -> str | None:
    """The SHA-256 of the corpus's manifest, which holds that of every file."""
    file = corpus / MANIFEST
    return sha256(file) if file.is_file() else None


def _described(device: torch.device) -> str:
    if device.type == "cuda":
        return f"{torch.cuda.device_count()} × {torch.cuda.get_device_name()}"
    return f"CPU, {torch.get_num_threads()} threads"


def _revision() -> str | None:
    """The git revision of this code, with ``+`` where it was changed since; None outside git."""
    here = Path(__file__).parent
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty=+"],
            cwd=here, capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()
