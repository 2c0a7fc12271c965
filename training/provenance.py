"""Description of a run, stored beside its model: how the model was made."""

from __future__ import annotations

import dataclasses
import json
import platform
import subprocess
from pathlib import Path
from typing import Any

import torch

from evaluation.models.loading import TRAINING_RECORD_FILE
from evaluation.runs.versions import installed_version
from tasks.corpus.dataset import MANIFEST
from tm.support.files import sha256
from training.config import Config
from training.paper import departures

PACKAGES = ("tmtail", "torch", "transformers", "trl", "peft", "accelerate", "datasets")
"""Packages whose versions are stored."""


def write_provenance(
    folder: Path, config: Config, *, device: torch.device, **measurements: Any
) -> None:
    """Write the description of a run into the folder of its model, as JSON.

    Parameters
    ----------
    device
        Device that the model was trained on.
    **measurements
        Further facts about the run, by key.
    """
    description: dict[str, Any] = {
        "config": dataclasses.asdict(config),
        "chat": config.data.chat,
        "ours": departures(config),
        "corpus": _manifest_digest(config.data.corpus),
        **measurements,
        "device": _device_name(device),
        "revision": _git_revision(),
        "python": platform.python_version(),
        "versions": {name: installed_version(name) for name in PACKAGES},
    }
    text = json.dumps(description, indent=1, default=str) + "\n"
    (folder / TRAINING_RECORD_FILE).write_text(text, encoding="utf-8")


def _manifest_digest(corpus: Path) -> str | None:
    """Return the SHA-256 of the corpus's manifest, which has the SHA-256 of every file, or None."""
    file = corpus / MANIFEST
    return sha256(file) if file.is_file() else None


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return f"{torch.cuda.device_count()} × {torch.cuda.get_device_name()}"
    return f"CPU, {torch.get_num_threads()} threads"


def _git_revision() -> str | None:
    """Return the git revision of this code, with ``+`` if it has changes; None outside git."""
    try:
        process = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty=+"],
            cwd=Path(__file__).parent, capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return process.stdout.strip()
